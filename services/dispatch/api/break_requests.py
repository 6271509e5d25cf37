"""A break is asked for at a window: granted or put off, begun at once or after a visitor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from contracts.values import Name, Role
from contracts.windows import PauseReason
from services.chassis.auth import serves
from services.chassis.commands import Command as Key
from services.chassis.moments import from_ms, to_ms
from services.dispatch.api.breaks import WORDS, limits, on_shift
from services.dispatch.api.desk import Desk
from services.dispatch.api.shapes import WindowShape, window_shape
from services.dispatch.domain import duty
from services.dispatch.domain.ahead import try_breaks
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.breaks import (
    BreakPlan,
    Granted,
    PutOff,
    Reason,
    Request,
    Rest,
    Trial,
    answer,
)
from services.dispatch.domain.moves import check, operator_of
from services.dispatch.domain.outlook import snapshot_of
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import Command, State, Window
from services.dispatch.store.hall import Order

SEED: Final = 1
"""One for all trials, so that two differ by the break alone."""


class Ask(BaseModel):
    """How long, and what for."""

    minutes: Annotated[int | None, Field(ge=5, le=180)] = None
    reason: Literal[PauseReason.LUNCH, PauseReason.TECHNICAL, PauseReason.BACK_OFFICE] = (
        PauseReason.LUNCH
    )


class AnswerShape(BaseModel):
    """Whether the break may begin now (after the visitor who is at the window), or when."""

    granted: bool
    at: datetime | None  # None: not in this shift
    until: datetime | None  # None: not yet begun
    reason: Reason | None
    text: Name
    window: WindowShape  # paused, or with a break that is due


BEGUN: Final = Name(ru="Перерыв разрешён и начался.", en="The break is granted and has begun.")
AFTER: Final = Name(
    ru="Перерыв разрешён. Он начнётся после посетителя, который сейчас у окна.",
    en="The break is granted. It begins after the visitor who is at the window.",
)


def router(desk: Desk) -> APIRouter:
    """The routes of a break at a window."""
    routes = APIRouter(
        prefix="/v1/branches/{branch}/windows/{window}",
        tags=["breaks"],
        dependencies=[serves(Role.OPERATOR)],
    )

    @routes.post("/break")
    async def ask(branch: str, window: str, body: Ask, key: Key) -> AnswerShape:
        """Ask for a break: granted, or put off with the reason and an hour.

        One that is granted begins at once, or when the visitor who is at the window has left.
        """
        at = await desk.branches.get(branch)
        now = from_ms(to_ms(desk.now()))  # as the store keeps it: a repeat gets the same answer
        rules = await desk.rules.in_force(branch, now)
        length = timedelta(minutes=body.minutes) if body.minutes else rules.break_length
        order = Order(f"break {window} {body.model_dump_json()}", key, now)
        if (before := await desk.hall.answer(branch, order)) is not None:
            return _granted(at, *before, length)
        windows = await desk.windows.read_all(at)
        here = next(w for w in windows if w.window == at.window(window).window)
        check(here, Command.BREAK)
        request = Request(operator_of(here), now, length)
        given = await _answer(desk, at, rules, windows, here=here, request=request)
        if isinstance(given, PutOff):
            return _put_off(given, await desk.shape(at, here))
        rests = await desk.hall.at_window(
            at, rules, window, lambda w, _: duty.rest(w, body.reason, length, now), order
        )
        await desk.watch.plan_break(branch, request.operator, Rest(now, length), now=now)
        return _granted(at, *rests, length)

    @routes.post("/withdraw-break")
    async def withdraw(branch: str, window: str, key: Key) -> WindowShape:
        """Work on after the visitor who is at the window: a break that is due is not wanted."""
        words = f"{Command.WITHDRAW_BREAK} {window}"
        before = await desk.hall.answer(branch, Order(words, key, desk.now()))
        shape = await desk.duty(branch, window, words, key, lambda w, _: duty.withdraw_break(w))
        if before is None and shape.operator is not None:
            await desk.watch.drop_break(branch, shape.operator, now=desk.now())
        return shape

    return routes


def _resting(windows: Sequence[Window], now: datetime, rules: Rules) -> BreakPlan:
    return {
        w.operator: Rest(w.since or now, rules.break_length)
        for w in windows
        if w.state is State.PAUSED and w.operator is not None
    }


async def _answer(
    desk: Desk,
    branch: Branch,
    rules: Rules,
    windows: Sequence[Window],
    *,
    here: Window,
    request: Request,
) -> Granted | PutOff:
    """By the others' breaks, the centre's limits and the forecast."""
    now = request.at
    plan = dict(await desk.watch.breaks(branch.code, now))
    plan.pop(request.operator, None)
    plan |= _resting(windows, now, rules)
    trials = await _trials(desk, branch, rules, windows, here=here, request=request)
    return answer(request, plan, on_shift(branch, windows, now), limits(branch, rules, now), trials)


async def _trials(
    desk: Desk,
    branch: Branch,
    rules: Rules,
    windows: Sequence[Window],
    *,
    here: Window,
    request: Request,
) -> list[Trial]:
    """How many more would wait past their promise, if the break began at some hours."""
    now = request.at
    learned = await desk.forecasts.learned(branch.code)
    snapshot = snapshot_of(
        branch,
        rules,
        await desk.lines.waiting(branch.code),
        windows,
        await desk.lines.find(branch.code, [w.ticket for w in windows if w.ticket]),
        durations=learned.durations,
        calls_since=await desk.lines.calls_since(branch.code),
        plan=await desk.watch.day_plan(branch, now),
        now=now,
        arrivals=learned.arrivals,
    )
    return await desk.worker.run(try_breaks, snapshot, here.window, request.length, SEED)


def _granted(
    branch: Branch, window: Window | None, ticket: Ticket | None, length: timedelta
) -> AnswerShape:
    """The window is paused, or will be."""
    assert window is not None, "a window rests and is not there"
    at = window.due.granted if window.due else window.since
    assert at is not None, "a break without a beginning"
    return AnswerShape(
        granted=True,
        at=at,
        until=None if window.due else at + length,
        reason=None,
        text=AFTER if window.due else BEGUN,
        window=window_shape(branch, window, {ticket.id: ticket} if ticket else {}),
    )


def _put_off(given: PutOff, window: WindowShape) -> AnswerShape:
    return AnswerShape(
        granted=False,
        at=given.until,
        until=None,
        reason=given.reason,
        text=WORDS[given.reason],
        window=window,
    )
