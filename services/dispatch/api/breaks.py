"""The breaks of the shift: their plan, edited by hand, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from contracts.values import Name, Role
from services.chassis.auth import serves
from services.chassis.commands import Command as Key
from services.dispatch.api.desk import Desk
from services.dispatch.domain import shifts
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.breaks import (
    BreakPlan,
    Limits,
    OnShift,
    Reason,
    Rest,
    breaches,
)
from services.dispatch.domain.errors import UnknownOperator
from services.dispatch.domain.outlook import closing, hour
from services.dispatch.domain.presence import working_today
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.windows import Window


class BreakShape(BaseModel):
    """A break of the plan."""

    operator: str
    at: AwareDatetime
    minutes: Annotated[int, Field(ge=5, le=180)]


class BreachShape(BaseModel):
    """A limit of the centre that a break does not keep."""

    operator: str
    reason: Reason
    text: Name


class PlanShape(BaseModel):
    """The breaks of the day, and what is wrong with them."""

    breaks: list[BreakShape]
    breaches: list[BreachShape] = []


WORDS: Final[Mapping[Reason, Name]] = {
    Reason.TOO_EARLY: Name(
        ru="В этом центре перерывы начинаются позже.",
        en="In this centre breaks begin later.",
    ),
    Reason.TOO_LATE: Name(
        ru="Часы перерывов в этом центре прошли.",
        en="The hours for breaks in this centre are over.",
    ),
    Reason.NEAR_SHIFT_EDGE: Name(
        ru="Слишком близко к началу или концу смены.",
        en="Too near to the beginning or the end of the shift.",
    ),
    Reason.TOO_MANY_REST: Name(
        ru="Сейчас отдыхает столько людей, сколько можно.",
        en="As many people rest now as may.",
    ),
    Reason.SKILL_STAYS: Name(
        ru="Вы сейчас один из последних, кто принимает по одному из вопросов.",
        en="You are one of the last who serve one of the matters now.",
    ),
    Reason.LINES_SUFFER: Name(
        ru="Сейчас из-за перерыва люди прождут дольше обещанного.",
        en="With a break now, people would wait longer than was promised.",
    ),
}


def router(desk: Desk) -> APIRouter:
    """The routes of the plan."""
    routes = APIRouter(prefix="/v1/branches/{branch}", tags=["breaks"])

    @routes.get("/breaks", dependencies=[serves(Role.OPERATOR, Role.SHIFT_HEAD)])
    async def read(branch: str) -> PlanShape:
        """The breaks that are under way or still to come."""
        at, now = await desk.branches.get(branch), desk.now()
        return await _plan(desk, at, await desk.watch.breaks(branch, now), now)

    @routes.put("/breaks", dependencies=[serves(Role.SHIFT_HEAD)])
    async def write(branch: str, body: PlanShape, key: Key) -> PlanShape:  # noqa: ARG001  # the whole plan is set: a repeat changes nothing
        """Replace the plan; what keeps no limit is named, for the shift head decides."""
        at, now = await desk.branches.get(branch), desk.now()
        for one in body.breaks:
            if one.operator not in at.operators:
                raise UnknownOperator(branch, one.operator)
        plan = {b.operator: Rest(b.at, timedelta(minutes=b.minutes)) for b in body.breaks}
        midnight = at.at(now.astimezone(at.zone_info).date(), time.min)
        today = await desk.watch.breaks(branch, midnight)
        over = {operator: rest for operator, rest in today.items() if rest.ends <= now}
        await desk.watch.plan_breaks(branch, {**over, **plan}, now=now)  # who has rested has rested
        return await _plan(desk, at, plan, now)

    return routes


def limits(branch: Branch, rules: Rules, now: datetime) -> Limits:
    """The centre's own, today."""
    return Limits(
        earliest=hour(branch, now, rules.breaks_from),
        latest=hour(branch, now, rules.breaks_until),
        from_shift=timedelta(0),
        at_once=rules.breaks_at_once,
    )


def on_shift(branch: Branch, windows: Sequence[Window], now: datetime) -> list[OnShift]:
    """Who is at a window, until the branch closes."""
    ends = closing(branch, now)
    return [
        OnShift(w.operator, frozenset(branch.operators[w.operator].skills), now, ends)
        for w in windows
        if w.operator is not None and w.operator in branch.operators
    ]


async def _plan(desk: Desk, branch: Branch, plan: BreakPlan, now: datetime) -> PlanShape:
    rules = await desk.rules.in_force(branch.code, now)
    working = working_today(branch, await desk.windows.read_all(branch), now)
    shift = [shifts.on_shift(branch, one) for one in working]
    return PlanShape(
        breaks=[
            BreakShape(operator=who, at=rest.starts, minutes=rest.length // timedelta(minutes=1))
            for who, rest in sorted(plan.items(), key=lambda item: item[1].starts)
        ],
        breaches=[
            BreachShape(operator=b.operator, reason=b.reason, text=WORDS[b.reason])
            for b in breaches(plan, shift, limits(branch, rules, now))
        ],
    )
