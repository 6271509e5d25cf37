"""Answers to "why was he called before me?" and "why am I still waiting?"."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BaseModel

from contracts.values import Name, Role, TicketId, branch_of
from services.chassis.auth import serves
from services.dispatch.api.desk import Desk
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.errors import UnknownTicket
from services.dispatch.domain.phrases import words
from services.dispatch.domain.reasons import Before, Explained, Waits, why_before, why_waiting
from services.dispatch.domain.tickets import Ticket


class WhyShape(BaseModel):
    """An answer to be read aloud."""

    number: str
    other: str | None
    reason: Before | Waits
    text: Name
    call_between: tuple[datetime, datetime] | None  # in 80 of 100 cases


def router(desk: Desk) -> APIRouter:
    """The routes that explain."""
    routes = APIRouter(prefix="/v1", tags=["why"])

    @routes.get(
        "/tickets/{ticket}/why",
        dependencies=[serves(Role.VISITOR, Role.ADMINISTRATOR, Role.SHIFT_HEAD)],
    )
    async def why(ticket: TicketId, before: str | None = None) -> WhyShape:
        """Why this ticket still waits; with *before*, why that number was called first."""
        branch = await desk.branches.get(branch_of(ticket))
        found = await desk.lines.find(branch.code, [ticket])
        if ticket not in found:
            raise UnknownTicket(ticket)
        return await answer(branch, found[ticket], before)

    @routes.get(
        "/branches/{branch}/why", dependencies=[serves(Role.ADMINISTRATOR, Role.SHIFT_HEAD)]
    )
    async def why_numbers(branch: str, number: str, before: str | None = None) -> WhyShape:
        """The same for the administrator, who has the number that the visitor shows."""
        at = await desk.branches.get(branch)
        return await answer(at, await numbered(at, number), before)

    async def answer(branch: Branch, mine: Ticket, before: str | None) -> WhyShape:
        windows = await desk.windows.read_all(branch)
        if before is None:
            waiting = await desk.lines.waiting(branch.code)
            now = desk.now()
            rules = await desk.rules.in_force(branch.code, now)
            return await shape(branch, why_waiting(mine, waiting, windows, rules, now))
        other = await numbered(branch, before)
        return await shape(branch, why_before(mine, other, windows))

    async def numbered(branch: Branch, number: str) -> Ticket:
        found = await desk.lines.numbered(branch.code, number)
        if not found:
            raise UnknownTicket(number)
        return found[0]

    async def shape(branch: Branch, why: Explained) -> WhyShape:
        rules = await desk.rules.in_force(branch.code, desk.now())
        zone = ZoneInfo(branch.published.timezone)
        outlook = await desk.forecasts.get(branch.code)
        found = outlook.tickets.get(why.mine.id) if outlook else None
        forecast = (found.p10, found.p90) if found and found.p90 else None
        return WhyShape(
            number=why.mine.number,
            other=why.other.number if why.other else None,
            reason=why.reason,
            text=words(why, zone, order=rules.order, forecast=forecast),
            call_between=forecast,
        )

    return routes
