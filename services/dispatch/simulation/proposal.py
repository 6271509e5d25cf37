"""A break plan that is proposed for a day, and what it would change.

The search learns on some days and is judged on others, drawn alike: what it says of its plan is
what the shift head may expect.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np

from services.dispatch.domain.breaks import BreakPlan, Limits, OnShift
from services.dispatch.domain.rules import Rules
from services.dispatch.simulation.expected import Practice
from services.dispatch.simulation.kernel import Days, Missed, days_of
from services.dispatch.simulation.planner import clock as by_clock
from services.dispatch.simulation.planner import lawful, search

PRACTICE: Final = 16_000  # visitors, in round figures: more teach little and take long
JUDGED_BY: Final = 24_000
FEWEST, MOST = 10, 60  # days of each


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan, and how it is with it and without, on days that the search has not seen."""

    plan: BreakPlan
    before: Missed
    after: Missed
    days: int
    tried: int


def propose(
    practice: Practice,
    plan: BreakPlan,
    shift: Sequence[OnShift],
    limits: Limits,
    rules: Rules,
    *,
    fixed: Collection[str],
    seconds: float,
    clock: Callable[[], float],
    seed: int,
) -> Proposal:
    """Search for a better plan than *plan*, so many *seconds* of *clock*; those of *fixed* stay.

    A plan that turns out to be no better is not proposed: then it is *plan*, within *limits*.
    """
    zone, dice = practice.branch.zone_info, np.random.default_rng(seed)
    seen = _days(practice, PRACTICE, rules, dice)
    unseen = _days(practice, JUDGED_BY, rules, dice)
    search_dice = Random(seed)  # noqa: S311  # a search, no secret
    looks = search(plan, shift, limits, seen, zone=zone, dice=search_dice, fixed=fixed)
    movable = plan.keys() - set(fixed) and any(limits.starts())
    found, ends = next(looks), clock() + seconds
    while movable and clock() < ends:
        found = next(looks)
    nearest = lawful(plan, shift, limits, fixed)
    before, kept, after = (
        unseen.missed(by_clock(one, zone)) for one in (plan, nearest, found.plan)
    )
    best, missed = (found.plan, after) if after.rank < kept.rank else (nearest, kept)
    return Proposal(best, before, missed, len(unseen.course.visitors), found.tried)


def _days(practice: Practice, visitors: int, rules: Rules, dice: np.random.Generator) -> Days:
    count = round(visitors / max(practice.rates.total, 1.0))
    return days_of(practice.drawn(min(max(count, FEWEST), MOST), dice), rules)
