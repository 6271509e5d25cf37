"""A search for better breaks."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import islice
from random import Random

from services.dispatch.domain.breaks import BreakPlan, Limits, breaches
from services.dispatch.domain.rules import Rules
from services.dispatch.simulation.day import Day
from services.dispatch.simulation.kernel import days_of
from services.dispatch.simulation.planner import Found, clock, lawful, search, shift_of, usual
from tests.unit.dispatch.simulation.builders import drawn


def branch() -> list[Day]:
    return drawn("BR-D", load=1.1, count=6)


def hours(day: Day, earliest: time = time(11), latest: time = time(15)) -> Limits:
    first, last = (datetime.combine(day.on, hour, day.zone) for hour in (earliest, latest))
    return Limits(first, last)


def found(tries: int, seed: int = 1, plan: BreakPlan | None = None) -> list[Found]:
    practice = branch()[:3]
    day = practice[0]
    looks = search(
        usual(day) if plan is None else plan,
        shift_of(day),
        hours(day),
        days_of(practice, Rules()),
        zone=day.zone,
        dice=Random(seed),
    )
    return [*islice(looks, tries)]


def test_the_search_never_tells_a_worse_plan():
    """And after some hundred tries a better one, on the days of practice."""
    told = [one.missed.own_norm + 0.1 * one.missed.norm for one in found(200)]
    assert told == sorted(told, reverse=True)
    assert told[-1] < told[0] * 0.9


def test_a_better_plan_is_better_on_days_that_it_has_not_seen():
    """It is the people's habits that it learned, not their names."""
    days = days_of(branch()[3:], Rules())
    day, best = branch()[0], found(200)[-1]
    assert days.missed(clock(best.plan, day.zone)).own_norm < days.missed({}).own_norm


def test_every_plan_keeps_the_limits():
    """From the first one told; the usual breaks of this branch do not."""
    day = branch()[0]
    assert [*breaches(usual(day), shift_of(day), hours(day))] != []
    for one in found(60):
        assert [*breaches(one.plan, shift_of(day), hours(day))] == []


def test_everybody_has_a_break_of_the_same_length():
    """A plan moves breaks; it takes none away."""
    day = branch()[0]
    lengths = {operator: rest.length for operator, rest in usual(day).items()}
    assert {operator: rest.length for operator, rest in found(60)[-1].plan.items()} == lengths


def test_the_same_dice_find_the_same_plan():
    """A search can be repeated."""
    assert found(40, seed=3) == found(40, seed=3)
    assert found(40, seed=3)[-1].plan != found(40, seed=4)[-1].plan


def test_a_plan_that_keeps_the_limits_is_left_as_it_is():
    """Only what must be moved is moved."""
    day, plan = branch()[0], found(30)[-1].plan
    assert lawful(plan, shift_of(day), hours(day)) == plan


def test_where_no_hour_is_left_the_break_stays():
    """A bad hour is better than none."""
    day = branch()[0]
    never = hours(day, time(6), time(6))
    assert lawful(usual(day), shift_of(day), never) == usual(day)


def test_the_clock_is_the_branch_s_own():
    """A plan of one day is used on others."""
    day = branch()[0]
    at = clock(usual(day), day.zone)
    assert at["D01"] == timedelta(hours=11, minutes=30) / timedelta(minutes=1)


def test_a_fixed_break_is_moved_by_nobody():
    """Who rests already, rests; the others still leave each line its windows."""
    day, practice = branch()[0], branch()[:3]
    (who, rest), *_ = usual(day).items()
    looks = search(
        usual(day),
        shift_of(day),
        hours(day, time(13), time(14)),
        days_of(practice, Rules()),
        zone=day.zone,
        dice=Random(1),
        fixed={who},
    )
    plans = [one.plan for one in islice(looks, 40)]
    assert all(plan[who] == rest for plan in plans)
    assert plans[-1] != plans[0] != usual(day)
