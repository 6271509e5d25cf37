"""The outbox and its relay on a real store: in order, at least once, one worker at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from services.chassis import jobs, relay, shards
from services.chassis.publish import Partition, Placed
from services.chassis.redis import Entry
from services.chassis.relay import Relay
from services.chassis.tails import Acknowledged

SHARD = shards.shard_of("BR-T")
OUTBOX = shards.outbox("teller", SHARD)


class Kafka:
    """What reached the broker; it can be away."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.away = False
        self.stuck = asyncio.Event()
        self.stuck.set()

    async def publish(self, entries: Sequence[Entry]) -> dict[Partition, Placed]:
        await self.stuck.wait()
        if self.away:
            raise ConnectionError("no broker")
        self.got += [told["data"] for _, told in entries]
        return {}


@contextlib.asynccontextmanager
async def working(redis: Redis, kafka: Kafka):
    worker = Relay(redis, "teller", kafka.publish, Acknowledged(redis, "teller", []))
    tasks = jobs.begin(worker.jobs())
    try:
        yield worker
    finally:
        await jobs.end(tasks)


async def tell(redis: Redis, *data: str) -> None:
    for text in data:
        entry = {"topic": "t", "type": "x", "time": "1", "subject": "", "data": text}
        await redis.xadd(OUTBOX, {**entry, "partitionkey": "BR-T", "previous": "0-0"})


async def until(condition, within: float = 8) -> None:
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.01)


async def noted(redis: Redis) -> str:
    """Wait until all that was told is noted as sent; return the checkpoint."""
    newest = (await redis.xinfo_stream(OUTBOX))["last-generated-id"]
    async with asyncio.timeout(8):
        while (at := await redis.hget(shards.checkpoint("teller", SHARD), "id")) != newest:
            await asyncio.sleep(0.01)
    return str(at)


@pytest.fixture(autouse=True)
def short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "LEASE", timedelta(milliseconds=600))
    monkeypatch.setattr(relay, "_BLOCK", timedelta(milliseconds=200))


async def test_events_reach_kafka_in_order(redis):
    kafka = Kafka()
    await tell(redis, "a", "b")
    async with working(redis, kafka):
        await tell(redis, "c")
        await until(lambda: len(kafka.got) == 3)
    assert kafka.got == ["a", "b", "c"]


async def test_with_kafka_away_the_outbox_waits_and_its_age_is_told(redis):
    kafka = Kafka()
    kafka.away = True
    async with working(redis, kafka) as worker:
        await tell(redis, "a", "b")
        await asyncio.sleep(0.3)
        await worker.measure()
        assert REGISTRY.get_sample_value("talon_outbox_unsent") == 2
        assert REGISTRY.get_sample_value("talon_outbox_oldest_seconds") > 0.2
        kafka.away = False
        await until(lambda: kafka.got == ["a", "b"])
        await noted(redis)
        await worker.measure()
        assert REGISTRY.get_sample_value("talon_outbox_unsent") == 0


async def test_a_new_relay_goes_on_where_the_last_one_stopped(redis):
    first, second = Kafka(), Kafka()
    await tell(redis, "a")
    async with working(redis, first):
        await until(lambda: first.got == ["a"])
        await noted(redis)
    await tell(redis, "b")
    async with working(redis, second):
        await until(lambda: second.got == ["b"])


async def test_of_two_relays_one_works(redis):
    one, two = Kafka(), Kafka()
    async with working(redis, one), working(redis, two):
        for n in range(20):
            await tell(redis, str(n))
        await until(lambda: len(one.got) + len(two.got) == 20)
    assert sorted([one.got, two.got], key=len)[0] == []


async def test_a_relay_that_slept_through_its_lease_cannot_move_the_checkpoint(redis):
    """The zombie's events are repeats; what it believes about the outbox counts for nothing."""
    zombie, heir = Kafka(), Kafka()
    zombie.stuck.clear()
    async with working(redis, zombie):
        await tell(redis, "a")
        await asyncio.sleep(0.9)  # its lease is over while it hangs in the broker
        async with working(redis, heir):
            await until(lambda: heir.got == ["a"])
            await tell(redis, "b")
            await until(lambda: heir.got == ["a", "b"])
            at = await noted(redis)
            zombie.stuck.set()
            await until(lambda: zombie.got == ["a"])
            assert await redis.hget(shards.checkpoint("teller", SHARD), "id") == at


async def test_a_graceful_stop_hands_over_at_once(redis, monkeypatch):
    monkeypatch.setattr(relay, "LEASE", timedelta(seconds=60))
    first, second = Kafka(), Kafka()
    async with working(redis, first) as worker:
        await tell(redis, "a")
        await until(lambda: first.got == ["a"])
        await noted(redis)
    await worker.release()
    await tell(redis, "b")
    async with working(redis, second):
        await until(lambda: second.got == ["b"], within=5)


async def test_what_is_unsent_is_never_trimmed(redis, monkeypatch):
    monkeypatch.setattr(relay, "KEPT", timedelta(0))
    kafka = Kafka()
    async with working(redis, kafka):
        await tell(redis, *map(str, range(300)))
        await until(lambda: len(kafka.got) == 300)
        kafka.away = True
        await tell(redis, *map(str, range(300, 600)))
        await asyncio.sleep(0.3)
        kafka.away = False
        await until(lambda: len(kafka.got) >= 600)
    assert list(dict.fromkeys(kafka.got)) == [str(n) for n in range(600)]
    assert await redis.xlen(OUTBOX) < 600, "what was sent long ago is forgotten"


async def test_a_store_that_forgot_what_was_told_is_alarmed(redis):
    """As after the failover to a replica that was behind; what is told next goes on as usual."""
    before = REGISTRY.get_sample_value("talon_store_forgot_total") or 0
    kafka = Kafka()
    async with working(redis, kafka):
        await tell(redis, "a", "b")
        await until(lambda: kafka.got == ["a", "b"])
        await noted(redis)
        await redis.delete(OUTBOX, shards.checkpoint("teller", SHARD))
        await until(lambda: REGISTRY.get_sample_value("talon_store_forgot_total") == before + 1)
        await tell(redis, "b again")
        await until(lambda: kafka.got == ["a", "b", "b again"])
    assert REGISTRY.get_sample_value("talon_store_forgot_total") == before + 1
