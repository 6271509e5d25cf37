"""What the holder of a ticket may do with it; its id is the proof of holding it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter

from contracts.tickets import CancelReason
from contracts.values import Role
from services.chassis.auth import serves
from services.chassis.commands import Command
from services.ticketing.api.shapes import TicketShape
from services.ticketing.domain.tickets import State
from services.ticketing.metrics import CANCELLED
from services.ticketing.store.forecasts import Forecasts
from services.ticketing.store.tickets import Tickets


def router(tickets: Tickets, forecasts: Forecasts, now: Callable[[], datetime]) -> APIRouter:
    """The routes of one ticket."""
    routes = APIRouter(
        prefix="/v1/tickets", tags=["visitor"], dependencies=[serves(Role.VISITOR, Role.KIOSK)]
    )

    @routes.get("/{ticket}")
    async def read(ticket: str) -> TicketShape:
        """The ticket as it stands."""
        known = await tickets.get(ticket)
        waits = known.state is State.WAITING
        return TicketShape.of(known, await forecasts.get(ticket) if waits else None)

    @routes.post("/{ticket}/cancel")
    async def cancel(ticket: str, key: Command) -> TicketShape:
        """Give the ticket up."""
        given_up, just_now = await tickets.cancel(ticket, command=key, now=now())
        if just_now:
            CANCELLED.labels(given_up.branch, CancelReason.VISITOR).inc()
        return TicketShape.of(given_up)

    return routes
