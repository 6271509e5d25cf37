"""A topic that lost its log is told again whole, on a real Kafka, though nothing new is told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from contracts.envelope import attributes, headers
from services.chassis import jobs, shards, tails
from services.chassis.publish import Partition, Placed, Publisher
from services.chassis.redis import Entry
from services.chassis.relay import Relay, record
from services.chassis.tails import Acknowledged
from services.chassis.topics import administering
from tests.system.told import records

BRANCHES = ("BR-A", "BR-B", "BR-C")


class Watched(Acknowledged):
    """Says when Kafka is asked, and how often it was."""

    looks = 0
    is_asking = False

    async def _missing(self) -> set[Partition]:
        self.is_asking = True
        try:
            return await super()._missing()
        finally:
            self.is_asking = False
            self.looks += 1


class Teller:
    """A source with a topic of its own."""

    def __init__(self, redis: Redis, kafka: str) -> None:
        self.redis = redis
        self.kafka = kafka
        self.topic = f"t{uuid4().hex[:8]}"
        self.newest = dict.fromkeys(BRANCHES, "0-0")
        self.publisher = Publisher("teller", [kafka])
        self.acknowledged = Watched(redis, "teller", [kafka])
        self.relay = Relay(redis, "teller", self.publish, self.acknowledged)

    async def create(self) -> None:
        """The topic, as soon as one of its name is gone."""
        async with administering([self.kafka]) as admin, asyncio.timeout(20):
            code = TopicAlreadyExistsError.errno
            while code == TopicAlreadyExistsError.errno:
                answer = await admin.create_topics([NewTopic(self.topic, 2, 1)])
                code = answer.topic_errors[0][1]
                await asyncio.sleep(0.05)
            if code:
                raise for_code(code)(self.topic)

    async def delete(self) -> None:
        async with administering([self.kafka]) as admin:
            await admin.delete_topics([self.topic])

    async def publish(self, entries: Sequence[Entry]) -> dict[Partition, Placed]:
        return {**await self.publisher.publish([record("teller", entry) for entry in entries])}

    async def tell(self, branch: str) -> None:
        entry = {"topic": self.topic, "type": "x", "time": "1", "subject": "", "data": "{}"}
        place = {"partitionkey": branch, "previous": self.newest[branch]}
        outbox = shards.outbox("teller", shards.shard_of(branch))
        self.newest[branch] = str(await self.redis.xadd(outbox, {**entry, **place}))

    async def log(self) -> dict[str, list[str]]:
        """What Kafka has of each branch, without repeats."""
        told: dict[str, list[str]] = {branch: [] for branch in BRANCHES}
        for one in await records(self.kafka, self.topic):
            ce = attributes(one.headers)
            if ce["id"] not in told[ce["partitionkey"]]:
                told[ce["partitionkey"]].append(ce["id"])
        return told

    async def outbox(self) -> dict[str, list[str]]:
        """What was told of each branch."""
        told: dict[str, list[str]] = {branch: [] for branch in BRANCHES}
        for shard in {shards.shard_of(branch) for branch in BRANCHES}:
            for id, entry in await self.redis.xrange(shards.outbox("teller", shard)):
                told[entry["partitionkey"]].append(id)
        return told

    async def until_told(self) -> None:
        """All is in Kafka, and that is noted: else it would be told again in any case."""
        async with asyncio.timeout(30):
            while await self.log() != await self.outbox() or not await self._is_noted():
                await asyncio.sleep(0.1)

    async def _is_noted(self) -> bool:
        for shard in {shards.shard_of(branch) for branch in BRANCHES}:
            newest = await self.redis.xrevrange(shards.outbox("teller", shard), count=1)
            if await self.redis.hget(shards.checkpoint("teller", shard), "id") != newest[0][0]:
                return False
        return True

    def lost(self) -> float:
        return REGISTRY.get_sample_value("talon_log_lost_total", {"topic": self.topic}) or 0


@contextlib.asynccontextmanager
async def working(teller: Teller, *, watching: bool) -> AsyncIterator[None]:
    watch = {"tails": teller.acknowledged.watch} if watching else {}
    tasks = jobs.begin({**teller.relay.jobs(), **watch})
    try:
        yield
    finally:
        while teller.acknowledged.is_asking:  # aiokafka leaves a connection open if it is stopped
            await asyncio.sleep(0.01)
        await jobs.end(tasks)


@pytest.fixture
async def teller(
    redis: Redis, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Teller]:
    monkeypatch.setattr(tails, "EVERY", timedelta(seconds=0.3))
    monkeypatch.setattr(tails, "_SOON", timedelta(seconds=0.3))
    monkeypatch.setattr(tails, "_PATIENCE", timedelta(seconds=3))
    teller = Teller(redis, kafka)
    await teller.create()
    await teller.publisher.start()
    yield teller
    await teller.publisher.stop()


async def test_a_topic_created_anew_is_told_again(teller: Teller):
    """Each branch in its order, found out by looking."""
    async with working(teller, watching=False):
        for branch in BRANCHES * 4:
            await teller.tell(branch)
        await teller.until_told()
    await teller.delete()
    await teller.create()
    async with working(teller, watching=True):
        async with asyncio.timeout(30):
            while not teller.lost():  # until then the old one may still be read
                await asyncio.sleep(0.05)
        await teller.until_told()


async def test_without_looking_the_log_stays_as_it_is(teller: Teller, monkeypatch):
    """Only what is told from then on comes to it: that is what the look is for."""

    async def nobody_compares(*_: object) -> None: ...

    monkeypatch.setattr(teller.acknowledged, "compare", nobody_compares)
    async with working(teller, watching=False):
        for branch in BRANCHES:
            await teller.tell(branch)
        await teller.until_told()
        await teller.delete()
        await teller.create()
        await teller.tell("BR-A")
        async with asyncio.timeout(30):
            while not (log := await teller.log())["BR-A"]:
                await asyncio.sleep(0.1)
    assert log == {"BR-A": [teller.newest["BR-A"]], "BR-B": [], "BR-C": []}


async def test_a_log_that_somebody_else_wrote_on_is_told_again(teller: Teller):
    """It is long enough, but another event lies where ours was."""
    async with working(teller, watching=False):
        for branch in BRANCHES:
            await teller.tell(branch)
        await teller.until_told()
    await teller.delete()
    await teller.create()
    ce = headers(
        id="1-0", source="/x", type="x", time="", subject="", partitionkey="BR-A", previous="0-0"
    )
    async with AIOKafkaProducer(bootstrap_servers=teller.kafka) as producer:
        for n in range(20):
            await producer.send_and_wait(
                teller.topic,
                b"{}",
                key=b"BR-A",
                partition=n % 2,
                headers=[(name, value.encode()) for name, value in ce.items()],
            )
    async with working(teller, watching=True), asyncio.timeout(30):
        told, log = await teller.outbox(), await teller.log()
        while any({*told[one]} - {*log[one]} for one in BRANCHES):
            await asyncio.sleep(0.1)
            log = await teller.log()
    assert teller.lost() == 1


async def test_a_whole_log_is_left_alone(teller: Teller):
    """Nothing is told twice for being looked at."""
    async with working(teller, watching=True):
        for branch in BRANCHES * 4:
            await teller.tell(branch)
        await teller.until_told()
        before = teller.acknowledged.looks
        async with asyncio.timeout(30):
            while teller.acknowledged.looks < before + 3:
                await teller.tell(BRANCHES[0])
                await asyncio.sleep(0.1)
        await teller.until_told()
    assert len(await records(teller.kafka, teller.topic)) == sum(
        map(len, (await teller.outbox()).values())
    )
    assert teller.lost() == 0
