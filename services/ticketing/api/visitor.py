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
from services.ticketing.metrics import CANCELLED
from services.ticketing.store.tickets import Tickets


def router(tickets: Tickets, now: Callable[[], datetime]) -> APIRouter:
    """The routes of one ticket."""
    routes = APIRouter(
        prefix="/v1/tickets", tags=["visitor"], dependencies=[serves(Role.VISITOR, Role.KIOSK)]
    )

    @routes.get("/{ticket}")
    async def read(ticket: str) -> TicketShape:
        """The ticket as it stands."""
        return TicketShape.of(await tickets.get(ticket))

    @routes.post("/{ticket}/cancel")
    async def cancel(ticket: str, key: Command) -> TicketShape:
        """Give the ticket up."""
        given_up, just_now = await tickets.cancel(ticket, command=key, now=now())
        if just_now:
            CANCELLED.labels(given_up.branch, CancelReason.VISITOR).inc()
        return TicketShape.of(given_up)

    return routes
