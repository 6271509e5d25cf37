"""Many days of the simulator at once, as arrays: our own order of calling, compiled.

The same people, shifts and rules as ``engine.play`` under ``policies.Promises``; a test holds the
two to the same calls. All times are minutes from the opening.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from services.dispatch.domain.forecast_arrays import (
    NEVER,
    STANDINGS,
    Course,
    Minutes,
    Numbers,
    Records,
    by_arrival,
    closed,
    no_calls,
    no_lanes,
    nobody,
    policy_of,
    skills,
)
from services.dispatch.domain.forecast_kernel import forward
from services.dispatch.domain.promises import promise_of
from services.dispatch.domain.rules import MINUTE, Rules
from services.dispatch.simulation.day import Arrival, Day, Desk
from services.dispatch.simulation.engine import SEEN_HOME
from services.dispatch.simulation.measures import norm_of


@dataclass(frozen=True, slots=True)
class Missed:
    """How many of all visitors were called too late, as shares of 1. Less is better, in order."""

    own_norm: float
    norm: float  # that for everybody

    @property
    def rank(self) -> tuple[float, float]:
        return self.own_norm, self.norm


@dataclass(frozen=True, slots=True)
class Days:
    """Days of one branch, ready to be lived again and again."""

    rows: Mapping[str, int]  # of the operators
    course: Course
    opens: Minutes  # of a day: after midnight, by the branch's own clock
    until: Minutes  # days x visitors: a call keeps the own norm
    waits_from: Minutes
    comes: Numbers  # to the window when called; nobody in an empty place
    rules: Rules
    horizon: float

    def lived(self, breaks: Mapping[str, float]) -> Minutes:
        """When each visitor is called, if operators rest at *breaks*: minutes after midnight.

        Whose break would not lie inside the shift keeps the usual one.
        """
        visitors, windows = self.course.visitors, self.course.windows.copy()
        visitors["called"] = NEVER
        for operator, at in breaks.items():
            own = windows[:, self.rows[operator]]
            starts = at - self.opens
            rests = np.isfinite(own["rest"])
            fits = (own["free"] <= starts) & (starts + own["rests"] <= own["ends"])
            own["rest"] = np.where(rests & fits, starts, own["rest"])
        forward(self.course._replace(windows=windows), self.horizon)
        called: Minutes = visitors["called"]
        return called

    def missed(self, breaks: Mapping[str, float]) -> Missed:
        """How the days go with *breaks*; who stays away, gives up or gets no ticket is not
        counted.
        """
        called = self.lived(breaks)
        gave_up = ~np.isfinite(called) & np.isfinite(self.course.visitors["leaves"])
        counts = (self.comes > 0) & ~gave_up & np.isfinite(self.course.visitors["arrives"])
        own_norm = called[counts] > self.until[counts]
        norm = called[counts] - self.waits_from[counts] > self.rules.norm / MINUTE
        return Missed(float(own_norm.mean()), float(norm.mean()))


def days_of(days: Sequence[Day], rules: Rules) -> Days:
    """Write *days* down, all of one branch and under *rules*."""
    desks = {desk.operator: desk for day in days for desk in day.desks}
    ordered = sorted(desks.values(), key=lambda desk: (desk.window, desk.operator))
    lines = sorted({arrival.line for day in days for arrival in day.arrivals})
    levels = [[desk.abilities.level(line) or 0 for line in lines] for desk in ordered]
    rows = {desk.operator: row for row, desk in enumerate(ordered)}
    course = _course(days, np.array(levels, np.int64), rules)
    course.windows["breadth"] = [desk.abilities.breadth for desk in ordered]
    shape = course.visitors.shape
    until, waits_from = np.full(shape, NEVER), np.zeros(shape)
    comes, opens = np.zeros(shape, np.int64), np.zeros(len(days))
    for number, day in enumerate(days):
        local = day.opens.astimezone(day.zone)
        opens[number] = timedelta(hours=local.hour, minutes=local.minute) / MINUTE
        for desk in day.desks:
            _open(course.windows[number, rows[desk.operator]], desk, day)
        for place, arrival in enumerate(day.arrivals):
            until[number, place] = (norm_of(arrival, rules) - day.opens) / MINUTE
            waits_from[number, place] = (arrival.waits_from - day.opens) / MINUTE
            comes[number, place] = arrival.comes
            _enter(course.visitors[number, place], arrival, lines, day, rules)
    course = course._replace(order=by_arrival(course.visitors))
    horizon = max((day.closes - day.opens + SEEN_HOME) / MINUTE for day in days)
    return Days(rows, course, opens, until, waits_from, comes, rules, horizon)


def _course(days: Sequence[Day], levels: Numbers, rules: Rules) -> Course:
    """Empty days."""
    visitors = nobody(len(days), max(len(day.arrivals) for day in days))
    visitors["arrives"] = NEVER
    lines = no_calls(levels.shape[1], rules)
    windows = closed(len(days), levels)
    order = by_arrival(visitors)
    return Course(
        visitors, order, windows, lines, no_lanes(lines), skills(levels), policy_of(rules)
    )


def _open(record: Records, desk: Desk, day: Day) -> None:
    record["free"] = (desk.starts - day.opens) / MINUTE
    record["ends"] = (desk.ends - day.opens) / MINUTE
    record["stays"] = desk.to_the_last
    if desk.rest:
        record["rest"] = (desk.rest.starts - day.opens) / MINUTE
        record["rests"] = desk.rest.length / MINUTE


def _enter(record: Records, arrival: Arrival, lines: Sequence[str], day: Day, rules: Rules) -> None:
    promise = promise_of(rules, arrival.standing, arrival.service, arrival.arrived, arrival.slot)
    busy = arrival.until_start
    if arrival.comes:
        busy += arrival.visit + arrival.tidying
    record["line"] = lines.index(arrival.line)
    record["standing"] = STANDINGS.index(promise.standing)
    record["promise"] = (promise.by - day.opens) / MINUTE
    record["plain"] = (promise.plain - day.opens) / MINUTE
    record["busy"] = busy / MINUTE
    record["expects"] = arrival.minutes
    if arrival.patience is not None:
        record["leaves"] = (arrival.arrived + arrival.patience - day.opens) / MINUTE
    if any(
        desk.abilities.level(arrival.line) is not None and arrival.arrived < desk.ends
        for desk in day.desks
    ):
        record["arrives"] = (arrival.arrived - day.opens) / MINUTE
