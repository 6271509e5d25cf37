"""Who rests when, so that every line keeps its windows: a search over many days of practice.

The days of practice are lived again with each plan that is tried, with the same people, so that
two plans differ by the plan alone. A plan that is a little worse than the best is sometimes kept
for a while, or the search would end at the first hollow (late acceptance: E. Burke and Y. Bykov,
European Journal of Operational Research 258, 2017). It goes on as long as it is asked for more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from services.dispatch.domain.breaks import BreakPlan, Limits, OnShift, Rest, breach
from services.dispatch.domain.skills import MAIN
from services.dispatch.simulation.day import Day, Desk
from services.dispatch.simulation.kernel import Days, Missed

PATIENCE: Final = 20  # a plan is compared with the one that was kept so many steps before
SWAPS: Final = 0.3  # of the steps: two change their hours; else one takes another hour
TRIES: Final = 50  # for a lawful step
NORM_WEIGHT: Final = 0.1  # of the norm for everybody, beside the own


@dataclass(frozen=True, slots=True)
class Found:
    """The best plan so far."""

    plan: BreakPlan
    missed: Missed
    tried: int


def usual(day: Day) -> BreakPlan:
    """The breaks of *day* as its branch has them."""
    return {d.operator: Rest(d.rest.starts, d.rest.length) for d in day.desks if d.rest}


def shift_of(day: Day) -> Sequence[OnShift]:
    """Who works on *day*, and their skills."""
    return [OnShift(desk.operator, _skills(desk), desk.starts, desk.ends) for desk in day.desks]


def _skills(desk: Desk) -> frozenset[str]:
    """The own ones: help is no reason to stay."""
    levels = desk.abilities.levels.items()
    return frozenset(need for need, level in levels if level == MAIN and not need.startswith("@"))


def clock(plan: BreakPlan, zone: ZoneInfo) -> Mapping[str, float]:
    """When the breaks of *plan* begin, in minutes after midnight."""
    local = {operator: rest.starts.astimezone(zone) for operator, rest in plan.items()}
    return {operator: at.hour * 60 + at.minute + at.second / 60 for operator, at in local.items()}


def search(
    plan: BreakPlan,
    shift: Sequence[OnShift],
    limits: Limits,
    days: Days,
    *,
    zone: ZoneInfo,
    dice: Random,
    fixed: Collection[str] = (),
) -> Iterator[Found]:
    """Look for better plans than *plan*, within *limits*; tell the best after every try.

    The first one told is *plan* itself, if it keeps the limits; else the nearest that does. The
    breaks of the operators *fixed* stay as they are.
    """
    kept = lawful(plan, shift, limits, fixed)
    resting = [one for one in shift if one.operator in kept and one.operator not in fixed]
    best = Found(kept, days.missed(clock(kept, zone)), 1)
    score = _score(best.missed)
    history = [score] * PATIENCE
    while True:
        yield best
        new = _neighbour(kept, resting, shift, limits, dice)
        missed, tried = days.missed(clock(new, zone)), best.tried + 1
        if _score(missed) < _score(best.missed):
            best = Found(new, missed, tried)
        else:
            best = Found(best.plan, best.missed, tried)
        if _score(missed) <= max(score, history[tried % PATIENCE]):
            kept, score = new, _score(missed)
        history[tried % PATIENCE] = score


def lawful(
    plan: BreakPlan, shift: Sequence[OnShift], limits: Limits, fixed: Collection[str] = ()
) -> BreakPlan:
    """*plan* with those breaks moved that keep no limit, each to the nearest hour that does.

    Where no hour is left, the break stays: better a rest at a bad hour than none.
    """
    placed = {operator: rest for operator, rest in plan.items() if operator in fixed}
    for one in shift:
        if one.operator in placed or (rest := plan.get(one.operator)) is None:
            continue
        hours = sorted(limits.starts(), key=lambda at: (abs(at - rest.starts), at))
        for at in (rest.starts, *hours):
            placed[one.operator] = Rest(at, rest.length)
            if breach(one, placed, shift, limits) is None:
                break
        else:
            placed[one.operator] = rest
    return placed


def _score(missed: Missed) -> float:
    return missed.own_norm + NORM_WEIGHT * missed.norm


def _neighbour(
    plan: BreakPlan,
    resting: Sequence[OnShift],
    shift: Sequence[OnShift],
    limits: Limits,
    dice: Random,
) -> BreakPlan:
    """*plan* with one or two breaks of *resting* moved; the same plan if that cannot be done."""
    hours = list(limits.starts())
    if not resting or not hours:
        return plan
    for _ in range(TRIES):
        moved = dict(plan)
        if len(resting) > 1 and dice.random() < SWAPS:
            changed = dice.sample(resting, 2)
            first, second = (plan[one.operator] for one in changed)
            moved[changed[0].operator] = Rest(second.starts, first.length)
            moved[changed[1].operator] = Rest(first.starts, second.length)
        else:
            changed = [dice.choice(resting)]
            length = plan[changed[0].operator].length
            moved[changed[0].operator] = Rest(dice.choice(hours), length)
        if moved != plan and not any(breach(one, moved, shift, limits) for one in changed):
            return moved
    return plan
