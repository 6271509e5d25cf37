"""Dead letters on a real Kafka: listed, shown, and sent to their readers again."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from faststream.kafka import KafkaBroker
from prometheus_client import REGISTRY
from redis.asyncio import Redis
from rich.console import Console

from contracts import topics
from contracts.envelope import Event, Fact, headers
from contracts.tickets import CancelReason, TicketCancelled, TicketIssued
from contracts.topics import Topic
from services.chassis import consume
from services.chassis.consume import Subscription, subscribe
from services.chassis.dead import DeadLetters
from services.dispatch.events import TicketEvents
from services.dispatch.store.branches import Branches
from services.dispatch.store.keys import Keys
from services.dispatch.store.lines import Lines
from services.dispatch.store.rules import RuleBook
from services.embedded.errors import CannotRun
from services.ops import dead
from services.ops.dead import Asked
from tests.builders import T0, at, ticket_id

BRANCH = "BR-T"
LINE = Keys(BRANCH).line("2:PASS")
PHONE = "+79123456789"
BUG = "a bug"

Say = Callable[..., Awaitable[None]]


@pytest.fixture
async def topic(kafka: str, monkeypatch: pytest.MonkeyPatch) -> Topic:
    """The only topic of the table, with its dead-letter topic; no other test knows them."""
    mine = replace(topics.TICKETS, name=f"t{uuid4().hex[:8]}")
    monkeypatch.setattr(dead, "TOPICS", (mine,))
    monkeypatch.setattr(consume, "FIRST_PAUSE", timedelta(milliseconds=1))
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(name, 2, 1) for name in (mine.name, mine.dead)])
    await admin.close()
    return mine


@pytest.fixture
async def say(kafka: str, topic: Topic) -> AsyncIterator[Say]:
    """Tell a fact of ticketing as event *n*."""
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:

        async def tell(n: int, fact: Fact, raw: bytes | None = None) -> None:
            ce = headers(
                id=f"{1_000 * n}-0",
                source="/talon/ticketing",
                type=fact.TYPE,
                time=T0.isoformat(),
                subject=getattr(fact, "ticket", ""),
                partitionkey=BRANCH,
                previous=f"{1_000 * (n - 1)}-0",
            )
            about = [(name, value.encode()) for name, value in ce.items()]
            body = raw or fact.model_dump_json().encode()
            await producer.send_and_wait(topic.name, body, key=BRANCH.encode(), headers=about)

        yield tell


def issued(n: int) -> TicketIssued:
    return TicketIssued(
        ticket=ticket_id(n),
        number=f"Б {n:03}",
        service="B01",
        skills=("PASS",),
        day=T0.date(),
        arrived=T0,
    )


def cancelled(n: int) -> TicketCancelled:
    return TicketCancelled(
        ticket=ticket_id(n), number=f"Б {n:03}", day=T0.date(), reason=CancelReason.VISITOR
    )


@dataclass
class Dispatch:
    """Dispatch's handlers, in a release that cannot apply some tickets."""

    redis: Redis
    broken: set[str] = field(default_factory=set)
    issues: int = 0

    def __post_init__(self) -> None:
        rules = RuleBook(self.redis)
        self.on = TicketEvents(Lines(self.redis), Branches(self.redis), rules, lambda: at(1))

    async def issued(self, event: Event[TicketIssued]) -> Any:
        self.issues += 1
        if event.data.ticket in self.broken:
            raise ZeroDivisionError(BUG)
        return await self.on.issued(event)

    def follows(self, topic: Topic) -> Subscription:
        handlers: Any = {TicketIssued: self.issued, TicketCancelled: self.on.cancelled}
        return Subscription(topic, handlers, self.on.other)

    async def waiting(self) -> list[str]:
        return [str(ticket) for ticket in await self.redis.zrange(LINE, 0, -1)]


async def until(holds: Callable[[], Awaitable[Any]]) -> None:
    async with asyncio.timeout(30):
        while not await holds():
            await asyncio.sleep(0.02)


async def heard(
    kafka: str, topic: Topic, reader: Dispatch, name: str, until_: Callable[[], Awaitable[Any]]
) -> None:
    """Let a service listen until a condition holds."""
    broker = KafkaBroker(
        [kafka], logger=None, allow_auto_create_topics=False, metadata_max_age_ms=1_000
    )
    subscribe(broker, name, reader.follows(topic), DeadLetters(broker, name))
    async with broker:
        await broker.start()
        await until(until_)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


