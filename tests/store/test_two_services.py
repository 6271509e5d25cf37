"""Ticketing and dispatch together, driven at random, against a plain model of a centre.

Whatever people press, and however late, often or in which portions the two services hear each
other, these never happen: one ticket at two windows; a ticket lost or never offered; two
tickets of one number; a call without a reason; a click with neither effect nor error.
Kafka is played by two lists, so that its liberties (delay, repeats) can be taken at will.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contracts.calls import TicketCalled, TicketRequeued
from contracts.tickets import TicketCancelled, TicketIssued
from services.chassis.redis import connect
from services.dispatch.domain import placing
from services.dispatch.domain.errors import (
    IllegalMove,
    IllegalTicketMove,
    NoBreakDue,
    NoReturn,
    OperatorBusy,
    UnknownTicket,
    WindowTaken,
)
from services.dispatch.domain.moves import Moved
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import Command
from services.dispatch.events import TicketEvents
from services.dispatch.store.branches import Branches
from services.dispatch.store.keys import Keys as DispatchKeys
from services.dispatch.store.rules import RuleBook
from services.ticketing.app import calls
from services.ticketing.domain.errors import TicketNotCancellable
from services.ticketing.domain.hours import door
from services.ticketing.domain.visits import Visit
from services.ticketing.events import CallEvents
from services.ticketing.store.days import Days
from services.ticketing.store.keys import Keys as TicketingKeys
from services.ticketing.store.tickets import Tickets
from tests.builders import DAY, RULES, T0, a_branch
from tests.stack import Store, a_store
from tests.store.dispatch_hall import Centre as Hall
from tests.store.two_services import DOOR_WEEK, NEEDS, OFFER, Story

T = TypeVar("T")
HALL = a_branch()
WINDOWS = ("1", "2", "3")
OPERATORS = ("O1", "O2", "O3")
DEFERRED = timedelta(minutes=10)
REST = timedelta(minutes=30)
# What may follow what at a window, said once more and otherwise than in the code under test.
LEGAL = {
    "closed": {"open"},
    "free": {"next", "pause", "break", "close"},
    "ready": {"next", "pause", "break", "close", "lose"},
    "calling": {"recall", "start", "no-show", "transfer", "defer", "lose", "break"},
    "serving": {"finish", "transfer", "defer", "break"},
    "tidying": {"next", "pause", "break", "close"},
    "paused": {"resume", "close"},
}


PRESSES = sorted({"withdraw-break"}.union(*LEGAL.values()))
DUE = {"withdraw-break"}  # if a break is due there


class Centre(RuleBasedStateMachine):
    """Visitors, operators, and a spine that is late and repeats itself."""

    store: Store  # set by the test below

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.redis = connect(self.store.url)
        self.minute = 0
        self.issued: dict[str, str] = {}  # ticket -> number

    @initialize()
    def open_the_centre(self) -> None:
        self.do(self.redis.flushall())
        self.tickets, self.days = Tickets(self.redis), Days(self.redis)
        self.hall = Hall(self.redis, HALL, RULES)
        self.lines, self.windows = self.hall.lines, self.hall.windows
        hears_tickets = TicketEvents(
            self.lines, Branches(self.redis), RuleBook(self.redis), lambda: self.now
        )
        hears_calls = calls(CallEvents(self.tickets))
        self.stories = (
            Story(
                TicketingKeys("BR-T").outbox,
                "talon.tickets",
                {TicketIssued: hears_tickets.issued, TicketCancelled: hears_tickets.cancelled},
                hears_tickets.other,
            ),
            Story(
                DispatchKeys("BR-T").outbox,
                "talon.calls",
                hears_calls.handlers,
                hears_calls.otherwise,
            ),
        )
        for window, operator in zip(WINDOWS, OPERATORS, strict=True):
            self.do(self.hall.opened(window, operator, now=T0))

    def do(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(work)

    @property
    def now(self):
        return T0 + timedelta(minutes=self.minute)

    @rule(minutes=st.integers(1, 9))
    def time_passes(self, minutes: int) -> None:
        self.minute += minutes

    @rule(service=st.sampled_from(sorted(NEEDS)), twice=st.booleans())
    def a_visitor_takes_a_ticket(self, service: str, twice: bool) -> None:
        key, at_the_door = uuid4().hex, door(DOOR_WEEK, T0)
        for _ in range(2 if twice else 1):  # a nervous finger, one command
            ticket = self.do(
                self.tickets.issue(
                    f"BR-T-{len(self.issued):020}",
                    OFFER,
                    Visit(OFFER.service(service)),
                    at_the_door,
                    command=key,
                    now=self.now,
                )
            )
            self.issued.setdefault(ticket.id, ticket.number)
            assert self.issued[ticket.id] == ticket.number

    @precondition(lambda self: self.issued)
    @rule(data=st.data())
    def a_visitor_gives_up(self, data: st.DataObject) -> None:
        ticket = data.draw(st.sampled_from(sorted(self.issued)))
        try:
            self.do(self.tickets.cancel(ticket, command=uuid4().hex, now=self.now))
        except TicketNotCancellable as refusal:
            assert refusal.state in {"serving", "finished", "no_show", "cancelled"}  # noqa: PT017

    @rule(
        window=st.sampled_from(WINDOWS),
        press=st.sampled_from(PRESSES),
        twice=st.booleans(),
    )
    def an_operator_presses(self, window: str, press: str, twice: bool) -> None:
        before = self.do(self.windows.read(HALL, window))
        key, answers = uuid4().hex, []
        for _ in range(2 if twice else 1):
            try:
                answers.append(self.do(self._press(window, press, key)))
            except (IllegalMove, NoBreakDue, WindowTaken, OperatorBusy) as refusal:
                answers.append(type(refusal).__name__)
        assert len(set(map(repr, answers))) == 1, "a repeated command got another answer"
        after = self.do(self.windows.read(HALL, window))
        if press in LEGAL[before.state] | (DUE if before.due else set()):
            assert not isinstance(answers[0], str), f"{press} was refused though {before.state}"
            again = {("next", "ready"), ("break", before.state if before.due else "")}
            assert after != before or (press, before.state) in again
            if before.due and not after.ticket:
                assert after.state == "paused", "a break that was due did not begin"
        else:
            assert isinstance(answers[0], str)
            assert after == before

    async def _press(self, window: str, press: str, key: str) -> object:
        match press:
            case "open":
                operator = OPERATORS[WINDOWS.index(window)]
                return await self.hall.opened(window, operator, command=key, now=self.now)
            case "next":
                return await self.hall.next_at(window, command=key, now=self.now)
        what = {
            "transfer": {"to": {"service": "B01"}},
            "defer": {"until": self.now + DEFERRED},
            "break": {"length": REST},
        }
        return await self.hall.moved(
            Command(press), window, command=key, now=self.now, **what.get(press, {})
        )

    @precondition(lambda self: self.issued)
    @rule(data=st.data())
    def a_visitor_comes_back(self, data: st.DataObject) -> None:
        """After a missed call, or before a deferral is over; who may not is told so."""
        ticket = data.draw(st.sampled_from(sorted(self.issued)))
        with contextlib.suppress(NoReturn, IllegalTicketMove, UnknownTicket):
            self.do(self._come_back(ticket))

    async def _come_back(self, ticket: str) -> None:
        def decide(held: Ticket) -> Moved:
            if held.state == "deferred":
                return placing.go_on_waiting(held, self.now)
            return placing.come_back(held, RULES, self.now)

        await self.hall.changed(ticket, decide, self.now)

    @rule(which=st.integers(0, 1), portion=st.integers(1, 5))
    def some_of_a_story_is_heard(self, which: int, portion: int) -> None:
        story = self.stories[which]
        told = self.do(self.redis.xlen(story.outbox))
        until = min(story.heard + portion, told)
        assert self.do(story.tell(self.redis, story.heard, until)) == [], "a gap without a loss"
        story.heard = until

    @rule(which=st.integers(0, 1), back=st.integers(1, 6))
    def a_part_of_a_story_is_told_again(self, which: int, back: int) -> None:
        story = self.stories[which]
        first = max(story.heard - back, 0)
        assert self.do(story.tell(self.redis, first, story.heard)) == []

    @invariant()
    def no_two_tickets_have_one_number(self) -> None:
        digits = [number.rpartition(" ")[2] for number in self.issued.values()]
        assert len(set(digits)) == len(digits)

    @invariant()
    def no_ticket_is_at_two_windows(self) -> None:
        if not hasattr(self, "windows"):
            return
        found = self.do(self.windows.read_all(HALL))
        tickets = [window.ticket for window in found if window.ticket]
        assert len(set(tickets)) == len(tickets)
        assert all(window.ticket for window in found if window.due), "due with nobody there"
        known = self.do(self.lines.find("BR-T", tickets))
        assert all(known[ticket].decision for ticket in tickets), "called without a reason"

    def teardown(self) -> None:
        try:
            if hasattr(self, "stories"):
                self._close_the_centre()
        finally:
            self.do(self.redis.aclose())
            self.loop.close()

    def _close_the_centre(self) -> None:
        """All is heard, all windows work until nobody waits: everyone has had an outcome."""
        self._hear_everything()
        for window in WINDOWS:
            for press in ("resume", "open", "withdraw-break", "start", "finish"):
                self._may_press(window, press)
        for ticket in self.do(self.hall.glances.look(HALL)).due(self.now + DEFERRED):
            self.do(self._come_back(ticket))
        for _ in range(len(self.issued) + 1):
            if not self._someone_was_called():
                break
        else:
            raise AssertionError("more calls than tickets")
        self._hear_everything()
        mine = self.do(self.lines.count("BR-T", DAY))
        theirs = self.do(self.days.tally("BR-T", DAY)).tickets
        assert mine.total() == len(self.issued), "a ticket was lost"
        assert {s: n for s, n in theirs.items() if n} == {s: n for s, n in mine.items() if n}
        assert set(mine) <= {"finished", "no_show", "cancelled"}, "somebody was never offered"
        assert self.do(self.redis.smembers(DispatchKeys("BR-T").peopled)) == set()
        self._every_call_was_one()

    def _someone_was_called(self) -> bool:
        called = [self._may_press(window, "next") for window in WINDOWS]
        for window in WINDOWS:
            for press in ("start", "finish"):
                self._may_press(window, press)
        return any(isinstance(answer, tuple) and answer[1] for answer in called)

    def _may_press(self, window: str, press: str) -> object:
        try:
            return self.do(self._press(window, press, uuid4().hex))
        except (IllegalMove, NoBreakDue, WindowTaken, OperatorBusy):
            return None

    def _hear_everything(self) -> None:
        while any(self.do(self.redis.xlen(story.outbox)) > story.heard for story in self.stories):
            for which in (0, 1):
                self.some_of_a_story_is_heard(which, 1000)

    def _every_call_was_one(self) -> None:
        """Nobody is called again unless the ticket waited again in between."""
        called: set[str] = set()
        for _, entry in self.do(self.redis.xrange(self.stories[1].outbox)):
            ticket = json.loads(entry["data"]).get("ticket", "")
            match entry["type"]:
                case TicketCalled.TYPE:
                    assert ticket not in called, "somebody was called twice"
                    called.add(ticket)
                case TicketRequeued.TYPE:
                    called.discard(ticket)


def test_a_centre_keeps_its_promises() -> None:
    """120 random days of up to 60 steps."""
    with a_store() as Centre.store:
        run_state_machine_as_test(
            Centre,
            settings=settings(
                max_examples=120,
                stateful_step_count=60,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
            ),
        )
