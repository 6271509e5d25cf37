"""Whom each window would call when, run after run, for values that were drawn before.

The policy of ``routing.py`` and ``pressure.py`` once more, compiled, because a forecast plays the
branch hundreds of times and the break planner plays thousands of days. Nothing here is random and
no rule is made here: tests hold every call to ``choose`` and ``take_in``. It works without the
interpreter's lock, so that a thread may run it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from services.dispatch.domain.forecast_arrays import (
    BOOKED,
    KINDS,
    LOCAL,
    NEVER,
    NOBODY,
    STATUTORY,
    Course,
    Minutes,
    Numbers,
    Policy,
    Records,
    Skills,
    compiled,
)
from services.dispatch.domain.skills import MAIN


class Hall(NamedTuple):
    """One run as it stands."""

    visitors: Records
    windows: Records
    lines: Records
    lanes: Records
    common: Minutes  # lines x lines: windows at work that may serve both
    pressed: Minutes  # of a line: the work before its windows at work, summed
    skills: Skills


@compiled
def forward(course: Course, horizon: float) -> None:
    """Play every run until all are called, nothing can happen any more, or *horizon*."""
    visitors, windows, lines, can = course.visitors, course.windows, course.lines, course.skills
    common = np.zeros((lines.size, lines.size))
    for window in range(windows.shape[1]):
        if windows[0, window].at_work:
            _serve(windows[0, window], 1, lines, common, can.serves[window])
    for run in range(visitors.shape[0]):
        pressed = np.zeros(lines.size)
        hall = Hall(
            visitors[run],
            windows[run],
            lines.copy(),
            course.lanes.copy(),
            common.copy(),
            pressed,
            can,
        )
        _play(course.order[run], hall, course.policy, horizon)


@compiled
def _play(order: Numbers, hall: Hall, policy: Policy, horizon: float) -> None:
    left, come = order.size, 0
    while left > 0:
        arrival = hall.visitors[order[come]].arrives if come < order.size else NEVER
        window = int(np.argmin(hall.windows.free))
        turn = hall.windows[window].free
        if not min(arrival, turn) <= horizon or min(arrival, turn) == NEVER:
            break
        if arrival < turn:
            left -= _arrive(order[come], arrival, hall, policy)
            come += 1
        else:
            left -= _turn(window, turn, hall, policy)


@compiled
def _arrive(visitor: int, now: float, hall: Hall, policy: Policy) -> int:
    """A visitor comes: to a ready window at once, or into the line. How many were called."""
    window = NOBODY
    if not hall.visitors[visitor].probe:
        window = _take_in(hall.visitors[visitor].line, hall.windows, hall.skills.levels)
    if window == NOBODY:
        _join(visitor, hall, policy)
        return 0
    _call(visitor, window, now, hall, policy)
    return 1


@compiled
def _take_in(line: int, windows: Records, levels: Numbers) -> int:
    """``routing.take_in``: level, then breadth, then who waited longest, then the number."""
    best = NOBODY
    for window in range(windows.size):
        if not windows[window].ready or levels[window, line] == 0:
            continue
        here, there = windows[window], windows[best]
        fits = levels[window, line], here.breadth, here.since
        if best == NOBODY or fits < (levels[best, line], there.breadth, there.since):
            best = window
    return best


@compiled
def _turn(window: int, now: float, hall: Hall, policy: Policy) -> int:
    """A window has its turn: a rest, the end of the shift, or a call. How many were called."""
    here = hall.windows[window]
    over = here.ends <= now
    if here.rest <= now and not over:
        here.rest = NEVER
        _stop(window, now + here.rests, hall, policy)
        return 0
    if not here.at_work:
        _share_work(window, 1, hall, policy)
    asked = 0
    while True:
        visitor = _choose(window, now, over and not here.stays, hall, policy)
        if visitor == NOBODY:
            break
        _leave(visitor, hall, policy)
        asked += 1
        if not hall.visitors[visitor].probe:
            _call(visitor, window, now, hall, policy)
            return asked
        hall.visitors[visitor].called = now
    if over and not here.stays:
        _stop(window, NEVER, hall, policy)
    else:
        here.ready = 1
        here.since = min(here.since, now)
        here.free = min(NEVER if here.stays else here.ends, NEVER if over else here.rest)
    return asked


@compiled
def _stop(window: int, until: float, hall: Hall, policy: Policy) -> None:
    here = hall.windows[window]
    if here.at_work:
        _share_work(window, -1, hall, policy)
    here.free = until
    here.ready = 0
    here.since = NEVER


@compiled
def _call(visitor: int, window: int, now: float, hall: Hall, policy: Policy) -> None:
    called, here = hall.visitors[visitor], hall.windows[window]
    called.called = now
    called.window = window
    here.free = now + called.busy
    here.ready = 0
    here.since = NEVER
    line = hall.lines[called.line]  # ``routing.next_calls_since``
    if called.standing == LOCAL and line.since >= policy.local_share - 1:
        line.since = 0
    else:
        line.since = min(line.since + 1, policy.local_share)


@compiled
def _choose(window: int, now: float, only_needed: bool, hall: Hall, policy: Policy) -> int:
    """``routing.choose``: own work, and help where it is urgent or there is no own work.

    *only_needed*: the shift is over, and only those are served whom nobody else can serve.
    """
    visitors, lines, levels = hall.visitors, hall.lines, hall.skills.levels
    own, urgent, other = NOBODY, NOBODY, NOBODY
    for place in range(hall.windows[window].count):
        line = hall.skills.serves[window, place]
        if lines[line].waiting == 0:
            continue
        if only_needed and _others_serve(line, window, now, hall.windows, levels):
            continue
        head_start = _head_start(line, lines, hall.pressed, policy)
        for lane in range(line * KINDS, line * KINDS + KINDS):
            visitor = hall.lanes[lane].first
            while visitor != NOBODY and visitors[visitor].leaves <= now:
                _leave(visitor, hall, policy)
                visitor = hall.lanes[lane].first
            if visitor == NOBODY:
                continue
            _weigh(visitors[visitor], lines[line], now, head_start, policy)
            if levels[window, line] == MAIN:
                own = _sooner(visitor, own, visitors)
            elif visitors[visitor].promise <= now + policy.help_before:
                urgent = _sooner(visitor, urgent, visitors)
            else:
                other = _sooner(visitor, other, visitors)
    if own == NOBODY:
        own = other
    return own if urgent == NOBODY else _sooner(urgent, own, visitors)


@compiled
def _others_serve(line: int, window: int, now: float, windows: Records, levels: Numbers) -> bool:
    for other in range(windows.size):
        stays = windows[other].stays or windows[other].ends > now
        if other != window and stays and levels[other, line] > 0:
            return True
    return False


@compiled
def _head_start(line: int, lines: Records, pressed: Minutes, policy: Policy) -> float:
    if policy.pressure <= 0 or lines[line].able == 0:
        return 0.0
    return min(float(policy.pressure * pressed[line] / lines[line].able), policy.most_pressure)


@compiled
def _weigh(here: Records, line: Records, now: float, head_start: float, policy: Policy) -> None:
    """``routing.weighed``: the promise that counts now."""
    by = here.promise
    if here.standing == LOCAL and line.since < policy.local_share - 1:
        by = here.plain
    elif here.standing == BOOKED and policy.booking_lead > 0:
        by = by - policy.booking_lead if by <= now else here.plain
    here.by = by - head_start


@compiled
def _sooner(one: int, other: int, visitors: Records) -> int:
    """``Candidate.rank``: the law, the promise, the place. *other* may be nobody."""
    if other == NOBODY:
        return one
    here, there = visitors[one], visitors[other]
    rank = here.standing != STATUTORY, here.by, one
    return one if rank < (there.standing != STATUTORY, there.by, other) else other


@compiled
def _join(visitor: int, hall: Hall, policy: Policy) -> None:
    """Into the lane by promise; who came last mostly stands last."""
    visitors = hall.visitors
    new = visitors[visitor]
    lane = hall.lanes[new.line * KINDS + new.standing]
    ahead, after, place = lane.last, NOBODY, (new.promise, visitor)
    if ahead != NOBODY and place < (visitors[ahead].promise, ahead):
        ahead, after = NOBODY, lane.first
        while (visitors[after].promise, after) < place:
            ahead, after = after, visitors[after].behind
    new.behind = after
    if ahead == NOBODY:
        lane.first = visitor
    else:
        visitors[ahead].behind = visitor
    if after == NOBODY:
        lane.last = visitor
    hall.lines[new.line].waiting += 1
    _add_work(new.line, new.expects, hall, policy)


@compiled
def _leave(visitor: int, hall: Hall, policy: Policy) -> None:
    """The first of a lane goes."""
    gone = hall.visitors[visitor]
    lane = hall.lanes[gone.line * KINDS + gone.standing]
    lane.first = gone.behind
    if lane.first == NOBODY:
        lane.last = NOBODY
    hall.lines[gone.line].waiting -= 1
    _add_work(gone.line, -gone.expects, hall, policy)


@compiled
def _add_work(line: int, minutes: float, hall: Hall, policy: Policy) -> None:
    """``pressure.pressure``: a line's work is divided equally among the windows that may serve
    it; what falls on those of another line presses on that line.
    """
    here = hall.lines[line]
    here.work += minutes
    if policy.pressure > 0 and here.able > 0:
        share = minutes / here.able
        common, pressed = hall.common[line], hall.pressed
        for other in range(pressed.size):
            pressed[other] += share * common[other]


@compiled
def _share_work(window: int, sign: int, hall: Hall, policy: Policy) -> None:
    """A window begins (1) or stops (-1) to take its part of the lines' work."""
    hall.windows[window].at_work = sign > 0
    if policy.pressure > 0:
        serves = hall.skills.serves[window]
        _serve(hall.windows[window], sign, hall.lines, hall.common, serves)
        hall.pressed[:] = 0.0
        for line in range(hall.lines.size):
            work = hall.lines[line].work
            hall.lines[line].work = 0.0
            _add_work(line, work, hall, policy)


@compiled
def _serve(here: Records, sign: int, lines: Records, common: Minutes, serves: Numbers) -> None:
    for line in serves[: here.count]:
        lines[line].able += sign
        for other in serves[: here.count]:
            common[line, other] += sign