async def test_a_letter_reaches_the_reader_that_could_not_apply_it(
    kafka, redis, topic, say, capsys
):
    """After the mend, though the story went on meanwhile; and nobody else hears it again."""
    reader = Dispatch(redis, broken={ticket_id(2)})
    for n in (1, 2, 3):
        await say(n, issued(n))

    async def the_others_wait() -> bool:
        return len(await reader.waiting()) == 2

    await heard(kafka, topic, reader, "reader", the_others_wait)
    gaps = counted("talon_gaps_total", topic=topic.name, kind="missing")
    [(_, [letter])] = await dead.find(Asked([kafka]))
    assert (letter.reader, letter.reason) == ("reader", f"ZeroDivisionError: {BUG}")

    asked = Asked([kafka], places=[letter.place])
    assert await asyncio.to_thread(dead.replay, asked, Console()) == 0
    _, as_it_came, _, again = [r async for r in dead.letters.records([kafka], topic.name)]
    assert (again.key, again.value) == (as_it_came.key, as_it_came.value)
    meant_for = ("replay_for", b"reader")
    assert sorted(again.headers) == sorted([*as_it_came.headers, meant_for])
    reader.broken.clear()

    async def all_wait() -> bool:
        return len(await reader.waiting()) == 3

    await heard(kafka, topic, reader, "reader", all_wait)
    assert await reader.waiting() == [ticket_id(n) for n in (1, 2, 3)]
    assert counted("talon_gaps_total", topic=topic.name, kind="missing") == gaps

    other = Dispatch(redis)

    await say(4, issued(4))

    async def four_wait() -> bool:
        return len(await reader.waiting()) == 4

    await heard(kafka, topic, other, "another", four_wait)
    assert other.issues == 4, "each ticket once; not what was sent again for its neighbour"

    assert await asyncio.to_thread(dead.replay, asked, Console()) == 1
    assert await asyncio.to_thread(dead.listed, Asked([kafka]), Console(width=60)) == 0
    told = capsys.readouterr().out
    assert f"{letter.place}: not sent, it was sent again at" in told
    assert told.count(f"{letter.place} ") == 1, "a place is whole on the narrowest screen"
    assert await dead.find(Asked([kafka], unsent=True)) == [(topic, [])]


async def test_what_would_be_passed_by_is_told_not_sent(kafka, redis, topic, say):
    """Given up meanwhile, or unreadable to this release: the reason is said, the rest is sent."""
    reader = Dispatch(redis, broken={ticket_id(1), ticket_id(2)})
    await say(1, issued(1))
    await say(2, issued(2))
    await say(3, cancelled(1))
    await say(4, issued(4), raw=b"{")
    await say(5, issued(5))

    async def the_last_waits() -> bool:
        return await reader.waiting() == [ticket_id(5)]

    await heard(kafka, topic, reader, "reader", the_last_waits)
    sent, left = await dead.send(Asked([kafka]))
    assert [letter.value for letter in sent] == [issued(2).model_dump_json().encode()]
    passed_by, unreadable = (str(one.reason) for one in left)
    assert f"talon.ticket.cancelled 3000-0 was told later about {ticket_id(1)}" in passed_by
    assert "this release cannot read it either" in unreadable
    reader.broken.clear()

    async def it_waits() -> bool:
        return await reader.waiting() == [ticket_id(2), ticket_id(5)]

    await heard(kafka, topic, reader, "reader", it_waits)


async def test_a_letter_is_shown_whole_but_for_phones(kafka, topic, say, capsys):
    """Whoever put one into a body by mistake, it does not stand on the screen of an operator."""
    body = b'{"ticket": "7", "note": "%s"}' % PHONE.encode()
    broker = KafkaBroker([kafka], logger=None)
    await say(1, issued(1), raw=body)
    async with broker:
        await broker.start()
        [record] = [r async for r in dead.letters.records([kafka], topic.name)]
        await DeadLetters(broker, "reader").bury(record, ValueError(f"not known: {PHONE}"))
    [(_, [letter])] = await dead.find(Asked([kafka], topic=topic.dead))
    assert (letter.value, letter.key) == (body, BRANCH.encode())
    assert sorted(letter.headers) == sorted(record.headers)
    run = functools.partial(asyncio.to_thread, dead.show)
    assert await run(Asked([kafka], places=[letter.place]), Console()) == 0
    told = capsys.readouterr().out
    assert PHONE not in told
    for shown in ("+7***6789", "ce_id: 1000-0", letter.came_from, "ValueError", '"ticket": "7"'):
        assert shown in told


async def test_a_topic_that_is_not_there_holds_no_letters(kafka, topic, monkeypatch):
    """Nobody waits for it; talon topics says that it is missing."""
    missing = replace(topic, name=f"t{uuid4().hex[:8]}")
    monkeypatch.setattr(dead, "TOPICS", (missing,))
    assert await asyncio.wait_for(dead.find(Asked([kafka])), 10) == [(missing, [])]


async def test_a_place_that_holds_no_letter_is_refused(kafka, topic):
    """With where to find those that do."""
    with pytest.raises(CannotRun, match=r"no dead letter at .*/0/99; talon dead list"):
        await dead.find(Asked([kafka], places=[f"{topic.dead}/0/99"]))
    with pytest.raises(CannotRun, match=r"no topic talon\.nothing; there are"):
        await dead.find(Asked([kafka], topic="talon.nothing"))
