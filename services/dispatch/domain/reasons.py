"""Why somebody was called first, and why one still waits: the reason, without the words.

Nothing here says more of another visitor than the board shows: neither service, nor standing, nor
booking. All that the rules decide has one reason, whatever the ground.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.calls import Rule
from services.dispatch.domain.routing import Candidate, Head, Lines, weighed
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import MAIN
from services.dispatch.domain.tickets import AT_A_WINDOW, State, Ticket
from services.dispatch.domain.windows import State as WindowState
from services.dispatch.domain.windows import Window


class Before(StrEnum):
    """Why another ticket was called before this one."""

    NOT_CALLED = "not_called"  # it was not
    YOU_FIRST = "you_first"  # it was not: this one was called earlier
    YOU_CAME_LATER = "you_came_later"  # than that call
    YOU_WERE_AWAY = "you_were_away"  # called, served or deferred at that moment
    OTHER_WINDOW = "other_window"  # which cannot serve this one
    CAME_EARLIER = "came_earlier"
    BY_HAND = "by_hand"
    BY_THE_RULES = "by_the_rules"


class Waits(StrEnum):
    """How a ticket stands that asks why it still waits."""

    NEXT = "next"
    IN_LINE = "in_line"
    NO_WINDOW = "no_window"  # open that could serve it
    ALL_PAUSED = "all_paused"
    CALLED = "called"
    SERVING = "serving"
    DEFERRED = "deferred"
    MISSED = "missed"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Explained:
    """A reason and what its words need."""

    reason: Before | Waits
    mine: Ticket
    other: Ticket | None = None
    windows: Sequence[str] = ()  # that could serve this ticket
    ahead: int = 0  # people


def why_before(mine: Ticket, other: Ticket, windows: Iterable[Window]) -> Explained:
    """Why *other* was called before *mine*; *windows* are those of the branch now."""
    able = [w.window for w in windows if w.abilities.level(mine.line) is not None]
    return Explained(_before(mine, other, able=able), mine, other, able)


def _before(mine: Ticket, other: Ticket, *, able: Sequence[str]) -> Before:
    """The first that holds."""
    was_called = other.called
    if other.decision is None or was_called is None or other.state is State.WAITING:
        return Before.NOT_CALLED
    since = mine.since or mine.arrived
    checks = {
        Before.YOU_CAME_LATER: mine.arrived > was_called,
        Before.YOU_FIRST: mine.state in AT_A_WINDOW and since <= was_called,
        Before.YOU_WERE_AWAY: since > was_called or mine.state is not State.WAITING,
        Before.BY_HAND: other.decision.rule is Rule.OUT_OF_ORDER,
        Before.OTHER_WINDOW: other.window not in able,
        Before.CAME_EARLIER: other.arrived < mine.arrived,
    }
    return next((reason for reason, holds in checks.items() if holds), Before.BY_THE_RULES)


def why_waiting(
    mine: Ticket, waiting: Iterable[Ticket], windows: Iterable[Window], rules: Rules, now: datetime
) -> Explained:
    """Why *mine* still waits; *waiting* is everybody who does."""
    open_ones = [w for w in windows if w.abilities.level(mine.line) is not None]
    able = [w.window for w in open_ones if w.state is not WindowState.PAUSED]
    turn = _turn(mine, rules, now)
    ahead = sum(
        other.line == mine.line and _turn(other, rules, now) < turn
        for other in waiting  # who waits for something else is not in the way
        if other.id != mine.id
    )
    return Explained(_waits(mine, bool(open_ones), bool(able), ahead), mine, None, able, ahead)


_NOT_WAITING = {
    State.CALLED: Waits.CALLED,
    State.SERVING: Waits.SERVING,
    State.DEFERRED: Waits.DEFERRED,
    State.NO_SHOW: Waits.MISSED,
    State.FINISHED: Waits.OVER,
    State.CANCELLED: Waits.OVER,
}


def _waits(mine: Ticket, served: bool, able: bool, ahead: int) -> Waits:
    if mine.state in _NOT_WAITING:
        return _NOT_WAITING[mine.state]
    if not able:
        return Waits.ALL_PAUSED if served else Waits.NO_WINDOW
    return Waits.IN_LINE if ahead else Waits.NEXT


def _turn(ticket: Ticket, rules: Rules, now: datetime) -> tuple[bool, datetime, str]:
    """As `routing.Candidate.rank`, if nobody goes ahead of the line as a whole."""
    head = Head(ticket.line, ticket.standing, ticket.id, ticket.promise, ticket.plain)
    return Candidate(head, MAIN, weighed(head, Lines(), rules, now)).rank
