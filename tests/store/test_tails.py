"""A log that lost its tail is found out by the relays, on a real store, and told again whole."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from services.chassis import jobs, relay, shards
from services.chassis.publish import Partition, Placed
from services.chassis.redis import Entry
from services.chassis.relay import Relay
from services.chassis.tails import Acknowledged

ONE, OTHER = shards.all_shards()[:2]


class Log:
    """The one partition of a topic, into which all shards are told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.slow = ""  # what is acknowledged only when this is something else

    async def publish(self, entries: Sequence[Entry]) -> dict[Partition, Placed]:
        first = len(self.told)
        self.told += [told["data"] for _, told in entries]
        while self.slow == entries[-1][1]["data"]:
            await asyncio.sleep(0.01)
        return {("t", 0): Placed(first, first + len(entries) - 1, entries[-1][0])}

    def cut(self, end: int) -> None:
        """Its disk is an older one."""
        del self.told[end:]

    def ends_with(self, *data: str) -> bool:
        return self.told[-len(data) :] == [*data]


@contextlib.asynccontextmanager
async def an_instance(redis: Redis, log: Log, *of: str) -> AsyncIterator[Acknowledged]:
    """One that works on some of the shards."""
    acknowledged = Acknowledged(redis, "teller", [])
    worker = Relay(redis, "teller", log.publish, acknowledged)
    tasks = jobs.begin({f"relay {one}": worker.jobs()[f"relay {one}"] for one in of})
    try:
        yield acknowledged
    finally:
        await jobs.end(tasks)
        await worker.release()


async def tell(redis: Redis, shard: str, *data: str) -> None:
    for text in data:
        entry = {"topic": "t", "type": "x", "time": "1", "subject": "", "data": text}
        told = {**entry, "partitionkey": "BR-T", "previous": "0-0"}
        await redis.xadd(shards.outbox("teller", shard), told)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def noted(redis: Redis, shard: str, log: Log) -> None:
    """Wait until all of a shard is told, and that is noted."""
    newest = (await redis.xrevrange(shards.outbox("teller", shard), count=1))[0][0]
    async with asyncio.timeout(20):
        while await redis.hget(shards.checkpoint("teller", shard), "id") != newest:
            await asyncio.sleep(0.01)


def lost() -> float:
    return REGISTRY.get_sample_value("talon_log_lost_total", {"topic": "t"}) or 0


@pytest.fixture(autouse=True)
def short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "LEASE", timedelta(milliseconds=600))
    monkeypatch.setattr(relay, "_BLOCK", timedelta(milliseconds=200))


async def test_the_first_event_after_a_loss_brings_all_back(redis):
    """Of every shard, though only one told something, and each in its order."""
    log, before = Log(), lost()
    async with an_instance(redis, log, ONE, OTHER):
        await tell(redis, ONE, "a", "b")
        await noted(redis, ONE, log)
        await tell(redis, OTHER, "x", "y")
        await noted(redis, OTHER, log)
        log.cut(1)
        await tell(redis, ONE, "c")
        await until(lambda: {"a", "b", "c", "x", "y"} == {*log.told[2:]})
        await noted(redis, ONE, log)
        await noted(redis, OTHER, log)
    assert [one for one in log.told[2:] if one in "abc"] == ["a", "b", "c"]
    assert [one for one in log.told[2:] if one in "xy"] == ["x", "y"]
    assert lost() == before + 1


async def test_what_another_instance_told_is_known_too(redis):
    """One that told little itself sees that what the other one told is gone."""
    log = Log()
    async with an_instance(redis, log, ONE), an_instance(redis, log, OTHER) as quiet:
        await tell(redis, OTHER, "x")
        await noted(redis, OTHER, log)
        await tell(redis, ONE, "a", "b", "c")
        await noted(redis, ONE, log)
        await quiet.look()  # as it does every two seconds
        log.cut(2)
        await tell(redis, OTHER, "y")
        await until(lambda: {"a", "b", "c", "x", "y"} == {*log.told[3:]})
        await noted(redis, ONE, log)
        await noted(redis, OTHER, log)
        assert [one for one in log.told[3:] if one in "abc"] == ["a", "b", "c"]


async def test_a_loss_that_was_mended_is_not_found_again(redis):
    """Whoever comes second with what it remembers looks before it begins all again."""
    log, before = Log(), lost()
    log.told += ["of long ago"] * 50
    async with an_instance(redis, log, ONE):
        await tell(redis, ONE, "a", "b")
        await noted(redis, ONE, log)
        second = Acknowledged(redis, "teller", [])
        await second.look()
        remembered = second.tails
        log.cut(0)
        await tell(redis, ONE, "c")
        await until(lambda: log.ends_with("a", "b", "c"))
        await noted(redis, ONE, log)
        assert lost() == before + 1
        end = len(log.told)
        await second.compare(remembered, {("t", 0): Placed(end, end, "1-0")})
        assert lost() == before + 1


async def test_a_whole_log_is_never_told_again(redis):
    """However many share a partition: who is acknowledged late lies not behind for that."""
    log, before = Log(), lost()
    async with an_instance(redis, log, ONE, OTHER):
        log.slow = "a"
        await tell(redis, ONE, "a")
        await until(lambda: log.told == ["a"])
        await tell(redis, OTHER, "x")
        await noted(redis, OTHER, log)
        log.slow = ""
        for n in range(20):
            await tell(redis, ONE, f"a{n}")
            await tell(redis, OTHER, f"x{n}")
        await noted(redis, ONE, log)
        await noted(redis, OTHER, log)
    assert len(log.told) == 42
    assert lost() == before


async def test_who_slept_through_it_cannot_move_the_checkpoint(redis):
    """Its note would skip what is to be told again."""
    log = Log()
    async with an_instance(redis, log, ONE) as acknowledged:
        await tell(redis, ONE, "a", "b")
        await noted(redis, ONE, log)
        log.slow = "c"
        await tell(redis, ONE, "c")
        await until(lambda: log.told == ["a", "b", "c"])
        tails = acknowledged.tails
        log.cut(0)
        await acknowledged.compare(tails, {("t", 0): Placed(0, 0, "1-0")})
        log.slow = ""
        await until(lambda: log.told == ["a", "b", "c"])
        await noted(redis, ONE, log)


async def test_what_is_told_again_counts_as_unsent(redis):
    """The gauge of the outbox says how much there is to do."""
    log = Log()
    acknowledged = Acknowledged(redis, "teller", [])
    worker = Relay(redis, "teller", log.publish, acknowledged)
    async with an_instance(redis, log, ONE):
        await tell(redis, ONE, "a", "b", "c")
        await noted(redis, ONE, log)
        await redis.xtrim(shards.outbox("teller", ONE), maxlen=2, approximate=False)
    await acknowledged.look()
    await acknowledged.compare(acknowledged.tails, {("t", 0): Placed(0, 0, "1-0")})
    await worker.measure()
    assert REGISTRY.get_sample_value("talon_outbox_unsent") == 2
