"""What a kiosk asks for: where visitors can go, what is offered there, a ticket."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contracts.values import Role, Standing
from services.chassis.auth import serves
from services.chassis.commands import Command
from services.ticketing.api.shapes import BranchesShape, BranchShape, HallShape, TicketShape
from services.ticketing.domain.catalogue import Branch
from services.ticketing.domain.errors import BranchClosed, Refused, UnknownService
from services.ticketing.domain.hours import door
from services.ticketing.domain.visits import MOST_FURTHER, Visit
from services.ticketing.metrics import ISSUED, REFUSED
from services.ticketing.store.branches import Branches
from services.ticketing.store.tickets import Tickets

_LETTERS: Final = string.digits + string.ascii_lowercase
_LENGTH: Final = 20  # about 103 bits: nobody guesses a ticket that is not theirs
_REASONS: Final = {BranchClosed: "closed", UnknownService: "unknown_service"}

Code = Annotated[str, StringConstraints(max_length=16)]


class Declared(StrEnum):
    """A standing that may be declared; a booking is known without that."""

    ORDINARY = Standing.ORDINARY.value
    STATUTORY = Standing.STATUTORY.value
    LOCAL = Standing.LOCAL.value


class Wish(BaseModel):
    """What a visitor came for, and on what terms."""

    model_config = ConfigDict(frozen=True)

    service: Code
    further: Annotated[tuple[Code, ...], Field(max_length=MOST_FURTHER)] = ()
    standing: Declared = Declared.ORDINARY
    accessible: bool = False

    def at(self, branch: Branch) -> Visit:
        """The visit that *branch* offers for it; raises UnknownService."""
        return Visit(
            service=branch.service(self.service),
            further=tuple(branch.service(code) for code in self.further),
            standing=Standing(self.standing),
            accessible=self.accessible,
        )


def router(branches: Branches, tickets: Tickets, now: Callable[[], datetime]) -> APIRouter:
    """The routes of a kiosk."""
    routes = APIRouter(
        prefix="/v1/branches",
        tags=["kiosk"],
        dependencies=[serves(Role.KIOSK, Role.VISITOR, Role.ADMINISTRATOR)],
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
        """Take a ticket and wait; a privilege counts as declared, until an operator denies it."""
        at, moment, id = await branches.get(branch), now(), new_ticket_id(branch)
        try:
            visit = wish.at(at)
            ticket = await tickets.issue(
                id, at, visit, door(at.week, moment), command=key, now=moment
            )
        except Refused as refusal:
            REFUSED.labels(branch, _REASONS.get(type(refusal), "other")).inc()
            raise
        if ticket.id == id:  # else the command came before, and gets its first ticket again
            ISSUED.labels(branch, visit.service.category).inc()
        response.headers["Location"] = f"/v1/tickets/{ticket.id}"
        return TicketShape.of(ticket)

    return routes


def new_ticket_id(branch: str) -> str:
    """An id that cannot be guessed and names its branch."""
    return f"{branch}-{''.join(secrets.choice(_LETTERS) for _ in range(_LENGTH))}"
