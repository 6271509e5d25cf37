"""What a kiosk asks for: where visitors can go, what is offered there, a ticket."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from contracts.values import Role
from services.chassis.auth import serves
from services.chassis.commands import Command
from services.ticketing.api.shapes import BranchesShape, BranchShape, HallShape, TicketShape
from services.ticketing.domain.errors import BranchClosed, Refused, UnknownService
from services.ticketing.domain.hours import door
from services.ticketing.metrics import ISSUED, REFUSED
from services.ticketing.store.branches import Branches
from services.ticketing.store.tickets import Tickets

_LETTERS: Final = string.digits + string.ascii_lowercase
_LENGTH: Final = 20  # about 103 bits: nobody guesses a ticket that is not theirs
_REASONS: Final = {BranchClosed: "closed", UnknownService: "unknown_service"}


class Wish(BaseModel):
    """What a visitor came for."""

    model_config = ConfigDict(frozen=True)

    service: Annotated[str, StringConstraints(max_length=16)]


def router(branches: Branches, tickets: Tickets, now: Callable[[], datetime]) -> APIRouter:
    """The routes of a kiosk."""
    routes = APIRouter(
        prefix="/v1/branches", tags=["kiosk"], dependencies=[serves(Role.KIOSK, Role.VISITOR)]
    )

    @routes.get("")
    async def all_branches() -> BranchesShape:
        """Where visitors can go."""
        return BranchesShape(branches=[BranchShape.of(b) for b in await branches.all()])

    @routes.get("/{branch}/services")
    async def services(branch: str) -> HallShape:
        """What the branch offers, and whether it gives out tickets now."""
        at, moment = await branches.get(branch), now()
        return HallShape.of(at, door(at.week, moment), moment)

    @routes.post("/{branch}/tickets", status_code=201)
    async def issue(branch: str, wish: Wish, key: Command, response: Response) -> TicketShape:
        """Take a ticket for a service and wait."""
        at, moment, id = await branches.get(branch), now(), new_ticket_id(branch)
        try:
            service = at.service(wish.service)
            ticket = await tickets.issue(
                id, at, service, door(at.week, moment), command=key, now=moment
            )
        except Refused as refusal:
            REFUSED.labels(branch, _REASONS.get(type(refusal), "other")).inc()
            raise
        if ticket.id == id:  # else the command came before, and gets its first ticket again
            ISSUED.labels(branch, service.category).inc()
        response.headers["Location"] = f"/v1/tickets/{ticket.id}"
        return TicketShape.of(ticket)

    return routes


def new_ticket_id(branch: str) -> str:
    """An id that cannot be guessed and names its branch."""
    return f"{branch}-{''.join(secrets.choice(_LETTERS) for _ in range(_LENGTH))}"
