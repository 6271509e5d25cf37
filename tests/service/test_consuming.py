"""Consuming on a real Kafka: what can be applied is, what cannot does not stop the others."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaConnectionError
from faststream.kafka import KafkaBroker
from prometheus_client import REGISTRY

from contracts import topics
from contracts.envelope import Event, headers
from contracts.tickets import TicketCancelled, TicketIssued
from contracts.topics import Topic
from services.chassis import consume
from services.chassis.consume import Subscription, subscribe
from services.chassis.dead import DeadLetters
from services.dispatch.events import TicketEvents
from services.dispatch.store.branches import Branches
from services.dispatch.store.keys import Keys
from services.dispatch.store.lines import Lines
from services.dispatch.store.rules import RuleBook
from tests.builders import T0, at, ticket_id

BRANCH = "BR-T"
LINE = Keys(BRANCH).line("2:PASS")


@pytest.fixture
async def topic(kafka: str) -> Topic:
    """A topic of its own, with its dead-letter topic."""
    topic = replace(topics.TICKETS, name=f"t{uuid4().hex[:8]}")
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(name, 1, 1) for name in (topic.name, topic.dead)])
    await admin.close()
    return topic


@pytest.fixture
async def say(kafka: str, topic: Topic) -> AsyncIterator[Callable[..., Any]]:
    """Tell an event of ticketing, well or badly made."""
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:

        async def tell(
            n: int, previous: int, raw: bytes | None = None, type: str = TicketIssued.TYPE
        ) -> None:
            body = {
                "ticket": ticket_id(n),
                "number": f"Б {n:03}",
                "service": "B01",
                "skills": ["PASS"],
                "day": "2026-11-23",
                "arrived": T0.isoformat(),
                "said_by_a_newer_release": 1,
            }
            ce = headers(
                id=f"{n}-0",
                source="/talon/ticketing",
                type=type,
                time=T0.isoformat(),
                subject=ticket_id(n),
                partitionkey=BRANCH,
                previous=f"{previous}-0",
            )
            await producer.send_and_wait(
                topic.name,
                json.dumps(body).encode() if raw is None else raw,
                key=BRANCH.encode(),
                headers=[(name, value.encode()) for name, value in ce.items()],
            )

        yield tell


async def heard(kafka: str, topic: Topic, wanted: Subscription, until: Callable[[], Any]) -> None:
    """Let a service listen until a condition holds."""
    broker = KafkaBroker(
        [kafka], logger=None, allow_auto_create_topics=False, metadata_max_age_ms=1_000
    )
    subscribe(broker, f"reader-{topic.name}", wanted, DeadLetters(broker, "reader"))
    async with broker:
        await broker.start()
        async with asyncio.timeout(60):
            while not await until():
                await asyncio.sleep(0.02)


async def buried(kafka: str, topic: Topic) -> ConsumerRecord[bytes, bytes]:
    async with AIOKafkaConsumer(
        topic.dead, bootstrap_servers=kafka, auto_offset_reset="earliest"
    ) as dead:
        return await asyncio.wait_for(dead.getone(), 10)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


async def test_a_story_with_a_gap_a_repeat_a_stranger_and_a_poison(kafka, redis, topic, say):
    """What can be applied is; what is missing is alarmed; what cannot be read is buried."""
    on = TicketEvents(Lines(redis), Branches(redis), RuleBook(redis), lambda: at(1))
    await say(1, 0)
    await say(1, 0)
    await say(2, 1, type="talon.ticket.told_by_a_newer_release")
    await say(3, 2)
    await say(4, 3, raw=b"{")
    await say(7, 5)  # 4 was poison and 5 was never said
    await say(8, 7)

    async def last_waits() -> bool:
        return await redis.zscore(LINE, ticket_id(8)) is not None

    wanted = Subscription(topic, {TicketIssued: on.issued}, on.other)
    await heard(kafka, topic, wanted, last_waits)
    assert await redis.zrange(LINE, 0, -1) == [ticket_id(n) for n in (1, 3, 7, 8)]
    assert counted("talon_gaps_total", topic=topic.name, kind="missing") == 1
    assert counted("talon_dead_letters_total", topic=topic.name) == 1
    record = await buried(kafka, topic)
    told = dict(record.headers)
    assert (record.value, record.key) == (b"{", BRANCH.encode())
    assert told["dead_place"].endswith(b"/4")
    assert b"JSON" in told["dead_reason"]
    assert told["ce_id"] == b"4-0"


async def test_a_source_that_forgot_is_alarmed(kafka, redis, topic, say):
    """A store restored to an earlier moment tells a story that goes back."""
    on = TicketEvents(Lines(redis), Branches(redis), RuleBook(redis), lambda: at(1))
    for n in (1, 2, 3):
        await say(n, n - 1)
    await say(9, 1)

    async def last_waits() -> bool:
        return await redis.zscore(LINE, ticket_id(9)) is not None

    await heard(kafka, topic, Subscription(topic, {TicketIssued: on.issued}, on.other), last_waits)
    assert counted("talon_gaps_total", topic=topic.name, kind="forgotten") == 1


async def test_a_handler_that_keeps_failing_does_not_stop_the_others(
    kafka, redis, topic, say, monkeypatch
):
    """It is tried a few times, then its record is buried with the reason."""
    monkeypatch.setattr(consume, "FIRST_PAUSE", timedelta(milliseconds=1))
    on = TicketEvents(Lines(redis), Branches(redis), RuleBook(redis), lambda: at(1))
    tried = []

    async def broken(event: Event[TicketCancelled]) -> None:
        tried.append(event.id)
        raise ZeroDivisionError("a bug")

    await say(1, 0)
    body = {"ticket": ticket_id(1), "number": "1", "day": "2026-11-23", "reason": "visitor"}
    await say(2, 1, raw=json.dumps(body).encode(), type=TicketCancelled.TYPE)
    await say(3, 2)

    async def last_waits() -> bool:
        return await redis.zscore(LINE, ticket_id(3)) is not None

    handlers = {TicketIssued: on.issued, TicketCancelled: broken}
    await heard(kafka, topic, Subscription(topic, handlers, on.other), last_waits)
    assert set(tried) == {"2-0"}
    assert len(tried) > consume.TRIES, "tried with others, then alone"
    assert b"a bug" in dict((await buried(kafka, topic)).headers)["dead_reason"]


async def test_a_store_that_is_away_is_waited_for(kafka, redis, topic, say, monkeypatch):
    """Nothing is buried and nothing skipped, however long it takes."""
    monkeypatch.setattr(consume, "FIRST_PAUSE", timedelta(milliseconds=1))
    on = TicketEvents(Lines(redis), Branches(redis), RuleBook(redis), lambda: at(1))
    away = [ConnectionRefusedError()] * (consume.TRIES + 3)

    async def issued(event: Event[TicketIssued]) -> Any:
        if away:
            raise away.pop()
        return await on.issued(event)

    await say(1, 0)
    await say(2, 1)

    async def last_waits() -> bool:
        return await redis.zscore(LINE, ticket_id(2)) is not None

    await heard(kafka, topic, Subscription(topic, {TicketIssued: issued}, on.other), last_waits)
    assert await redis.zrange(LINE, 0, -1) == [ticket_id(1), ticket_id(2)]
    assert counted("talon_dead_letters_total", topic=topic.name) == 0


async def test_a_record_that_cannot_be_buried_comes_again(kafka, redis, topic, say, monkeypatch):
    """Its offset is told only once it has its grave, and what stood behind it waits for that."""
    on = TicketEvents(Lines(redis), Branches(redis), RuleBook(redis), lambda: at(1))
    refused, bury = [KafkaConnectionError()] * 2, DeadLetters.bury

    async def reluctant(self: DeadLetters, record: Any, error: Exception) -> None:
        if refused:
            raise refused.pop()
        await bury(self, record, error)

    monkeypatch.setattr(DeadLetters, "bury", reluctant)
    await say(1, 0)
    await say(2, 1, raw=b"{")
    await say(3, 2)

    async def last_waits() -> bool:
        return await redis.zscore(LINE, ticket_id(3)) is not None

    await heard(kafka, topic, Subscription(topic, {TicketIssued: on.issued}, on.other), last_waits)
    assert refused == []
    assert (await buried(kafka, topic)).value == b"{"


async def test_a_reader_that_comes_back_goes_on_where_it_was(kafka, redis, topic, say):
    """What was applied is told to Kafka, at the latest when the reader stops."""
    on = TicketEvents(Lines(redis), Branches(redis), RuleBook(redis), lambda: at(1))
    seen: list[str] = []

    async def issued(event: Event[TicketIssued]) -> Any:
        seen.append(event.id)
        return await on.issued(event)

    async def is_applied(n: int) -> bool:
        return counted("talon_consumed_total", topic=topic.name) >= n

    async def one_more_came(n: int) -> bool:
        """The second of a visit: too soon after the first to be told by itself."""
        if await is_applied(n) and n == said[-1]:
            said.append(n + 1)
            await say(n + 1, n)
        return await is_applied(n + 1)

    wanted, said = Subscription(topic, {TicketIssued: issued}, on.other), []
    for n in (1, 3):
        said.append(n)
        await say(n, n - 1)
        await heard(kafka, topic, wanted, functools.partial(one_more_came, n))
    await say(5, 4)
    await heard(kafka, topic, wanted, functools.partial(is_applied, 5))
    assert seen == [f"{n}-0" for n in (1, 2, 3, 4, 5)]
