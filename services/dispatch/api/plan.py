"""A break plan that is proposed: searched for some seconds over days as the branch expects them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from math import ceil
from time import monotonic
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field

from contracts.values import Role
from contracts.windows import PauseReason
from services.chassis.auth import serves
from services.chassis.commands import Command as Key
from services.chassis.worker import Worker
from services.dispatch.api.breaks import BreakShape, limits
from services.dispatch.api.desk import Desk
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.breaks import BreakPlan, Limits, Rest
from services.dispatch.domain.errors import NobodyOnShift, NothingLearned
from services.dispatch.domain.presence import working_today
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.shifts import on_shift, shifts_on
from services.dispatch.domain.windows import State, Window
from services.dispatch.simulation.expected import Practice, desks_of
from services.dispatch.simulation.proposal import Proposal, propose

SEED: Final = 1
"""One for all: who asks again is told of the same days."""

SOON: Final = timedelta(minutes=30)  # after the opening, some tickets were taken


class Wanted(BaseModel):
    """How long to search."""

    seconds: Annotated[float, Field(ge=1, le=20)] = 5


class MissedShape(BaseModel):
    """Shares of all visitors, of 1."""

    own_norm: float  # called later than promised
    norm: float  # waited longer than the norm for everybody


class ProposalShape(BaseModel):
    """A plan to be looked at: nothing is kept until it is put into ``/breaks``."""

    breaks: list[BreakShape]
    before: MissedShape
    after: MissedShape
    days: int  # that the search has not seen, by which both are judged


def router(desk: Desk) -> APIRouter:
    """The route of the proposal."""
    routes = APIRouter(prefix="/v1/branches/{branch}", tags=["breaks"])
    searches = Searches(desk)

    @routes.post("/breaks/plan", dependencies=[serves(Role.SHIFT_HEAD)])
    async def plan(branch: str, body: Wanted, key: Key) -> ProposalShape:  # noqa: ARG001  # nothing is kept: a repeat may search again
        """Propose the breaks of today's shift; those that are over or under way stay."""
        return await searches.of(branch, body.seconds)

    return routes


class Searches:
    """One at a time, for a search is hungry; who asks for a branch meanwhile gets its answer."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._worker = Worker("plans")
        self._running: dict[str, asyncio.Task[ProposalShape]] = {}

    async def of(self, branch: str, seconds: float) -> ProposalShape:
        """Search so long.

        Raises:
            UnknownBranch, NothingLearned, NobodyOnShift.
        """
        if (running := self._running.get(branch)) is None:
            running = asyncio.create_task(self._search(branch, seconds))
            self._running[branch] = running
            running.add_done_callback(lambda _: self._running.pop(branch))
        return await asyncio.shield(running)

    async def _search(self, branch: str, seconds: float) -> ProposalShape:
        task = await _task(self._desk, branch, seconds)
        try:
            found = await self._worker.run(task.search)
        finally:
            self._worker.close()  # a plan is asked for once or twice a day
        return _shape(found, task.others, task.now)


@dataclass(frozen=True, slots=True)
class Task:
    """A search, to be done elsewhere."""

    search: Callable[[], Proposal]
    others: BreakPlan  # of who is not on shift: they stay as they are
    now: datetime


async def _task(desk: Desk, code: str, seconds: float) -> Task:
    branch, now = await desk.branches.get(code), desk.now()
    local = now.astimezone(branch.zone_info)
    rules = await desk.rules.in_force(code, now)
    windows = await desk.windows.read_all(branch)
    shifts, opening = working_today(branch, windows, now), branch.opening(local.date())
    if not shifts_on(branch, local.date()) or opening is None:
        raise NobodyOnShift(code, local.date())
    learned = await desk.forecasts.learned(code)
    fresh = await desk.forecasts.taken(code, learned.heard, branch.zone_info)
    arrivals = learned.arrivals.after_all(ticket for _, ticket in fresh)
    rates = arrivals.rates(opening, local)
    if rates is None:
        raise NothingLearned(code, _possible_from(branch, local))
    planned = await desk.watch.day_plan(branch, now)
    known = _with_those_at_lunch(planned, windows, rules)
    working = {shift.operator for shift in shifts}
    plan = {operator: rest for operator, rest in known.items() if operator in working}
    search = partial(
        propose,
        Practice(branch, rates, arrivals, learned.durations, desks_of(branch, shifts, plan)),
        plan,
        [on_shift(branch, shift) for shift in shifts],
        _from_now_on(limits(branch, rules, now), now),
        rules,
        fixed=frozenset(operator for operator, rest in plan.items() if rest.starts <= now),
        seconds=seconds,
        clock=monotonic,
        seed=SEED,
    )
    others = {operator: rest for operator, rest in known.items() if operator not in working}
    return Task(search, others, now)


def _with_those_at_lunch(plan: BreakPlan, windows: list[Window], rules: Rules) -> BreakPlan:
    """*plan*, but who is at lunch now began when they did; the length is as planned, or usual."""
    told = dict(plan)
    for window in windows:
        lunch = window.state is State.PAUSED and window.reason == PauseReason.LUNCH
        if lunch and window.operator is not None and window.since is not None:
            planned = plan.get(window.operator)
            length = planned.length if planned else rules.break_length
            told[window.operator] = Rest(window.since, length)
    return told


def _from_now_on(all_day: Limits, now: datetime) -> Limits:
    """No break is proposed for the past, or for the first hour of somebody's shift."""
    gone = max(ceil((now - all_day.earliest) / all_day.grid), 0)
    earliest = all_day.earliest + gone * all_day.grid
    return replace(all_day, earliest=earliest, from_shift=timedelta(hours=1))


def _possible_from(branch: Branch, now: datetime) -> datetime:
    """When some tickets will have been taken; tomorrow at the latest if the branch never opens."""
    for ahead in range(8):
        opening = branch.opening(now.date() + timedelta(days=ahead))
        if opening and now < opening.last_ticket:
            return max(opening.opens, now) + SOON
    return now + timedelta(days=1)


def _shape(found: Proposal, others: BreakPlan, now: datetime) -> ProposalShape:
    rests = sorted({**others, **found.plan}.items(), key=lambda item: (item[1].starts, item[0]))
    return ProposalShape(
        breaks=[
            BreakShape(operator=who, at=rest.starts, minutes=rest.length // timedelta(minutes=1))
            for who, rest in rests
            if rest.ends > now
        ],
        before=MissedShape(own_norm=found.before.own_norm, norm=found.before.norm),
        after=MissedShape(own_norm=found.after.own_norm, norm=found.after.norm),
        days=found.days,
    )
