"""What notify does when ticketing and dispatch speak."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from contracts.calls import (
    NoShowReason,
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketDeferred,
    TicketNoShow,
    TicketRecalled,
    TicketRequeued,
)
from contracts.catalogue import BranchPublished
from contracts.envelope import Event, Missing
from contracts.messages import MessageKind
from contracts.tickets import TicketCancelled, TicketIssued
from services.chassis.clock import real_now
from services.chassis.lua import Step
from services.chassis.relay import told_at
from services.notify.domain import voice
from services.notify.domain.board import Call, CallState, Change, Wait
from services.notify.domain.branch import Branch
from services.notify.domain.tickets import TicketState
from services.notify.metrics import BOARD_DELAY
from services.notify.store.branches import Branches
from services.notify.store.tickets import Tickets

Now = Callable[[], datetime]


class CatalogueEvents:
    """Handlers of ``talon.catalogue``."""

    def __init__(self, branches: Branches) -> None:
        self._branches = branches

    async def published(self, event: Event[BranchPublished]) -> None:
        """Keep the branch's names, time zone and letters."""
        await self._branches.publish(Branch.of(event.data), at=event.position)

    async def other(self, _: Event[Any]) -> None:
        """Each fact of a compacted topic stands alone: nothing to follow."""


class TicketEvents:
    """Handlers of ``talon.tickets``."""

    def __init__(self, tickets: Tickets, branches: Branches, now: Now) -> None:
        self._tickets = tickets
        self._branches = branches
        self._now = now

    async def issued(self, event: Event[TicketIssued]) -> Step[Missing]:
        """A ticket waits; its holder is told so, if there is a phone."""
        return await self._apply(event, TicketState.WAITING, MessageKind.ISSUED)

    async def cancelled(self, event: Event[TicketCancelled]) -> Step[Missing]:
        """A ticket will not be called: what was queued about it is not true any more."""
        return await self._apply(event, TicketState.CANCELLED, None)

    async def other(self, event: Event[Any]) -> Step[Missing]:
        """Not our business, but it has its place in the story."""
        return self._tickets.pass_by(event.position)

    async def _apply(
        self,
        event: Event[TicketIssued] | Event[TicketCancelled],
        state: TicketState,
        asks: MessageKind | None,
    ) -> Step[Missing]:
        branch = await self._branches.find(event.branch) or Branch.unheard(event.branch)
        return self._tickets.apply_ticket(
            event.data.ticket,
            state,
            asks,
            number=event.data.number,
            day=event.data.day,
            branch=branch,
            told_at=event.time,
            now=self._now(),
            at=event.position,
        )


class CallEvents:
    """Handlers of ``talon.calls``: boards first, messages with them."""

    def __init__(self, tickets: Tickets, branches: Branches, now: Now) -> None:
        self._tickets = tickets
        self._branches = branches
        self._now = now

    async def called(self, event: Event[TicketCalled]) -> Step[Missing]:
        """Show and speak a call, and write to the visitor."""
        fact, branch = event.data, await self._branch(event)
        spoken = voice.first_call(fact.number, fact.window, branch.letters)
        shown = Call(fact.call, fact.number, fact.window, fact.zone, False, fact.called, spoken)
        wait = Wait(fact.called, fact.called - fact.arrived)
        change = Change(fact.call, CallState.CALLED, shown, wait)
        return await self._apply(event, branch, TicketState.CALLED, change, asks=MessageKind.CALLED)

    async def recalled(self, event: Event[TicketRecalled]) -> Step[Missing]:
        """Show and speak a call again; the visitor is written to once more at most."""
        fact, branch = event.data, await self._branch(event)
        spoken = voice.repeated_call(fact.number, fact.window, branch.letters)
        shown = Call(fact.call, fact.number, fact.window, fact.zone, True, event.time, spoken)
        change = Change(fact.call, CallState.CALLED, shown)
        return await self._apply(
            event, branch, TicketState.CALLED, change, asks=MessageKind.RECALLED
        )

    async def started(self, event: Event[ServiceStarted]) -> Step[Missing]:
        """The visitor came."""
        change = Change(event.data.call, CallState.STARTED)
        return await self._apply(event, await self._branch(event), TicketState.SERVING, change)

    async def finished(self, event: Event[ServiceFinished]) -> Step[Missing]:
        """A service is over; the visit too, unless another one follows."""
        state = TicketState.FINISHED if event.data.then is None else TicketState.WAITING
        return await self._over(event, state)

    async def no_show(self, event: Event[TicketNoShow]) -> Step[Missing]:
        """Nobody came, or the ticket was given up after the call."""
        gave_up = event.data.reason is NoShowReason.CANCELLED
        return await self._over(event, TicketState.CANCELLED if gave_up else TicketState.NO_SHOW)

    async def requeued(self, event: Event[TicketRequeued]) -> Step[Missing]:
        """The visitor waits again; nobody is to come to that window any more."""
        return await self._over(event, TicketState.WAITING)

    async def deferred(self, event: Event[TicketDeferred]) -> Step[Missing]:
        """The visitor waits for an hour of their own, and is not called before."""
        return await self._over(event, TicketState.DEFERRED)

    async def other(self, event: Event[Any]) -> Step[Missing]:
        """Windows are dispatch's business, but they have their place in the story."""
        return self._tickets.pass_by(event.position)

    async def _over(self, event: Event[Any], state: TicketState) -> Step[Missing]:
        """The visitor is at no window now; without a call in the fact, was at none before."""
        change = Change(event.data.call, CallState.OVER) if event.data.call else None
        return await self._apply(event, await self._branch(event), state, change)

    async def _branch(self, event: Event[Any]) -> Branch:
        return await self._branches.find(event.branch) or Branch.unheard(event.branch)

    async def _apply(
        self,
        event: Event[Any],
        branch: Branch,
        state: TicketState,
        change: Change | None,
        *,
        asks: MessageKind | None = None,
    ) -> Step[Missing]:
        now = self._now()
        step = self._tickets.apply_call(
            event.data.ticket,
            state,
            asks,
            change,
            keep=branch.keep(branch.day(event.time), now),
            told_at=event.time,
            now=now,
            at=event.position,
        )

        def applied(missing: Missing) -> Missing:
            if change and change.shown:
                BOARD_DELAY.observe((real_now() - told_at(event.id)).total_seconds())
            return missing

        return step.then(applied)
