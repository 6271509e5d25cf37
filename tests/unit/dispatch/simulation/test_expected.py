"""Days to practise on, and the plan that is proposed after them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import time, timedelta
from itertools import count
from statistics import mean

import numpy as np
import pytest

from contracts.values import Standing
from services.dispatch.domain.arrivals import Arrivals, Taken
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.breaks import BreakPlan, Limits, Rest, breaches
from services.dispatch.domain.durations import Durations
from services.dispatch.domain.shifts import breaks_on, on_shift, shifts_on
from services.dispatch.simulation.day import Day
from services.dispatch.simulation.expected import Practice, desks_of
from services.dispatch.simulation.proposal import Proposal, propose
from tests.builders import DAY, RULES, a_published_branch, a_shift, at

HOUR = timedelta(hours=1)
SEVEN = 7
NOON = a_shift(9, 18, time(12))
STAFF = {f"O{n}": ("PASS",) for n in range(1, 5)}
BRANCH = Branch.of(a_published_branch(STAFF, shifts=dict.fromkeys(STAFF, (NOON,) * SEVEN)))


def learned(days: int = 5, every: float = 8.0) -> Arrivals:
    """A ticket every few minutes, but twice as many around noon; every tenth has a booking."""
    numbers, zone = count(), BRANCH.zone_info
    hours = [minute * every for minute in range(int(525 / every))]
    hours += [hour + 1 for hour in hours if 150 <= hour < 270]
    return Arrivals().after_all(
        Taken(
            (at(minute) + timedelta(days=day)).astimezone(zone),
            "PASS",
            "B01",
            Standing.BOOKED if next(numbers) % 10 == 0 else Standing.ORDINARY,
        )
        for day in range(-days, 0)
        for minute in sorted(hours)
    )


def practice(plan: BreakPlan | None = None, every: float = 8.0) -> Practice:
    opening, now = BRANCH.opening(DAY), at(-30).astimezone(BRANCH.zone_info)
    assert opening is not None
    arrivals = learned(every=every)
    rates = arrivals.rates(opening, now)
    assert rates is not None
    desks = desks_of(BRANCH, shifts_on(BRANCH, DAY), breaks_on(BRANCH, DAY, plan or {}))
    return Practice(BRANCH, rates, arrivals, Durations(), desks)


def drawn(number: int = 40, seed: int = 1) -> list[Day]:
    return practice().drawn(number, np.random.default_rng(seed))


def ticking() -> Callable[[], float]:
    """A clock that goes on by a second whenever somebody looks."""
    seconds = count()
    return lambda: float(next(seconds))


def limits(earliest: float = 120, latest: float = 360) -> Limits:
    return Limits(at(earliest), at(latest), HOUR)


def proposed(
    plan: BreakPlan | None = None,
    fixed: Collection[str] = (),
    seconds: float = 150,
    within: Limits | None = None,
) -> Proposal:
    known = breaks_on(BRANCH, DAY, plan or {})
    return propose(
        practice(plan),
        known,
        [on_shift(BRANCH, shift) for shift in shifts_on(BRANCH, DAY)],
        within or limits(),
        RULES,
        fixed=fixed,
        seconds=seconds,
        clock=ticking(),
        seed=1,
    )


def test_as_many_come_as_are_expected_at_the_hours_when_they_come():
    """On the mean of some days; in order, with numbers of their own, while tickets are given."""
    days = drawn()
    assert mean(len(day.arrivals) for day in days) == pytest.approx(practice().rates.total, rel=0.1)
    noon = [one for day in days for one in day.arrivals if at(150) <= one.arrived < at(270)]
    morning = [one for day in days for one in day.arrivals if at(0) <= one.arrived < at(120)]
    assert len(noon) > 1.5 * len(morning)
    for day in days[:3]:
        moments = [one.arrived for one in day.arrivals]
        assert moments == sorted(moments)
        assert at(0) <= moments[0] <= moments[-1] < at(525)
        assert len({one.ticket for one in day.arrivals}) == len(moments)


def test_visitors_are_as_was_learned():
    """A tenth has a booking near its hour; some do not come; visits have their mean."""
    people = [one for day in drawn() for one in day.arrivals]
    booked = [one for one in people if one.standing is Standing.BOOKED]
    assert len(booked) / len(people) == pytest.approx(0.1, abs=0.02)
    minute = timedelta(minutes=1)
    assert all(one.slot and -15 <= (one.arrived - one.slot) / minute <= 10 for one in booked)
    assert mean(not one.comes for one in people) == pytest.approx(0.05, abs=0.02)
    assert mean(one.visit / minute for one in people) == pytest.approx(14.8, rel=0.05)


def test_no_two_days_are_alike_and_the_same_dice_draw_the_same():
    first, second, *_ = drawn(2)
    assert first.arrivals != second.arrivals
    assert drawn(2) == [first, second]


def test_the_shift_is_today_s():
    """As published, with the breaks of the plan; who stays to the last is known."""
    moved = Rest(at(120), HOUR)
    (day,) = practice({"O2": moved}).drawn(1, np.random.default_rng(1))
    desks = {desk.operator: desk for desk in day.desks}
    assert {*desks} == {*STAFF}
    assert desks["O2"].rest is not None
    assert (desks["O2"].rest.starts, desks["O1"].rest) == (at(120), desks["O3"].rest)
    assert all(desk.to_the_last and desk.window == name[1:] for name, desk in desks.items())


def test_who_has_no_usual_window_works_too():
    """The skills count, the place does not."""
    published = a_published_branch({"O1": ("PASS",)}, shifts={"O1": (NOON,) * SEVEN})
    operators = tuple(one.model_copy(update={"window": None}) for one in published.operators)
    nowhere = Branch.of(published.model_copy(update={"operators": operators}))
    (desk,) = desks_of(nowhere, shifts_on(nowhere, DAY), {})
    assert desk.abilities.level("PASS") == 1


def test_a_plan_is_proposed_that_is_better_on_days_not_seen():
    """All four rest at noon, when most people come: any other plan is better."""
    found = proposed()
    assert found.after.own_norm < 0.6 * found.before.own_norm
    assert len({rest.starts for rest in found.plan.values()}) > 1
    shift = [on_shift(BRANCH, one) for one in shifts_on(BRANCH, DAY)]
    assert [*breaches(found.plan, shift, limits())] == []


def test_what_is_said_of_a_plan_is_what_comes_of_it():
    """Before and after are judged on the same days; a plan like before has the same share."""
    found = proposed()
    again = proposed(found.plan, seconds=0)
    assert again.plan == found.plan
    assert again.before == again.after == found.after


def test_breaks_that_are_over_or_under_way_stay():
    """They are looked at, and the others arranged around them."""
    begun = Rest(at(5), HOUR)
    found = proposed({"O1": begun}, fixed={"O1"})
    assert found.plan["O1"] == begun
    assert found.plan.keys() == STAFF.keys()
    assert found.after.own_norm <= found.before.own_norm


def test_where_nothing_can_be_moved_nobody_searches():
    """All have rested, or the hours for breaks are over."""
    assert proposed(fixed=STAFF).tried == 1
    late = proposed(within=limits(400, 300))
    assert (late.tried, late.plan) == (1, breaks_on(BRANCH, DAY, {}))
    assert late.before == late.after


def test_the_search_ends_in_time():
    """By the clock it is given, whatever it has found."""
    assert proposed(seconds=3).tried <= 5
