"""What all moves in a hall share: guards, refusals, and what they leave behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.calls import Requeued, TicketRequeued
from contracts.envelope import Fact
from contracts.windows import WindowPaused
from services.dispatch.domain import tickets, windows
from services.dispatch.domain.errors import GivenUp, IllegalMove, IllegalTicketMove
from services.dispatch.domain.load import Visit
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import Command, State, Window


@dataclass(frozen=True, slots=True)
class Moved:
    """What is so from now on; a window or a ticket that is None stays as it was."""

    window: Window | None
    ticket: Ticket | None
    facts: tuple[Fact, ...]
    visit: Visit | None = None  # a service that is over


def check(window: Window, command: Command) -> None:
    """Raise IllegalMove unless the window's state allows *command*."""
    if window.state not in windows.MOVES[command].possible:
        raise IllegalMove(window.window, command, window.state, windows.legal(window.state))


def become(ticket: Ticket, move: tickets.Move, now: datetime) -> Ticket:
    """The ticket after *move*; raises IllegalTicketMove, GivenUp."""
    come_from, to = tickets.MOVES[move]
    if ticket.state not in come_from:
        raise IllegalTicketMove(ticket.number, move, ticket.state, tickets.legal(ticket.state))
    if ticket.given_up and to in (tickets.State.WAITING, tickets.State.DEFERRED):
        raise GivenUp(ticket.number)
    return replace(ticket, state=to, since=now)


def leave(
    window: Window | None, command: Command, ticket: Ticket, move: tickets.Move, now: datetime
) -> Ticket:
    """The ticket after it left *window*, or its line; raises IllegalMove, IllegalTicketMove."""
    if window is not None:
        check(window, command)
    elif ticket.state in tickets.AT_A_WINDOW:
        raise IllegalTicketMove(ticket.number, move, ticket.state, tickets.legal(ticket.state))
    return become(ticket, move, now)


def emptied(window: Window, now: datetime) -> Window:
    """Nobody is there any more, no break is due; after a visit the operator tidies up."""
    served = window.state is State.SERVING
    return Window(
        window.window,
        window.zone,
        State.TIDYING if served else State.FREE,
        window.operator,
        window.abilities,
        now,
    )


def parted(
    window: Window | None,
    ticket: Ticket,
    told: Iterable[Fact],
    now: datetime,
    visit: Visit | None = None,
) -> Moved:
    """*ticket* left *window*, or its line if that is None; a break that was due there begins."""
    if window is None:
        return Moved(None, ticket, tuple(told), visit)
    empty = emptied(window, now)
    if window.due is None:
        return Moved(empty, ticket, tuple(told), visit)
    reason = window.due.reason
    begins = WindowPaused(window=window.window, operator=operator_of(window), reason=reason)
    paused = replace(empty, state=State.PAUSED, reason=reason.value)
    return Moved(paused, ticket, (*told, begins), visit)


def requeued(ticket: Ticket, reason: Requeued, window: Window | None = None) -> TicketRequeued:
    """What others are told of a ticket that waits again."""
    return TicketRequeued(
        ticket=ticket.id,
        number=ticket.number,
        reason=reason,
        service=ticket.service,
        line=ticket.line,
        standing=ticket.standing,
        promise=ticket.promise,
        call=window.call if window else None,
        window=window.window if window else None,
    )


def call_of(window: Window) -> str:
    """The call by which the visitor is there."""
    assert window.call is not None, f"window {window.window} has a visitor and no call"
    return window.call


def operator_of(window: Window) -> str:
    """Who serves there."""
    assert window.operator is not None, f"window {window.window} is open and has no operator"
    return window.operator
