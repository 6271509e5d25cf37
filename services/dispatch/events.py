"""What dispatch does when ticketing speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from contracts import topics
from contracts.catalogue import BranchPublished
from contracts.envelope import Event, Missing
from contracts.tickets import DayClosed, TicketCancelled, TicketIssued
from services.chassis.consume import Subscription
from services.chassis.lua import Step
from services.dispatch.domain.promises import promise_of
from services.dispatch.domain.skills import ACCESSIBLE, line_of
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import Window
from services.dispatch.metrics import CALLS, WAIT
from services.dispatch.store.branches import Branches
from services.dispatch.store.lines import Lines
from services.dispatch.store.rules import RuleBook


class TicketEvents:
    """Handlers of ``talon.tickets``: one pure decision, one step of the store, nothing else.

    The chassis has decoded and validated the event, makes the step together with those of other
    events, and then commits their offsets. An error is retried, then dead-lettered with its reason.
    """

    def __init__(
        self, lines: Lines, branches: Branches, rules: RuleBook, now: Callable[[], datetime]
    ) -> None:
        self._lines = lines
        self._branches = branches
        self._rules = rules
        self._now = now

    async def issued(self, event: Event[TicketIssued]) -> Step[Missing]:
        """A new ticket waits in the line of what it needs, or goes to a ready window."""
        issued, now = event.data, self._now()
        begun = await self._rules.in_force(event.branch, issued.arrived)
        promise = promise_of(begun, issued.standing, issued.service, issued.arrived, issued.slot)
        ticket = Ticket(
            id=issued.ticket,
            number=issued.number,
            service=issued.service,
            line=line_of((*issued.skills, *((ACCESSIBLE,) if issued.accessible else ()))),
            day=issued.day,
            arrived=issued.arrived,
            standing=promise.standing,
            promise=promise.by,
            plain=promise.plain,
            further=issued.further,
            accessible=issued.accessible,
            slot=issued.slot,
        )

        def joined(reply: tuple[Missing, Window | None]) -> Missing:
            missing, window = reply
            if window is not None:
                CALLS.labels(event.branch, "call").inc()
                WAIT.labels(event.branch).observe((now - issued.arrived).total_seconds())
            return missing

        rules = await self._rules.in_force(event.branch, now)
        return self._lines.join(ticket, rules, at=event.position, now=now).then(joined)

    async def cancelled(self, event: Event[TicketCancelled]) -> Step[Missing]:
        """A ticket that was given up leaves its line, or frees the window it was called to."""
        gone, now = event.data, self._now()
        rules = await self._rules.in_force(event.branch, now)
        return self._lines.withdraw(
            gone.ticket, gone.number, gone.day, rules, at=event.position, now=now
        )

    async def day_closed(self, event: Event[DayClosed]) -> Step[Missing]:
        """Windows close with the day; what ended before it may be forgotten."""
        branch, day, now = await self._branches.get(event.branch), event.data.day, self._now()
        rules = await self._rules.in_force(event.branch, now)
        return self._lines.close_day(
            day, rules, ends=branch.end_of(day), at=event.position, now=now
        )

    async def other(self, event: Event[Any]) -> Step[Missing]:
        """Not our business, but it has its place in the story."""
        return self._lines.pass_by(event.position)


class CatalogueEvents:
    """Handlers of ``talon.catalogue``."""

    def __init__(self, branches: Branches) -> None:
        self._branches = branches

    async def published(self, event: Event[BranchPublished]) -> None:
        """From now on the branch is like this."""
        await self._branches.publish(event)

    async def other(self, _: Event[Any]) -> None:
        """Not our business; and each fact of a compacted topic stands alone."""


class Heard:
    """What dispatch hears of ticketing."""

    def __init__(self, on_ticket: TicketEvents, on_catalogue: CatalogueEvents) -> None:
        self.catalogue = Subscription(
            topics.CATALOGUE, {BranchPublished: on_catalogue.published}, on_catalogue.other
        )
        self.tickets = Subscription(
            topics.TICKETS,
            {
                TicketIssued: on_ticket.issued,
                TicketCancelled: on_ticket.cancelled,
                DayClosed: on_ticket.day_closed,
            },
            on_ticket.other,
        )
        self.issues = replace(self.tickets, handlers={TicketIssued: on_ticket.issued})
