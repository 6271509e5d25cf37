"""Topics on a real Kafka: what differs from the table is told, mended, and keeps services away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import NewTopic
from redis.asyncio import Redis
from rich.console import Console

from contracts import topics as contract
from contracts.envelope import Event, headers
from contracts.topics import CATALOGUE, PARTITIONS, TICKETS, Topic
from services.chassis import shards
from services.chassis import topics as chassis
from services.chassis.consume import Subscription
from services.chassis.jobs import begin, end
from services.chassis.spine import Spine
from services.embedded.errors import CannotRun
from services.ops import topics as ops

BRANCH = "BR-T"
HOUR = "3600000"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> tuple[Topic, Topic]:
    """A table of two topics that no other test knows: one of facts, one compacted."""
    mine = tuple(replace(t, name=f"t{uuid4().hex[:8]}") for t in (TICKETS, CATALOGUE))
    for module in (chassis, ops):
        monkeypatch.setattr(module, "TOPICS", mine)
    return mine


@pytest.fixture
async def make(kafka: str) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    async with chassis.administering([kafka]) as admin:

        async def topic(name: str, partitions: int = PARTITIONS, **settings: str) -> None:
            own = {key.replace("_", "."): value for key, value in settings.items()}
            answer = await admin.create_topics([NewTopic(name, partitions, 1, topic_configs=own)])
            assert all(code == 0 for _, code, *_ in answer.topic_errors)
            while name not in await chassis.look(admin, [name]):
                await asyncio.sleep(0.02)

        yield topic


async def differing(kafka: str) -> set[tuple[str, str, str, str]]:
    seen = await ops.look(ops.Asked([kafka]))
    return {(one.topic, one.what, one.wanted, one.found) for one in seen.differences}


async def test_whatever_differs_is_told(kafka: str, table, make):
    """Missing topics, partitions, and every setting, with what it should be and what it is."""
    facts, compacted = table
    await make(facts.name, 3, cleanup_policy="compact,delete", retention_ms=HOUR)
    await make(facts.dead, 1, max_message_bytes="1000")
    await make(compacted.name)
    month, quarter = str(30 * 24 * 3_600_000), str(90 * 24 * 3_600_000)
    assert await differing(kafka) == {
        (facts.name, "partitions", "8", "3"),
        (facts.name, "cleanup.policy", "delete", "compact,delete"),
        (facts.name, "retention.ms", month, HOUR),
        (facts.dead, "max.message.bytes", str(2 * 1024 * 1024), "1000"),
        (facts.dead, "retention.ms", quarter, "604800000"),
        (compacted.name, "cleanup.policy", "compact", "delete"),
        (compacted.dead, "topic", "there", "missing"),
    }


async def test_what_can_be_altered_safely_is(kafka: str, table, make):
    """Settings of others stay, and partitions, too, unless somebody says it in so many words."""
    facts, compacted = table
    await make(facts.name, 3, retention_ms=HOUR, segment_ms="7200000")
    await make(compacted.name, 9, cleanup_policy="compact")
    done, left = await ops.mend(ops.Asked([kafka]))
    assert any(line.startswith(f"{facts.name}: retention.ms {HOUR} -> ") for line in done)
    assert f"{compacted.dead}: created" in done
    assert len(left) == 2
    assert "its order is lost" in left[0][1]
    assert "cannot take partitions away" in left[1][1]
    assert await differing(kafka) == {
        (facts.name, "partitions", "8", "3"),
        (compacted.name, "partitions", "8", "9"),
    }
    done, left = await ops.mend(ops.Asked([kafka], repartition=True))
    assert (done, len(left)) == ([f"{facts.name}: partitions 3 -> 8"], 1)
    async with chassis.administering([kafka]) as admin:
        found = await chassis.look(admin, [facts.name])
    assert found[facts.name].own["segment.ms"] == "7200000"
    assert len(found[facts.name].replicas) == PARTITIONS


async def test_a_whole_table_is_made_at_once(kafka: str, table, capsys):
    """On a machine where nothing is; then nothing is left to do, and the exit codes say so."""
    asked = ops.Asked([kafka])
    run = asyncio.to_thread
    assert await run(ops.diff, asked, Console()) == 1
    assert await run(ops.apply, asked, Console()) == 0
    assert await run(ops.diff, asked, Console()) == 0
    assert await run(ops.apply, asked, Console()) == 0
    told = capsys.readouterr().out
    assert f"{table[0].dead}: created" in told
    assert "nothing to do" in told


async def test_more_copies_are_made_by_kafka_s_own_tool(kafka: str, table, make):
    """They move data, so it is said how; and as many copies as brokers there are at most."""
    await ops.mend(ops.Asked([kafka]))
    done, left = await ops.mend(ops.Asked([kafka], replication=3))
    assert len(left) == 4
    assert {str(one).partition(": ")[2] for one, _ in left} == {"replication is 1, not 3"}
    assert all("only 1 brokers answer" in why for _, why in left)
    assert all("min.insync.replicas 1 -> 2" in line for line in done)
    seen = await ops.look(ops.Asked([kafka], replication=3))
    grown = replace(seen, brokers=(1, 2, 3))
    plan = ops._move(next(d for d in seen.differences if d.what == "replication"), grown, [kafka])
    assert '"partition":1,"replicas":[1,2,3]' in plan
    assert f"kafka-reassign-partitions.sh --bootstrap-server {kafka}" in plan


def test_two_brokers_are_no_cluster_that_the_table_knows():
    """One of three may be down: topics made now would have too few copies for ever."""
    assert (ops.copies_for(1), ops.copies_for(3), ops.copies_for(5)) == (1, 3, 3)
    with pytest.raises(CannotRun, match="--replication 2"):
        ops.copies_for(2)


class Reader:
    """A service that hears one topic, as the chassis runs it."""

    def __init__(self, redis: Redis, kafka: str, topic: Topic) -> None:
        self.heard: list[str] = []
        wanted = [Subscription(topic, {}, self._hear)]
        self.spine = Spine(f"r-{topic.name}", redis, [kafka], wanted, give_up=lambda: None)
        self.check = self.spine.checks()["topics"]

    async def _hear(self, event: Event[Any]) -> None:
        self.heard.append(event.id)


async def told(kafka: str, topic: Topic) -> None:
    ce = headers(
        id="1-0",
        source="/talon/x",
        type="talon.x",
        time="2026-11-23T10:00:00+05:00",
        subject="",
        partitionkey=BRANCH,
        previous="0-0",
    )
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        about = [(name, value.encode()) for name, value in ce.items()]
        await producer.send_and_wait(topic.name, b"{}", key=BRANCH.encode(), headers=about)


async def until(holds: Callable[[], Awaitable[Any]]) -> Any:
    async with asyncio.timeout(30):
        while not (found := await holds()):
            await asyncio.sleep(0.05)
        return found


@pytest.mark.parametrize(
    "wrong",
    [
        (3, "delete", True, "partitions is 3, not 8"),
        (8, "compact", True, "cleanup.policy is compact, not delete"),
        (8, "delete", False, "topic is missing, not there"),
    ],
)
async def test_a_service_waits_for_its_topics_to_be_right(redis, kafka: str, table, make, wrong):
    """It is up but not ready, says why and the mend, reads and tells nothing; then it goes on."""
    topic, _ = table
    partitions, policy, dead, fault = wrong
    await make(topic.name, partitions, cleanup_policy=policy)
    if dead:
        await make(topic.dead, 1)
    await told(kafka, topic)
    reader = Reader(redis, kafka, topic)
    outbox = shards.outbox(f"r-{topic.name}", shards.shard_of(BRANCH))
    about = {"partitionkey": BRANCH, "topic": topic.name, "type": "talon.x", "time": 0}
    await redis.xadd(outbox, {**about, "subject": "", "previous": "1-0", "data": "{}"})
    tasks = begin(reader.spine.jobs())
    try:
        said = await until(reader.check)
        assert fault in said
        assert "talon topics apply" in said
        assert await reader.check() == said
        assert reader.heard == []
        assert not await redis.exists(shards.checkpoint(f"r-{topic.name}", "{s00}"))
        await ops.mend(ops.Asked([kafka], repartition=True))

        async def both_came() -> bool:
            return len(reader.heard) == 2

        await until(both_came)
        assert await reader.check() is None
    finally:
        await end(tasks)
        await reader.spine.stop()


async def test_a_service_whose_kafka_is_away_does_not_call_its_topics_wrong(redis):
    """It goes on with what it has: docs/decisions/0012."""
    reader = Reader(redis, "127.0.0.1:1", contract.TICKETS)
    tasks = begin(reader.spine.jobs())
    try:
        await asyncio.wait([*tasks], timeout=1)
        assert await reader.check() is None
    finally:
        await end(tasks)
        await reader.spine.stop()
