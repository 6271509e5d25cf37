"""What an administrator asks for a visitor who is at no window."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from fastapi import APIRouter

from contracts.values import Role, TicketId, branch_of
from services.chassis.auth import serves
from services.chassis.commands import Command as Key
from services.dispatch.api.console import Defer, Transfer
from services.dispatch.api.desk import Desk
from services.dispatch.api.shapes import FoundShape, StandingShape, standing_shape
from services.dispatch.domain import placing
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.moves import Moved
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.tickets import Ticket
from services.dispatch.store.hall import Order

Decide = Callable[[Ticket, Branch, Rules, datetime], Moved]


def router(desk: Desk) -> APIRouter:
    """The routes of single tickets."""
    routes = APIRouter(
        prefix="/v1",
        tags=["administrator"],
        dependencies=[serves(Role.ADMINISTRATOR, Role.SHIFT_HEAD, Role.OPERATOR)],
    )

    async def move(ticket: str, words: str, key: str, decide: Decide) -> StandingShape:
        branch, now = await desk.branches.get(branch_of(ticket)), desk.now()
        rules = await desk.rules.in_force(branch.code, now)
        moved = await desk.hall.in_line(
            branch.code,
            rules,
            ticket,
            lambda held: decide(held, branch, rules, now),
            Order(f"{words} {ticket}", key, now),
        )
        return standing_shape(branch, moved)

    @routes.get("/branches/{branch}/find")
    async def find(branch: str, number: str) -> FoundShape:
        """Tickets of a number, however it is written: ``Д 118``, ``д118``, ``118``."""
        at = await desk.branches.get(branch)
        found = await desk.lines.numbered(branch, number)
        return FoundShape(tickets=[standing_shape(at, ticket) for ticket in found])

    @routes.post("/tickets/{ticket}/return")
    async def come_back(ticket: TicketId, key: Key) -> StandingShape:
        """Into the line again after a missed call, in the old place."""
        return await move(
            ticket,
            "return",
            key,
            lambda held, _, rules, now: placing.come_back(held, rules, now),
        )

    @routes.post("/tickets/{ticket}/defer")
    async def defer(ticket: TicketId, body: Defer, key: Key) -> StandingShape:
        """Aside until an hour; the promise stays."""
        until = body.until or desk.now() + timedelta(minutes=body.minutes or 0)
        return await move(
            ticket,
            f"defer {body.model_dump_json()}",
            key,
            lambda held, _, rules, now: placing.defer(None, held, rules, until, now),
        )

    @routes.post("/tickets/{ticket}/resume")
    async def resume(ticket: TicketId, key: Key) -> StandingShape:
        """A deferral is over before its hour."""
        return await move(
            ticket, "resume", key, lambda held, _, __, now: placing.go_on_waiting(held, now)
        )

    @routes.post("/tickets/{ticket}/transfer")
    async def transfer(ticket: TicketId, body: Transfer, key: Key) -> StandingShape:
        """To another service, window or hall; the promise stays."""
        return await move(
            ticket,
            f"transfer {body.model_dump_json()}",
            key,
            lambda held, branch, _, now: placing.transfer(None, held, branch, body.goal, now),
        )

    return routes
