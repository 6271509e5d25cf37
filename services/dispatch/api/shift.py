"""What a shift head sees: alarms, lines, windows, people, and what each operator did today."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from contracts.alarms import AlarmKind
from contracts.values import Name, Role
from services.chassis.auth import serves
from services.chassis.live import response, sse
from services.dispatch.api.desk import Desk
from services.dispatch.api.shapes import (
    BranchShape,
    WindowShape,
    branch_shape,
    window_shape,
)
from services.dispatch.api.sight import Sight, average, look, today
from services.dispatch.domain.advice import WORDS as ADVICE
from services.dispatch.domain.advice import Advice, Kind
from services.dispatch.domain.alarms import WORDS, Alarm
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.forecast import Range
from services.dispatch.domain.load import Load
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import State, Window
from services.dispatch.store.forecasts import Outlook
from services.dispatch.store.glances import Line

_EVERY = timedelta(seconds=2)
_CLOCK_EVERY = timedelta(seconds=5)


class TodayShape(BaseModel):
    """What an operator did today."""

    visits: int
    minutes: int


class ShiftWindowShape(WindowShape):
    """A window as the shift head sees it."""

    silent: bool  # its console gives no sign of life
    today: TodayShape


class OwnDayShape(TodayShape):
    """What an operator did today, beside the others."""

    average_visits: float  # of those who served today


class RangeShape(BaseModel):
    """When a ticket that is taken now would be called."""

    p10: datetime
    p50: datetime
    p90: datetime | None  # None: beyond what is forecast


class ServedShape(BaseModel):
    """Windows that may serve a line."""

    open: int
    able: int  # of these, not on a break
    paused: int


class ShiftLineShape(BaseModel):
    """A line and who may serve it."""

    line: str
    name: Name
    waiting: int
    longest_wait_seconds: int
    next_promise: datetime | None
    late_soon: float | None  # people who will wait past their promise, in the next half hour
    taken_now: RangeShape | None
    windows: ServedShape


class AlarmShape(BaseModel):
    """Something to look at."""

    kind: AlarmKind
    subject: str
    since: datetime
    text: Name


class AdviceShape(BaseModel):
    """Something to do, and what it would change in the next half hour."""

    kind: Kind
    text: Name
    late_before: float
    late_after: float


class ShiftShape(BaseModel):
    """A branch at a glance."""

    branch: BranchShape
    waiting: int
    lines: list[ShiftLineShape]
    windows: list[ShiftWindowShape]
    alarms: list[AlarmShape]
    forecast_at: datetime | None
    advice: list[AdviceShape]
    average_visits: float  # of those who served today


def router(desk: Desk) -> APIRouter:
    """The routes of the shift head's page."""
    routes = APIRouter(
        prefix="/v1/branches/{branch}/shift",
        tags=["shift head"],
        dependencies=[serves(Role.SHIFT_HEAD)],
    )

    @routes.get("")
    async def shift(branch: str) -> ShiftShape:
        """The branch at a glance."""
        at = await desk.branches.get(branch)
        return shift_shape(at, await look(desk, at, await desk.glances.look(at)), desk.now())

    @routes.get("/events")
    async def events(
        branch: str, last_event_id: Annotated[str | None, Header()] = None
    ) -> StreamingResponse:
        """Live: ``shift`` when something changed, ``clock`` every 5 s."""
        at = await desk.branches.get(branch)

        async def snapshot() -> list[bytes]:
            return []  # the first beat tells all

        return response(
            desk.live.events(
                desk.windows.live_stream(branch),
                last=None if last_event_id is None else "0-0",
                snapshot=snapshot,
                wants=lambda _: False,
                tick=_beat(desk, at),
                every=_EVERY,
            )
        )

    return routes


def day_router(desk: Desk) -> APIRouter:
    """The route of an operator's own day."""
    routes = APIRouter(prefix="/v1/branches/{branch}/windows/{window}", tags=["operator"])

    @routes.get("/today", dependencies=[serves(Role.OPERATOR, Role.SHIFT_HEAD)])
    async def own_day(branch: str, window: str) -> OwnDayShape:
        """What the operator at a window did today, and the mean of all: fair shares are seen."""
        at = await desk.branches.get(branch)
        place = await desk.windows.read(at, at.window(window).window)
        load = await today(desk, at, await desk.rules.in_force(branch, desk.now()))
        done = load.get(place.operator or "", Load())
        minutes = done.served // timedelta(minutes=1)
        return OwnDayShape(visits=done.visits, minutes=minutes, average_visits=average(load))

    return routes


