"""Many days of the simulator at once, as arrays: our own order of calling, a hundred times faster.

The same people, shifts and rules as ``engine.play`` under ``policies.Promises``; a test holds the
calls of both together. All times are minutes from the opening.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from services.dispatch.domain.forecast_arrays import (
    LINE,
    NEVER,
    STANDINGS,
    Course,
    Minutes,
    Policy,
    Records,
    by_arrival,
    closed,
    no_lanes,
    nobody,
    skills,
)
from services.dispatch.domain.forecast_kernel import forward
from services.dispatch.domain.promises import promise_of
from services.dispatch.domain.rules import MINUTE, Rules
from services.dispatch.simulation.day import Arrival, Day, Desk
from services.dispatch.simulation.engine import SEEN_HOME
from services.dispatch.simulation.measures import norm_of


@dataclass(frozen=True, slots=True)
class Days:
    """Days of one branch, ready to be lived again and again."""

    operators: tuple[str, ...]
    course: Course
    norm: Minutes  # days x visitors: until when the call keeps the own norm
    waits_from: Minutes
    counts: Minutes = field(repr=False)  # 1: comes when called; 0: does not, or is nobody
    horizon: float

    @classmethod
    def of(cls, days: Sequence[Day], rules: Rules) -> Days:
        """Write *days* down: all under *rules* and of one branch."""
        desks = {desk.operator: desk for day in days for desk in day.desks}
        ordered = sorted(desks.values(), key=lambda desk: (desk.window, desk.operator))
        lines = sorted({arrival.line for day in days for arrival in day.arrivals})
        levels = np.array(
            [[desk.abilities.level(line) or 0 for line in lines] for desk in ordered], np.int64
        )
        shape = len(days), max(len(day.arrivals) for day in days)
        visitors, windows = nobody(*shape), closed(len(days), levels)
        visitors["arrives"] = NEVER
        windows["breadth"] = [desk.abilities.breadth for desk in ordered]
        norm, waits_from, counts = np.full(shape, NEVER), np.zeros(shape), np.zeros(shape)
        rows = {desk.operator: row for row, desk in enumerate(ordered)}
        for number, day in enumerate(days):
            for desk in day.desks:
                _open(windows[number, rows[desk.operator]], desk, day.opens)
            for place, arrival in enumerate(day.arrivals):
                column = lines.index(arrival.line)
                _enter(visitors[number, place], arrival, column, day, rules)
                norm[number, place] = (norm_of(arrival, rules) - day.opens) / MINUTE
                waits_from[number, place] = (arrival.waits_from - day.opens) / MINUTE
                counts[number, place] = arrival.comes
        calls = np.zeros(len(lines), LINE)
        calls["since"] = rules.local_share
        course = Course(
            visitors,
            by_arrival(visitors),
            windows,
            calls,
            no_lanes(calls),
            skills(levels),
            policy_of(rules),
        )
        longest = max(day.closes - day.opens for day in days)
        return cls(tuple(rows), course, norm, waits_from, counts, (longest + SEEN_HOME) / MINUTE)
