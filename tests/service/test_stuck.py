"""A reader that stands still is noticed on a real Kafka; one that only waits is left in peace."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import NewTopic
from redis.asyncio import Redis

from contracts import topics
from contracts.envelope import Event, headers
from contracts.topics import PARTITIONS, Topic
from services.chassis import consume, lags, spine
from services.chassis.jobs import begin, end
from services.chassis.lags import Lags
from services.chassis.reader import Reader
from services.chassis.spine import Spine, Subscription
from services.chassis.topics import administering

LIMIT = timedelta(seconds=1)
LOOKS = 20  # in a limit


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on nobody waits a minute; on a busy machine only the beginning may take long."""
    monkeypatch.setattr(spine, "_SAMPLE", LIMIT / LOOKS)
    monkeypatch.setattr(consume, "LONGEST_PAUSE", LIMIT / 5)
    return lambda: monkeypatch.setattr(lags, "STUCK_AFTER", LIMIT)


@pytest.fixture
async def topic(kafka: str) -> Topic:
    topic = replace(topics.TICKETS, name=f"t{uuid4().hex[:8]}")
    async with administering([kafka]) as admin:
        await admin.create_topics([NewTopic(topic.name, PARTITIONS, 1), NewTopic(topic.dead, 1, 1)])
    return topic


@pytest.fixture
async def say(kafka: str, topic: Topic) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:

        async def tell(n: int) -> None:
            ce = headers(
                id=f"{n}-0",
                source="/talon/x",
                type="talon.x",
                time="2026-11-23T10:00:00+05:00",
                subject="",
                partitionkey="BR-T",
                previous=f"{n - 1}-0",
            )
            about = [(name, value.encode()) for name, value in ce.items()]
            await producer.send_and_wait(topic.name, b"{}", key=b"BR-T", headers=about)

        yield tell


@dataclass
class Service:
    """One that hears a topic, as the chassis runs it."""

    redis: Redis
    kafka: str
    topic: Topic
    hear: Callable[[Event[Any]], Awaitable[None]] | None = None
    heard: list[str] = field(default_factory=list)
    gave_up: bool = False

    def __post_init__(self) -> None:
        wanted = [Subscription(self.topic, {}, self.hear or self._note)]
        name = f"s-{self.topic.name}"
        self.spine = Spine(name, self.redis, [self.kafka], wanted, give_up=self._give_up)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Reader]:
        tasks = begin(self.spine.jobs())
        try:
            yield self.spine._readers[0]
        finally:
            await end(tasks)
            await self.spine.stop()

    async def _note(self, event: Event[Any]) -> None:
        self.heard.append(event.id)

    def _give_up(self) -> None:
        self.gave_up = True


@pytest.fixture
def a_service(redis: Redis, kafka: str, topic: Topic) -> Callable[..., Service]:
    """Another instance each time; *hear* applies an event."""
    return functools.partial(Service, redis, kafka, topic)


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.02)


class Watched:
    """Counts the looks of whoever looks for the stuck."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.looks, look = 0, Lags.look

        async def counted(lags: Lags) -> list[Reader]:
            found = await look(lags)
            self.looks += 1
            return found

        monkeypatch.setattr(Lags, "look", counted)

    async def longer_than_the_limit(self) -> None:
        enough = self.looks + 2 * LOOKS
        await until(lambda: self.looks > enough)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


async def test_a_consumer_that_gets_nothing_any_more_is_noticed(a_service, say, impatient):
    """As aiokafka's now and then does; started anew, the service hears what it missed."""
    service = a_service()
    async with service.running() as reader:
        await say(1)
        await until(lambda: service.heard == ["1-0"])
        fetcher = reader.consumer._fetcher
        fetcher._fetch_task.cancel()
        await until(lambda: all(task.done() for task in fetcher._pending_tasks))
        impatient()
        await say(2)
        await until(lambda: service.gave_up)
        assert service.heard == ["1-0"]
    again = a_service()
    async with again.running():
        await until(lambda: again.heard[-1:] == ["2-0"])


async def test_a_step_that_never_comes_back_is_noticed(a_service, say, impatient):
    """The record in hand was fetched, so that by Kafka's counting nothing is left to read."""
    hung, over = asyncio.Event(), asyncio.Event()

    async def hang(_: Event[Any]) -> None:
        hung.set()
        await over.wait()

    service = a_service(hang)
    async with service.running():
        await say(1)
        await until(hung.is_set)
        impatient()
        await until(lambda: service.gave_up)
        over.set()


async def test_a_reader_that_its_group_lost_is_noticed(a_service, say, impatient):
    """Nobody has the partitions, and nobody reads."""
    service = a_service()
    async with service.running() as reader:
        await say(1)
        await until(lambda: service.heard == ["1-0"])
        impatient()
        await reader.consumer._coordinator.close()
        reader.consumer.assignment = frozenset
        await until(lambda: service.gave_up)


async def test_a_reader_whose_store_is_away_is_left_in_peace(a_service, say, impatient, watched):
    """However long; a restart would not bring the store back."""
    away, tried, heard = True, [], []

    async def hear(event: Event[Any]) -> None:
        tried.append(event.id)
        if away:
            raise ConnectionRefusedError
        heard.append(event.id)

    service = a_service(hear)
    async with service.running():
        await say(1)
        await say(2)
        await until(lambda: tried)
        impatient()
        await watched.longer_than_the_limit()
        assert (service.gave_up, heard) == (False, [])
        away = False
        await until(lambda: heard == ["1-0", "2-0"])
        assert not service.gave_up


async def test_an_instance_without_partitions_is_left_in_peace(a_service, say, impatient, watched):
    """Others have them all; it serves people, and takes over when they go."""
    service, spare = a_service(), a_service()
    async with service.running(), spare.running() as reader:
        await say(1)
        await until(lambda: "1-0" in service.heard + spare.heard)
        await until(reader.consumer.assignment)
        impatient()
        reader.consumer.assignment = frozenset
        await watched.longer_than_the_limit()
        assert not spare.gave_up
