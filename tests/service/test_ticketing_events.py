"""What ticketing makes of dispatch's facts, as they come over Kafka."""

from __future__ import annotations

from typing import Any

import pytest
from redis.asyncio import Redis

from contracts.calls import (
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
from contracts.envelope import Event, Fact
from contracts.topics import CALLS
from contracts.values import Standing
from contracts.windows import WindowOpened
from services.ticketing.app import calls
from services.ticketing.domain.tickets import State
from services.ticketing.events import CallEvents
from services.ticketing.store.keys import Keys
from services.ticketing.store.tickets import Tickets
from tests.hearing import heard
from tests.store.test_ticketing_tickets import NOON, an_id, issue

CALL = {"call": "c1", "ticket": an_id(1), "window": "7"}
PLACE = {"number": "Б 001", "zone": "hall"}
CALLED = TicketCalled(
    **CALL,
    **PLACE,
    arrived=NOON,
    called=NOON,
    decision=Decision(rule=Rule.EARLIEST_PROMISE, considered=()),
)
STARTED, FINISHED = ServiceStarted(**CALL), ServiceFinished(**CALL)
NEXT_FOLLOWS = ServiceFinished(**CALL, then="D01")
AGAIN = TicketRequeued(
    ticket=an_id(1),
    number="Б 001",
    reason=Requeued.TRANSFERRED,
    service="D01",
    line="REAL",
    standing=Standing.ORDINARY,
    promise=NOON,
)
ASIDE = TicketDeferred(ticket=an_id(1), number="Б 001", until=NOON)


def an_event(n: int, data: Fact) -> Event[Any]:
    return Event[Any](
        topic="talon.calls",
        id=f"{n}-0",
        source="/talon/dispatch",
        type=data.TYPE,
        time=NOON,
        subject=an_id(1),
        partitionkey="BR-T",
        previous=f"{n - 1}-0",
        data=data,
    )


@pytest.mark.parametrize(
    ("story", "state"),
    [
        ([CALLED], State.CALLED),
        ([CALLED, TicketRecalled(**CALL, **PLACE, times=1)], State.CALLED),
        ([CALLED, STARTED], State.SERVING),
        ([CALLED, STARTED, FINISHED], State.FINISHED),
        ([CALLED, TicketNoShow(**CALL, reason=NoShowReason.ABSENT)], State.NO_SHOW),
        ([CALLED, TicketNoShow(**CALL, reason=NoShowReason.CANCELLED)], State.CANCELLED),
        ([CALLED, TicketNoShow(**CALL, reason=NoShowReason.DAY_END)], State.NO_SHOW),
        ([CALLED, STARTED, AGAIN], State.WAITING),
        ([CALLED, TicketNoShow(**CALL, reason=NoShowReason.ABSENT), AGAIN], State.WAITING),
        ([ASIDE], State.DEFERRED),
        ([CALLED, ASIDE, AGAIN, CALLED], State.CALLED),
        ([CALLED, STARTED, NEXT_FOLLOWS], State.WAITING),
        ([CALLED, STARTED, NEXT_FOLLOWS, STARTED], State.SERVING),
        ([CALLED, STARTED, NEXT_FOLLOWS, AGAIN, CALLED, STARTED, FINISHED], State.FINISHED),
    ],
)
async def test_a_ticket_follows_what_dispatch_says(redis: Redis, story, state):
    """Each fact once, in order, none missing; those of windows only pass by."""
    wanted = calls(CallEvents(Tickets(redis)))
    await issue(Tickets(redis))
    opened = WindowOpened(window="7", operator="O1", skills=("PASS",))
    for n, fact in enumerate([opened, *story], 1):
        handle = wanted.handlers.get(type(fact), wanted.otherwise)
        assert await heard(handle, an_event(n, fact)) is None
    assert (await Tickets(redis).get(an_id(1))).state is state
    assert await redis.get(Keys("BR-T").heard("talon.calls")) == f"{len(story) + 1}-0"


def test_every_fact_about_a_ticket_is_heard():
    """A new fact of dispatch must be thought of here."""
    handled = set(calls(CallEvents(Tickets(Redis()))).handlers)
    about_tickets = {fact for fact in CALLS.facts if "ticket" in fact.model_fields}
    assert about_tickets == handled


async def test_a_call_that_moved_shows_its_new_window(redis: Redis):
    """The operator went elsewhere and calls again from there."""
    tickets = Tickets(redis)
    on = CallEvents(tickets)
    await issue(tickets)
    await heard(on.called, an_event(1, CALLED))
    moved = TicketRecalled(**CALL | {"window": "9"}, **PLACE, times=1)
    await heard(on.recalled, an_event(2, moved))
    ticket = await tickets.get(an_id(1))
    assert (ticket.window, ticket.called_at) == ("9", NOON)
