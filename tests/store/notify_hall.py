"""A branch as notify hears of it: facts of both topics, told with their places in the story."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from redis.asyncio import Redis

from contracts import topics
from contracts.calls import (
    Considered,
    Decision,
    NoShowReason,
    Requeued,
    Rule,
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketDeferred,
    TicketNoShow,
    TicketRecalled,
    TicketRequeued,
)
from contracts.catalogue import BranchPublished, Category
from contracts.envelope import FIRST, Event, Fact, Missing
from contracts.tickets import CancelReason, TicketCancelled, TicketIssued
from contracts.values import Name, Standing
from services.notify.domain.texts import Language
from services.notify.events import CallEvents, CatalogueEvents, TicketEvents
from services.notify.store.boards import Boards
from services.notify.store.branches import Branches
from services.notify.store.contacts import Contacts
from services.notify.store.messages import Messages
from services.notify.store.tickets import Tickets
from tests.hearing import heard

BRANCH = "BR-D"
DAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 09:00 in Tyumen
PHONE = "+79123456789"


def a_ticket(n: int) -> str:
    """The id of the n-th ticket."""
    return f"{BRANCH}-{n:020}"


def a_number(n: int) -> str:
    return f"Д {n:03}"


def published() -> BranchPublished:
    return BranchPublished(
        branch=BRANCH,
        name=Name(ru="Филиал", en="Branch"),
        timezone="Asia/Yekaterinburg",
        week=(None,) * 7,
        last_ticket_minutes=15,
        categories=(
            Category(code="D", prefix="Д", spoken="дэ", name=Name(ru="Дома", en="Houses")),
        ),
        skills=(),
        services=(),
        windows=(),
        operators=(),
    )


def issued(n: int, *, at: datetime = MORNING) -> TicketIssued:
    return TicketIssued(
        ticket=a_ticket(n), number=a_number(n), service="D01", skills=("REAL",), day=DAY, arrived=at
    )


def cancelled(n: int) -> TicketCancelled:
    return TicketCancelled(
        ticket=a_ticket(n), number=a_number(n), day=DAY, reason=CancelReason.VISITOR
    )


def called(
    n: int,
    *,
    window: str = "14",
    zone: str = "hall-1",
    at: datetime = MORNING,
    call: str | None = None,
) -> TicketCalled:
    head = Considered(ticket=a_ticket(n), line="REAL", promise=at)
    return TicketCalled(
        call=call or f"c{n}",
        ticket=a_ticket(n),
        number=a_number(n),
        window=window,
        zone=zone,
        arrived=at - timedelta(minutes=5),
        called=at,
        decision=Decision(rule=Rule.EARLIEST_PROMISE, considered=(head,)),
    )


def recalled(n: int, *, times: int = 1, window: str = "14", zone: str = "hall-1") -> TicketRecalled:
    return TicketRecalled(
        call=f"c{n}",
        ticket=a_ticket(n),
        number=a_number(n),
        window=window,
        zone=zone,
        times=times,
    )


def started(n: int) -> ServiceStarted:
    return ServiceStarted(call=f"c{n}", ticket=a_ticket(n), window="14")


def finished(n: int, then: str | None = None) -> ServiceFinished:
    return ServiceFinished(call=f"c{n}", ticket=a_ticket(n), window="14", then=then)


def no_show(n: int, reason: NoShowReason = NoShowReason.ABSENT) -> TicketNoShow:
    return TicketNoShow(call=f"c{n}", ticket=a_ticket(n), window="14", reason=reason)


def requeued(
    n: int, reason: Requeued = Requeued.TRANSFERRED, *, call: str | None = None
) -> TicketRequeued:
    return TicketRequeued(
        ticket=a_ticket(n),
        number=a_number(n),
        reason=reason,
        service="D01",
        line="REAL",
        standing=Standing.ORDINARY,
        promise=MORNING,
        call=call,
        window="14" if call else None,
    )


def deferred(n: int, *, call: str | None = None) -> TicketDeferred:
    return TicketDeferred(
        ticket=a_ticket(n),
        number=a_number(n),
        until=MORNING + timedelta(hours=1),
        call=call,
        window="14" if call else None,
    )


def topic_of(fact: Fact) -> str:
    (name,) = [topic.name for topic in topics.TOPICS if type(fact) in topic.facts]
    return name


class Story:
    """What ticketing and dispatch say of the branch: each topic without a gap."""

    def __init__(self) -> None:
        self._newest: dict[str, str] = {}
        self._told = 1_700_000_000_000

    def events(self, facts: Sequence[Fact], *, at: datetime = MORNING) -> list[Event[Any]]:
        """*facts* as the next events, in this order."""
        return [self._event(fact, at) for fact in facts]

    def _event(self, fact: Fact, at: datetime) -> Event[Any]:
        topic, self._told = topic_of(fact), self._told + 1
        previous = self._newest.get(topic, FIRST)
        self._newest[topic] = f"{self._told}-0"
        return Event[Any](
            topic=topic,
            id=self._newest[topic],
            source="/talon/test",
            type=fact.TYPE,
            time=at,
            subject=getattr(fact, "ticket", ""),
            partitionkey=BRANCH,
            previous=previous,
            data=fact,
        )


def story(facts: Sequence[Fact], *, at: datetime = MORNING) -> list[Event[Any]]:
    """*facts* as the first events of the branch."""
    return Story().events(facts, at=at)


class Hall:
    """Notify's stores and handlers over one Redis, at a moment that the test sets."""

    def __init__(self, redis: Redis, now: datetime = MORNING) -> None:
        self.redis = redis
        self.now = now
        self._story = Story()
        self.branches = Branches(redis)
        self.tickets = Tickets(redis)
        self.boards = Boards(redis)
        self.contacts = Contacts(redis)
        self.messages = Messages(redis)
        clock = lambda: self.now  # noqa: E731
        catalogue = CatalogueEvents(self.branches)
        tickets = TicketEvents(self.tickets, self.branches, clock)
        calls = CallEvents(self.tickets, self.branches, clock)
        self._handlers: Mapping[type[Fact], Any] = {
            BranchPublished: catalogue.published,
            TicketIssued: tickets.issued,
            TicketCancelled: tickets.cancelled,
            TicketCalled: calls.called,
            TicketRecalled: calls.recalled,
            ServiceStarted: calls.started,
            ServiceFinished: calls.finished,
            TicketNoShow: calls.no_show,
            TicketRequeued: calls.requeued,
            TicketDeferred: calls.deferred,
        }
        self._others = {"talon.tickets": tickets.other, "talon.calls": calls.other}

    async def hear(self, *events: Event[Any]) -> list[Missing]:
        """Let notify hear *events*, in this order."""
        return [await heard(self._handler(event), event) for event in events]

    async def tell(self, *facts: Fact, at: datetime | None = None) -> None:
        """Let notify hear what both sides say next."""
        await self.hear(*self._story.events(facts, at=at or self.now))

    async def give_phone(
        self, n: int, phone: str = PHONE, language: Language = Language.RU, command: str = "k"
    ) -> None:
        await self.contacts.put(a_ticket(n), phone, language, command=f"{command}{n}", now=self.now)

    async def queued(self) -> list[str]:
        """Names of all queued messages, without their tickets' zeros: ``7:called``."""
        names = []
        async for key in self.redis.scan_iter("notify:*:queue"):
            names += await self.redis.zrange(key, 0, -1)
        return sorted(name.removeprefix(f"{BRANCH}-").lstrip("0") for name in names)

    async def told(self) -> list[tuple[str, dict[str, Any]]]:
        """What notify told: type and data, in order."""
        facts = []
        async for key in self.redis.scan_iter("notify:*:outbox"):
            for _, entry in await self.redis.xrange(key):
                facts.append((entry["type"], json.loads(entry["data"])))
        return facts

    def _handler(self, event: Event[Any]) -> Any:
        return self._handlers.get(type(event.data)) or self._others[event.topic]


async def everything(redis: Redis) -> dict[str, Any]:
    """The whole store by key, without the outbox and the times of expiry."""
    state: dict[str, Any] = {}
    async for key in redis.scan_iter("*"):
        match await redis.type(key):
            case "hash":
                state[key] = await redis.hgetall(key)
            case "zset":
                state[key] = await redis.zrange(key, 0, -1, withscores=True)
            case "list":
                state[key] = await redis.lrange(key, 0, -1)
            case "stream":
                state[key] = [fields for _, fields in await redis.xrange(key)]
            case "string":
                state[key] = await redis.get(key)
    return state
