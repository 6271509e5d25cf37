"""What ticketing does when dispatch speaks."""

from __future__ import annotations

from typing import Any, Final

from contracts.calls import (
    NoShowReason,
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketNoShow,
)
from contracts.envelope import Event, Missing
from services.chassis.lua import Step
from services.ticketing.domain.tickets import State, Word
from services.ticketing.store.tickets import Tickets

NOT_SERVED: Final = {NoShowReason.ABSENT: State.NO_SHOW, NoShowReason.CANCELLED: State.CANCELLED}


class CallEvents:
    """Handlers of ``talon.calls``: one pure decision, one step of the store."""

    def __init__(self, tickets: Tickets) -> None:
        self._tickets = tickets

    async def called(self, event: Event[TicketCalled]) -> Step[Missing]:
        """The visitor is called to a window."""
        word = Word(State.CALLED, event.data.window, event.data.called)
        return self._tickets.apply(event.data.ticket, word, at=event.position)

    async def started(self, event: Event[ServiceStarted]) -> Step[Missing]:
        """The visitor came to the window."""
        word = Word(State.SERVING, event.data.window)
        return self._tickets.apply(event.data.ticket, word, at=event.position)

    async def finished(self, event: Event[ServiceFinished]) -> Step[Missing]:
        """The visit is over."""
        word = Word(State.FINISHED, event.data.window)
        return self._tickets.apply(event.data.ticket, word, at=event.position)

    async def not_served(self, event: Event[TicketNoShow]) -> Step[Missing]:
        """The visitor did not come, or gave the ticket up after the call."""
        word = Word(NOT_SERVED[event.data.reason], event.data.window)
        return self._tickets.apply(event.data.ticket, word, at=event.position)

    async def other(self, event: Event[Any]) -> Step[Missing]:
        """Not our business, but it has its place in the story."""
        return self._tickets.pass_by(event.position)
