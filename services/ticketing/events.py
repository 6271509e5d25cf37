"""What ticketing does when dispatch speaks."""

from __future__ import annotations

from typing import Any, Final

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
from contracts.envelope import Event, Missing
from contracts.forecasts import CallsForecast
from services.chassis.lua import Step
from services.ticketing.domain.tickets import State, Word
from services.ticketing.store.forecasts import Forecasts
from services.ticketing.store.tickets import Tickets

NOT_SERVED: Final = {
    NoShowReason.ABSENT: State.NO_SHOW,
    NoShowReason.CANCELLED: State.CANCELLED,
    NoShowReason.DAY_END: State.NO_SHOW,
}


class CallEvents:
    """Handlers of ``talon.calls``: one pure decision, one step of the store."""

    def __init__(self, tickets: Tickets) -> None:
        self._tickets = tickets

    async def called(self, event: Event[TicketCalled]) -> Step[Missing]:
        """The visitor is called to a window."""
        return self._apply(
            event, Word(State.CALLED, event.data.window, called_at=event.data.called)
        )

    async def recalled(self, event: Event[TicketRecalled]) -> Step[Missing]:
        """The visitor is called again, perhaps to a window where the operator moved."""
        return self._apply(event, Word(State.CALLED, event.data.window))

    async def started(self, event: Event[ServiceStarted]) -> Step[Missing]:
        """The visitor came to the window."""
        return self._apply(event, Word(State.SERVING, event.data.window))

    async def finished(self, event: Event[ServiceFinished]) -> Step[Missing]:
        """A service is over; the visit too, unless another one follows."""
        state = State.FINISHED if event.data.then is None else State.WAITING
        return self._apply(event, Word(state))

    async def not_served(self, event: Event[TicketNoShow]) -> Step[Missing]:
        """The visitor did not come, or gave the ticket up after the call."""
        return self._apply(event, Word(NOT_SERVED[event.data.reason]))

    async def requeued(self, event: Event[TicketRequeued]) -> Step[Missing]:
        """The visitor waits again."""
        return self._apply(event, Word(State.WAITING))

    async def deferred(self, event: Event[TicketDeferred]) -> Step[Missing]:
        """The visitor waits for an hour of their own."""
        return self._apply(event, Word(State.DEFERRED, until=event.data.until))

    async def other(self, event: Event[Any]) -> Step[Missing]:
        """Not our business, but it has its place in the story."""
        return self._tickets.pass_by(event.position)

    def _apply(self, event: Event[Any], word: Word) -> Step[Missing]:
        return self._tickets.apply(event.data.ticket, word, at=event.position)


class ForecastEvents:
    """Handlers of ``talon.forecasts``: each measurement replaces the one before."""

    def __init__(self, forecasts: Forecasts) -> None:
        self._forecasts = forecasts

    async def expected(self, event: Event[CallsForecast]) -> None:
        """When the tickets of the branch are likely to be called."""
        await self._forecasts.put(
            event.branch,
            {one.ticket: (one.earliest, one.latest) for one in event.data.tickets if one.latest},
        )

    async def other(self, _: Event[Any]) -> None:
        """Not our business; no story to follow."""
