"""A break plan for the comparison: searched on other days than those that judge it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time
from random import Random
from time import perf_counter

from services.dispatch.domain.breaks import Limits
from services.dispatch.domain.rules import Rules
from services.dispatch.simulation import planner
from services.dispatch.simulation.day import Day
from services.dispatch.simulation.kernel import days_of


def planned(
    practice: Sequence[Day], rules: Rules, seconds: float, tell: Callable[[float], None]
) -> dict[str, time]:
    """Search for *seconds*, within the hours that the centre's rules leave for breaks.

    *tell* hears the seconds that have gone. The plan holds for every day: its hours are by the
    branch's clock.
    """
    usual, shift = planner.usual(practice[0]), planner.shift_of(practice[0])
    if not usual:
        return {}
    zone, dice = practice[0].zone, Random(0)  # noqa: S311 - a search, no secret
    limits = Limits(
        datetime.combine(practice[0].on, rules.breaks_from, zone),
        datetime.combine(practice[0].on, rules.breaks_until, zone),
    )
    search = planner.search(usual, shift, limits, days_of(practice, rules), zone=zone, dice=dice)
    found, begun = next(search), perf_counter()
    while (gone := perf_counter() - begun) < seconds:
        tell(gone)
        found = next(search)
    hours = {operator: rest.starts.astimezone(zone) for operator, rest in found.plan.items()}
    return {operator: starts.time() for operator, starts in hours.items()}
