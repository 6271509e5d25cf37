"""What the people who run the system look at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal

from fastapi import APIRouter

from contracts.values import Role
from services.chassis.auth import serves
from services.ticketing.api.shapes import TallyShape
from services.ticketing.domain.hours import day_of
from services.ticketing.store.branches import Branches
from services.ticketing.store.days import Days


def router(branches: Branches, days: Days, now: Callable[[], datetime]) -> APIRouter:
    """The routes that count."""
    routes = APIRouter(
        prefix="/v1/branches", tags=["ops"], dependencies=[serves(Role.OPS, Role.SHIFT_HEAD)]
    )

    @routes.get("/{branch}/days/{day}")
    async def tally(branch: str, day: date | Literal["today"]) -> TallyShape:
        """How many tickets of a day are in each state, as ticketing knows them."""
        at = await branches.get(branch)
        wanted = day_of(at.week, now()) if day == "today" else day
        return TallyShape.of(await days.tally(branch, wanted))

    return routes
