"""What happens to messages and tickets, in numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from contracts.values import Role
from services.chassis.auth import serves
from services.notify.domain.messages import MessageState
from services.notify.domain.tickets import TicketState
from services.notify.store.branches import Branches
from services.notify.store.messages import Messages
from services.notify.store.tickets import Tickets


class SummaryShape(BaseModel):
    """How many messages are, or ended, in each state."""

    states: dict[MessageState, int]


class DayShape(BaseModel):
    """How many tickets of a day are in each state, as notify knows them."""

    branch: str
    day: date
    tickets: dict[TicketState, int]
    total: int


def router(
    branches: Branches, tickets: Tickets, messages: Messages, now: Callable[[], datetime]
) -> APIRouter:
    """The routes that count."""
    routes = APIRouter(prefix="/v1", tags=["overview"])

    @routes.get("/messages/summary", dependencies=[serves(Role.OPS)])
    async def summary() -> SummaryShape:
        """Messages by state, of all branches."""
        return SummaryShape(states=dict(await messages.summary()))

    @routes.get("/branches/{branch}/days/{day}", dependencies=[serves(Role.OPS, Role.SHIFT_HEAD)])
    async def count(branch: str, day: date | Literal["today"]) -> DayShape:
        """Tickets of a day by state; days before yesterday are no longer kept."""
        at = await branches.get(branch)
        wanted = at.day(now()) if day == "today" else day
        counts = dict(await tickets.counts(branch, wanted))
        return DayShape(branch=branch, day=wanted, tickets=counts, total=sum(counts.values()))

    return routes
