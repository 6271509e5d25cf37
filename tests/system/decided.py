"""Every call decided anew: a day's log, replayed through the same pure rules.

The log has two stories, what ticketing said and what dispatch said, and not how far the first had
been heard when something happened in the second. So a call is explained if there is a moment, not
before that of the last call, at which the rules choose just this ticket among just these heads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from contracts.calls import TicketCalled, TicketRequeued
from contracts.catalogue import BranchPublished
from contracts.rules import RulesPublished
from contracts.tickets import TicketIssued
from contracts.values import Standing
from services.chassis.moments import from_ms, to_ms
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.promises import promise_of
from services.dispatch.domain.routing import (
    Candidate,
    Decision,
    Head,
    Lines,
    ReadyWindow,
    choose,
    next_calls_since,
    take_in,
)
from services.dispatch.domain.rules import Rules, in_force
from services.dispatch.domain.skills import ACCESSIBLE, MAIN, Abilities, line_of
from tests.system.told import Told

MOST_TOLD: Final = 20  # heads that an event names
Seen = tuple[str, str, int, datetime, datetime]


class Decided:
    """A branch as the log lets one know it."""

    def __init__(self, branch: Branch, tickets: Sequence[Told]) -> None:
        self.calls = 0
        self._branch = branch
        self._to_hear = iter(tickets)
        self._gone = {e.subject for e in tickets if e.type == "talon.ticket.cancelled"}
        self._rules: list[Rules] = []
        self._waiting: dict[str, Head] = {}
        self._left: dict[str, Head] = {}  # as they were when they left their line
        self._since: dict[str, int] = {}  # line -> calls since a privilege was used
        self._open: dict[str, Abilities] = {}
        self._ready: dict[str, ReadyWindow] = {}
        self._due: tuple[str, str] | None = None  # a ticket that goes to a ready window at once

    def faults(self, calls: Iterable[Told]) -> Iterator[str]:
        """Calls that the rules do not explain."""
        told = list(calls)
        self._gone -= {event.subject for event in told if event.type == "talon.ticket.called"}
        for event in told:
            match event.type:
                case "talon.ticket.called":
                    yield from self._called(TicketCalled.model_validate(event.data))
                case "talon.ticket.requeued":
                    self._requeued(TicketRequeued.model_validate(event.data))
                case "talon.ticket.deferred":
                    self._leaves(event.subject)
                case "talon.rules.published":
                    self._rules.append(Rules.of(RulesPublished.model_validate(event.data)))
                case _ if event.type.startswith("talon.window."):
                    self._at_a_window(event)

    def _at_a_window(self, event: Told) -> None:
        window, now = event.data["window"], event.time
        self._ready.pop(window, None)
        if event.type == "talon.window.opened":
            operator = self._branch.operator(event.data["operator"])
            self._open[window] = Abilities.of(operator, self._branch.window(window))
        elif event.type == "talon.window.ready":
            self._ready[window] = ReadyWindow(window, self._open[window], now)
        elif event.type == "talon.window.closed":
            self._open.pop(window)

    def _called(self, told: TicketCalled) -> Iterator[str]:
        self.calls += 1
        while told.ticket not in self._waiting and self._due is None:
            if not self._hears_one():
                yield f"{told.number} was called and never waited"
                return
        due, self._due = self._due, None
        rules, lines = in_force(self._rules, told.called), Lines(self._since)
        if due is not None:
            if due != (told.ticket, told.window):
                yield f"{due} was to be called, not {told.number} to {told.window}"
            head = self._waiting[told.ticket]
            decision: Decision | None = Decision(
                told.decision.rule, [Candidate(head, MAIN, head.promise)]
            )
        elif told.decision.reason is not None:
            decision = None
        else:
            decision = self._choice(told, rules)
            if decision is None:
                yield f"{told.number} was called to {told.window} against the rules"
        if decision is not None:
            self._since[decision.called.line] = next_calls_since(decision, lines, rules)
        self._leaves(told.ticket)
        self._ready.pop(told.window, None)

    def _choice(self, told: TicketCalled, rules: Rules) -> Decision | None:
        """The decision that is on record, made again; hears on until it comes to that."""
        recorded = [
            (one.ticket, one.line, one.level, one.promise, one.weighed)
            for one in told.decision.considered
        ]
        while self._due is None:
            lines, abilities = Lines(self._since), self._open[told.window]
            decision = choose(self._heads(), abilities, lines, rules, told.called)
            if decision and seen(decision) == recorded and decision.rule is told.decision.rule:
                return decision
            if not self._hears_one():
                break
        return None

    def _heads(self) -> list[Head]:
        firsts: dict[tuple[str, Standing], Head] = {}
        for head in self._waiting.values():
            lane = head.line, head.standing
            first = firsts.get(lane, head)
            firsts[lane] = min(first, head, key=lambda h: (h.promise, h.ticket))
        return list(firsts.values())

    def _hears_one(self) -> bool:
        """What ticketing said next; False if that was all."""
        event = next(self._to_hear, None)
        if event is None:
            return False
        if event.type == "talon.ticket.cancelled":
            self._leaves(event.subject)
        elif event.type == "talon.ticket.issued":
            told = TicketIssued.model_validate(event.data)
            line = line_of((*told.skills, *((ACCESSIBLE,) if told.accessible else ())))
            rules = in_force(self._rules, told.arrived)
            given = promise_of(rules, told.standing, told.service, told.arrived, told.slot)
            by, plain = (from_ms(to_ms(at)) for at in (given.by, given.plain))  # as it is kept
            self._waits(Head(line, given.standing, told.ticket, by, plain))
        return True

    def _requeued(self, told: TicketRequeued) -> None:
        before = self._waiting.get(told.ticket) or self._left[told.ticket]
        self._waits(Head(told.line, told.standing, told.ticket, told.promise, before.plain))

    def _waits(self, head: Head) -> None:
        self._waiting[head.ticket] = head
        window = take_in(head.line, self._ready.values())
        # Who was never called and gave up was heard of, and left, before that window was ready.
        if window is not None and head.ticket not in self._gone:
            self._due = head.ticket, window.window

    def _leaves(self, ticket: str) -> None:
        if ticket in self._waiting:
            self._left[ticket] = self._waiting.pop(ticket)


def seen(decision: Decision) -> list[Seen]:
    """What an event tells of *decision*."""
    return [
        (c.head.ticket, c.head.line, c.level, c.head.promise, c.by)
        for c in decision.considered[:MOST_TOLD]
    ]


def branch_of(catalogue: Iterable[Told], code: str) -> Branch:
    """The newest that was said of a branch."""
    (*_, newest) = [event for event in catalogue if event.branch == code]
    return Branch.of(BranchPublished.model_validate(newest.data))
