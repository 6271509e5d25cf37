"""Until when each window works today, and which are still to open.

Somebody's shift may end before the branch closes; then the window closes after the visitor who is
there. Who calls on after that works on to the end: what is seen counts more than what is planned.
Who is to come later opens the usual window, if that is known and free.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final

from services.dispatch.domain.branch import Branch
from services.dispatch.domain.breaks import BreakPlan, Rest
from services.dispatch.domain.durations import Minutes
from services.dispatch.domain.shifts import Shift, shift_of, shifts_on
from services.dispatch.domain.skills import Abilities
from services.dispatch.domain.snapshot import OpenWindow, UnderWay
from services.dispatch.domain.windows import State, Window

PAUSE: Final = timedelta(minutes=30)
"""What is expected of a break of which no plan tells the length."""

EARLY: Final = timedelta(minutes=30)
"""A pause that begins so soon before a planned break is that break."""

LATE: Final = timedelta(minutes=10)
"""Who is so late for the shift is still expected, and then not any more."""

SETTLES: Final = timedelta(minutes=2)  # from coming in to the first call
COMES_WITHIN: Final = timedelta(hours=4)

_CALLS_ON: Final = (State.FREE, State.READY, State.CALLING)


def open_windows(
    branch: Branch,
    windows: Iterable[Window],
    visits: Mapping[str, Minutes],
    plan: BreakPlan,
    *,
    closes: datetime,
    now: datetime,
) -> Iterator[OpenWindow]:
    """The windows that are open, and those to come; *visits* are those of tickets at windows."""
    here = [window for window in windows if window.state is not State.CLOSED]
    for window in here:
        yield _open(branch, window, visits, plan, closes=closes, now=now)
    yield from _coming(branch, here, plan, closes, now)


def working_today(branch: Branch, windows: Iterable[Window], now: datetime) -> Sequence[Shift]:
    """Who works today: as published, and who is at a window though nobody published it."""
    today = now.astimezone(branch.zone_info).date()
    shifts = [*shifts_on(branch, today)]
    known = {shift.operator for shift in shifts}
    opening = branch.opening(today)
    here = {window.operator for window in windows if window.state is not State.CLOSED}
    for operator in branch.operators:
        if operator in here - known:
            starts = opening.opens if opening else branch.at(today, time.min)
            ends = opening.closes if opening else branch.end_of(today)
            shifts.append(Shift(operator, starts, ends, None))
    return shifts


def is_on_duty(branch: Branch, operator: str, now: datetime) -> bool:
    """Whether somebody who is at no window could be asked to open one, as far as is known."""
    if not branch.operators[operator].shifts:
        return True
    shift = shift_of(branch, operator, now.astimezone(branch.zone_info).date())
    return shift is not None and shift.starts + LATE < now < shift.ends


def _open(
    branch: Branch,
    window: Window,
    visits: Mapping[str, Minutes],
    plan: BreakPlan,
    *,
    closes: datetime,
    now: datetime,
) -> OpenWindow:
    since, rest = window.since or now, _rest(window, plan)
    shift = shift_of(branch, window.operator or "", now.astimezone(branch.zone_info).date())
    ends = closes if shift is None or _works_on(window, shift, now) else shift.ends
    free, under_way = now, None
    match window.state:
        case State.CALLING | State.SERVING if window.ticket in visits:
            came = window.state is State.SERVING
            under_way = UnderWay(since, visits[window.ticket or ""], came=came)
        case State.PAUSED:
            begun = rest if rest and rest.starts - EARLY <= since < rest.ends else None
            free = max(since + (begun.length if begun else PAUSE), now)
            rest = None if begun else rest
    return OpenWindow(
        window=window.window,
        abilities=window.abilities,
        free=free,
        ends=ends,
        visit=under_way,
        ready=since if window.state is State.READY else None,
        stays=ends >= closes,
        rest=rest if rest and _is_to_come(rest, under_way, now) else None,
        tidying=since if window.state is State.TIDYING else None,
    )


def _rest(window: Window, plan: BreakPlan) -> Rest | None:
    """A break that was granted begins when the visitor has left; else the planned one."""
    if window.due is not None:
        return Rest(window.due.granted, window.due.length)
    return plan.get(window.operator or "")


def _is_to_come(rest: Rest, visit: UnderWay | None, now: datetime) -> bool:
    """Also one whose hour came during the visit that is under way."""
    return rest.starts > now or (visit is not None and visit.since <= rest.starts)


def _works_on(window: Window, shift: Shift, now: datetime) -> bool:
    """Whether somebody calls visitors though the shift is over."""
    began_after = window.since is not None and window.since >= shift.ends
    calls = window.state in _CALLS_ON or (window.state is State.SERVING and began_after)
    return now >= shift.ends and calls


def _coming(
    branch: Branch, here: Sequence[Window], plan: BreakPlan, closes: datetime, now: datetime
) -> Iterator[OpenWindow]:
    taken = {window.window for window in here}
    at_work = {window.operator for window in here}
    for shift in shifts_on(branch, now.astimezone(branch.zone_info).date()):
        operator = branch.operators[shift.operator]
        place = branch.windows.get(operator.window or "")
        if place is None or place.window in taken or shift.operator in at_work:
            continue
        if not now - LATE <= shift.starts <= now + COMES_WITHIN:
            continue
        taken.add(place.window)
        rest = plan.get(shift.operator)
        yield OpenWindow(
            window=place.window,
            abilities=Abilities.of(operator, place),
            free=max(shift.starts, now) + SETTLES,
            ends=shift.ends,
            stays=shift.ends >= closes,
            rest=rest if rest and rest.starts > now else None,
            absent=True,
        )
