"""Breaks: the plan of the shift, edited by hand, and the answer to who asks for one now."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Final

import numpy as np
from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from contracts.values import Name, Role
from services.chassis.auth import serves
from services.chassis.commands import Command as Key
from services.dispatch.api.desk import Desk
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.breaks import (
    BreakPlan,
    Granted,
    Limits,
    OnShift,
    PutOff,
    Reason,
    Request,
    Rest,
    Trial,
    answer,
    breaches,
)
from services.dispatch.domain.errors import IllegalMove, UnknownOperator
from services.dispatch.domain.forecast import forecast
from services.dispatch.domain.outlook import closing, hour, snapshot_of
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.snapshot import Snapshot
from services.dispatch.domain.windows import State, Window, legal

TRIED: Final = (0, 15, 30, 45, 60)  # minutes from now
SEED: Final = 1
"""One for all trials, so that two differ by the break alone."""


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


class Ask(BaseModel):
    """How long."""

    minutes: Annotated[int | None, Field(ge=5, le=180)] = None


class AnswerShape(BaseModel):
    """Whether the break may begin now (after the visitor who is at the window), or when."""

    granted: bool
    at: datetime | None  # None: not in this shift
    until: datetime | None
    reason: Reason | None
    text: Name


WORDS: Final[Mapping[Reason | None, Name]] = {
    None: Name(
        ru="Перерыв разрешён. Он начнётся после посетителя, который сейчас у окна.",
        en="The break is granted. It begins after the visitor who is at the window.",
    ),
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
    """The routes of breaks."""
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
        await desk.watch.plan_breaks(branch, plan)
        return await _plan(desk, at, plan, now)

    @routes.post("/windows/{window}/break", dependencies=[serves(Role.OPERATOR)])
    async def ask(branch: str, window: str, body: Ask, key: Key) -> AnswerShape:  # noqa: ARG001  # the answer is of this moment
        """Ask for a break: granted, or put off with the reason and an hour."""
        at, now = await desk.branches.get(branch), desk.now()
        rules = await desk.rules.in_force(branch, now)
        windows = await desk.windows.read_all(at)
        here = next((w for w in windows if w.window == at.window(window).window), None)
        if here is None or here.operator is None:
            raise IllegalMove(window, "break", State.CLOSED, legal(State.CLOSED))
        length = timedelta(minutes=body.minutes) if body.minutes else rules.break_length
        plan = dict(await desk.watch.breaks(branch, now))
        plan.pop(here.operator, None)
        plan |= _resting(windows, now, rules)
        request = Request(here.operator, now, length)
        trials = await _trials(desk, at, rules, windows, here=here, length=length)
        shift = on_shift(at, windows, now)
        given = answer(request, plan, shift, limits(at, rules, now), trials)
        if isinstance(given, Granted):
            planned = dict(await desk.watch.breaks(branch, now))
            planned[here.operator] = Rest(now, length)
            await desk.watch.plan_breaks(branch, planned)
        return _answered(given, now)

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


def _resting(windows: Sequence[Window], now: datetime, rules: Rules) -> BreakPlan:
    return {
        w.operator: Rest(w.since or now, rules.break_length)
        for w in windows
        if w.state is State.PAUSED and w.operator is not None
    }


async def _trials(
    desk: Desk,
    branch: Branch,
    rules: Rules,
    windows: Sequence[Window],
    *,
    here: Window,
    length: timedelta,
) -> list[Trial]:
    """How many more would wait past their promise, if the break began at some hours."""
    now = desk.now()
    learned = await desk.forecasts.learned(branch.code)
    snapshot = snapshot_of(
        branch,
        rules,
        await desk.lines.waiting(branch.code),
        windows,
        await desk.lines.find(branch.code, [w.ticket for w in windows if w.ticket]),
        durations=learned.durations,
        calls_since=await desk.lines.calls_since(branch.code),
        plan={},
        now=now,
    )
    return await asyncio.to_thread(_run, snapshot, here.window, length)


def _run(snapshot: Snapshot, window: str, length: timedelta) -> list[Trial]:
    def late(rest: Rest | None) -> float:
        windows = tuple(
            replace(w, rest=rest) if w.window == window else w for w in snapshot.windows
        )
        made = forecast(replace(snapshot, windows=windows), np.random.default_rng(SEED))
        return sum(made.broken.values())

    without = late(None)
    hours = [snapshot.now + timedelta(minutes=minutes) for minutes in TRIED]
    return [Trial(at, late(Rest(at, length)) - without) for at in hours]


async def _plan(desk: Desk, branch: Branch, plan: BreakPlan, now: datetime) -> PlanShape:
    rules = await desk.rules.in_force(branch.code, now)
    shift = on_shift(branch, await desk.windows.read_all(branch), now)
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


def _answered(given: Granted | PutOff, now: datetime) -> AnswerShape:
    if isinstance(given, Granted):
        return AnswerShape(granted=True, at=now, until=given.until, reason=None, text=WORDS[None])
    return AnswerShape(
        granted=False, at=given.until, until=None, reason=given.reason, text=WORDS[given.reason]
    )
