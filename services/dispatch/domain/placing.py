"""Where a ticket waits next: another line, another hour, or the old place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.calls import Requeued, TicketDeferred
from services.dispatch.domain import tickets
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.errors import NoReturn, WrongHour
from services.dispatch.domain.moves import Moved, become, leave, parted, requeued
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import ACCESSIBLE, at_window, in_zone, line_of
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import Command, Window


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a ticket is transferred to; None leaves that as it is."""

    service: str | None = None
    window: str | None = None
    zone: str | None = None


def transfer(
    window: Window | None, ticket: Ticket, branch: Branch, to: Goal, now: datetime
) -> Moved:
    """To another service, window or hall, with the promise it has; from a window or a line."""
    waits = leave(window, Command.TRANSFER, ticket, tickets.Move.TRANSFER, now)
    waits = served_as(branch, waits, to)
    told = requeued(waits, Requeued.TRANSFERRED, window)
    return parted(window, waits, (told,), now)


def defer(
    window: Window | None, ticket: Ticket, rules: Rules, until: datetime, now: datetime
) -> Moved:
    """Wait for an hour that the visitor named."""
    if not now < until <= now + rules.longest_deferral:
        raise WrongHour(until, now, now + rules.longest_deferral)
    aside = replace(leave(window, Command.DEFER, ticket, tickets.Move.DEFER, now), until=until)
    told = TicketDeferred(
        ticket=ticket.id,
        number=ticket.number,
        until=until,
        call=window.call if window else None,
        window=window.window if window else None,
    )
    return parted(window, aside, (told,), now)


def come_back(ticket: Ticket, rules: Rules, now: datetime) -> Moved:
    """After a missed call: into the old place, once, and not too late."""
    waits = become(ticket, tickets.Move.RETURN, now)
    until = (ticket.missed or now) + rules.return_within
    if ticket.returns >= rules.returns or now > until:
        raise NoReturn(ticket.number, rules.returns, until)
    waits = replace(waits, returns=ticket.returns + 1)
    return Moved(None, waits, (requeued(waits, Requeued.RETURNED),))


def go_on_waiting(ticket: Ticket, now: datetime) -> Moved:
    """A deferral is over."""
    waits = replace(become(ticket, tickets.Move.RESUME, now), until=None)
    return Moved(None, waits, (requeued(waits, Requeued.RESUMED),))


def needs(branch: Branch, service: str, *, accessible: bool, place: Iterable[str] = ()) -> str:
    """The line of a ticket for *service*; raises UnknownService."""
    extra = (ACCESSIBLE,) if accessible else ()
    return line_of((*branch.service(service).skills, *extra, *place))


def served_as(branch: Branch, ticket: Ticket, to: Goal) -> Ticket:
    """The ticket with what it needs for *to*; raises UnknownService, UnknownWindow, UnknownZone."""
    service = to.service or ticket.service
    place = []
    if to.window is not None:
        place.append(at_window(branch.window(to.window).window))
    if to.zone is not None:
        place.append(in_zone(branch.zone(to.zone)))
    line = needs(branch, service, accessible=ticket.accessible, place=place)
    return replace(ticket, service=service, line=line)