def shift_shape(branch: Branch, sight: Sight, now: datetime) -> ShiftShape:
    """What was seen, in words."""
    glance, outlook = sight.glance, sight.outlook
    return ShiftShape(
        branch=branch_shape(branch),
        waiting=glance.waiting,
        lines=[_line(branch, line, glance.windows, outlook, now) for line in glance.lines],
        windows=[_window(branch, window, sight) for window in glance.windows],
        alarms=sorted(
            (_alarm(branch, alarm, since, sight.named) for alarm, since in glance.alarms.items()),
            key=lambda alarm: alarm.since,
        ),
        forecast_at=outlook.made if outlook else None,
        advice=[_advice(branch, advice) for advice in outlook.advice] if outlook else [],
        average_visits=average(sight.load),
    )


def _line(
    branch: Branch,
    line: Line,
    windows: Sequence[Window],
    outlook: Outlook | None,
    now: datetime,
) -> ShiftLineShape:
    mine = [w for w in windows if w.state is not State.CLOSED and w.abilities.level(line.line)]
    paused = sum(window.state is State.PAUSED for window in mine)
    return ShiftLineShape(
        line=line.line,
        name=branch.name_of(line.line),
        waiting=line.waiting,
        longest_wait_seconds=int((now - line.oldest).total_seconds()) if line.oldest else 0,
        next_promise=line.next_promise,
        late_soon=round(outlook.broken.get(line.line, 0.0), 1) if outlook else None,
        taken_now=_range(outlook.lines.get(line.line)) if outlook else None,
        windows=ServedShape(open=len(mine), able=len(mine) - paused, paused=paused),
    )


def _range(found: Range | None) -> RangeShape | None:
    return RangeShape(p10=found.p10, p50=found.p50, p90=found.p90) if found else None


def _advice(branch: Branch, advice: Advice) -> AdviceShape:
    words = ADVICE[advice.kind]
    skill = branch.name_of(advice.skill) if advice.skill else Name(ru="", en="")
    facts = {"window": advice.window, "operator": advice.operator}
    return AdviceShape(
        kind=advice.kind,
        text=Name(
            ru=words.ru.format(**facts, skill=skill.ru), en=words.en.format(**facts, skill=skill.en)
        ),
        late_before=round(advice.late_before, 1),
        late_after=round(advice.late_after, 1),
    )


def _window(branch: Branch, window: Window, sight: Sight) -> ShiftWindowShape:
    done = sight.load.get(window.operator or "", Load())
    return ShiftWindowShape(
        **dict(window_shape(branch, window, sight.glance.visitors)),
        silent=window.window in sight.silent,
        today=TodayShape(visits=done.visits, minutes=done.served // timedelta(minutes=1)),
    )


def _alarm(
    branch: Branch, alarm: Alarm, since: datetime, named: Mapping[str, Ticket]
) -> AlarmShape:
    words = WORDS[alarm.kind]
    match alarm.kind:
        case AlarmKind.OVER_NORM | AlarmKind.NOBODY_SERVES:
            name = branch.name_of(alarm.subject)
        case _:
            number = named[alarm.subject].number if alarm.subject in named else alarm.subject
            name = Name(ru=number, en=number)
    text = Name(ru=words.ru.format(subject=name.ru), en=words.en.format(subject=name.en))
    return AlarmShape(kind=alarm.kind, subject=alarm.subject, since=since, text=text)


def _beat(desk: Desk, branch: Branch) -> Callable[[], Awaitable[bytes]]:
    told: Sight | None = None
    told_clock = 0.0

    async def beat() -> bytes:
        nonlocal told, told_clock
        said = b""
        seen = await look(desk, branch, await desk.glances.recent(branch.code))
        if seen != told:
            said = sse("shift", shift_shape(branch, seen, desk.now()).model_dump_json())
            told = seen
        if time.monotonic() - told_clock >= _CLOCK_EVERY.total_seconds() - 0.5:
            said += sse("clock", {"now": desk.now().isoformat()})
            told_clock = time.monotonic()
        return said

    return beat
