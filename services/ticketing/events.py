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
from services.ticketing.domain.tickets import State, Word
from services.ticketing.store.tickets import Tickets

NOT_SERVED: Final = {NoShowReason.ABSENT: State.NO_SHOW, NoShowReason.CANCELLED: State.CANCELLED}


class CallEvents:
    """Handlers of ``talon.calls``: one pure decision, one store call, nothing else."""

    def __init__(self, tickets: Tickets) -> None:
        self._tickets = tickets

    async def called(self, event: Event[TicketCalled]) -> Missing:
        """The visitor is called to a window."""
        word = Word(State.CALLED, event.data.window, event.data.called)
        return await self._tickets.apply(event.data.ticket, word, at=event.position)

    async def started(self, event: Event[ServiceStarted]) -> Missing:
        """The visitor came to the window."""
        word = Word(State.SERVING, event.data.window)
        return await self._tickets.apply(event.data.ticket, word, at=event.position)

    async def finished(self, event: Event[ServiceFinished]) -> Missing:
        """The visit is over."""
        word = Word(State.FINISHED, event.data.window)
        return await self._tickets.apply(event.data.ticket, word, at=event.position)

    async def not_served(self, event: Event[TicketNoShow]) -> Missing:
        """The visitor did not come, or gave the ticket up after the call."""
        word = Word(NOT_SERVED[event.data.reason], event.data.window)
        return await self._tickets.apply(event.data.ticket, word, at=event.position)

    async def other(self, event: Event[Any]) -> Missing:
        """Not our business, but it has its place in the story."""
        return await self._tickets.pass_by(event.position)
