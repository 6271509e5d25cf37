"""What dispatch does when ticketing speaks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from contracts.catalogue import BranchPublished
from contracts.envelope import Event, Missing
from contracts.tickets import DayClosed, TicketCancelled, TicketIssued
from services.dispatch.domain import tickets
from services.dispatch.domain.branch import line_of
from services.dispatch.domain.promises import PromiseRule
from services.dispatch.metrics import CALLS, WAIT
from services.dispatch.store.branches import Branches
from services.dispatch.store.lines import Lines
from services.dispatch.store.records import Ticket


class TicketEvents:
    """Handlers of ``talon.tickets``: one pure decision, one store call, nothing else.

    The chassis has decoded and validated the event, and will commit its offset when the
    method returns. A raised error is retried, then dead-lettered with its reason.
    """

    def __init__(
        self,
        lines: Lines,
        branches: Branches,
        promises: PromiseRule,
        now: Callable[[], datetime],
    ) -> None:
        self._lines = lines
        self._branches = branches
        self._promises = promises
        self._now = now

    async def issued(self, event: Event[TicketIssued]) -> Missing:
        """A new ticket waits in the line of the skills it needs, or goes to a ready window."""
        issued, now = event.data, self._now()
        ticket = Ticket(
            id=issued.ticket,
            number=issued.number,
            service=issued.service,
            line=line_of(issued.skills),
            day=issued.day,
            arrived=issued.arrived,
            promise=self._promises.of(issued.arrived),
            state=tickets.State.WAITING,
        )
        missing, window = await self._lines.join(ticket, at=event.position, now=now)
        if window is not None:
            CALLS.labels(event.branch, "call").inc()
            WAIT.labels(event.branch).observe((now - issued.arrived).total_seconds())
        return missing

    async def cancelled(self, event: Event[TicketCancelled]) -> Missing:
        """A ticket that was given up leaves its line, or frees the window it was called to."""
        gone = event.data
        return await self._lines.withdraw(
            gone.ticket, gone.number, gone.day, at=event.position, now=self._now()
        )

    async def day_closed(self, event: Event[DayClosed]) -> Missing:
        """Idle windows close with the day; what ended before it may be forgotten."""
        branch, day = await self._branches.get(event.branch), event.data.day
        return await self._lines.close_day(
            day, ends=branch.end_of(day), at=event.position, now=self._now()
        )

    async def other(self, event: Event[Any]) -> Missing:
        """Not our business, but it has its place in the story."""
        return await self._lines.pass_by(event.position)


class CatalogueEvents:
    """Handlers of ``talon.catalogue``."""

    def __init__(self, branches: Branches) -> None:
        self._branches = branches

    async def published(self, event: Event[BranchPublished]) -> Missing:
        """From now on the branch is like this."""
        return await self._branches.publish(event)

    async def other(self, event: Event[Any]) -> Missing:  # noqa: ARG002  # compacted: no story to follow
        """Not our business."""
        return None
