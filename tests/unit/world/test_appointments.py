"""The rules of a simulated day's appointments."""

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from statistics import median

import pytest

from contracts.values import Standing
from services.world import shifts
from services.world.appointments import of_day
from services.world.catalogue import Branch
from services.world.visitors import Visitor
from tests.unit.world.builders import MONDAY, SUNDAY, a_branch, a_service, an_operator

SERVICES = (a_service("A01", 20), a_service("D01", 7, ("REAL",)))
MINUTE = timedelta(minutes=1)


def a_booked_branch(operators: int = 40, **other: object) -> Branch:
    team = [
        an_operator(f"T{n:02}", n, skills=["ISSUE", "REAL"]).model_dump() for n in range(operators)
    ]
    values = {"appointment_share_pct": 50, "daily_visitors": 400, "operators": team}
    return a_branch(**(values | other))


def comers(branch: Branch, day: date = MONDAY, seed: int = 1) -> tuple[Visitor, ...]:
    return of_day(branch, SERVICES, day, shifts.of_day(branch, day), Random(seed))


def late(visitor: Visitor) -> float:
    assert visitor.slot is not None
    return (visitor.arrives - visitor.slot) / MINUTE


def test_the_catalogue_says_how_many_book_and_how_many_stay_away():
    """Half of 440 visitors of a Monday, of whom a quarter does not come."""
    branch = a_booked_branch(appointment_no_show_pct=25)
    assert len(comers(branch)) == pytest.approx(440 * 0.5 * 0.75, rel=0.15)
    assert comers(a_booked_branch(appointment_share_pct=0)) == ()
    assert comers(branch, SUNDAY) == ()


def test_who_booked_comes_about_the_hour():
    """From a quarter of an hour before it, mostly before; few are so late that it is over."""
    minutes = [late(visitor) for visitor in comers(a_booked_branch(daily_visitors=2000))]
    assert min(minutes) >= -15
    assert -7 < median(minutes) < -2
    assert 0.01 < sum(one > 10 for one in minutes) / len(minutes) < 0.08


def test_slots_lie_on_the_grid_within_the_day():
    """Every five minutes; nobody is booked for a time without tickets."""
    branch = a_booked_branch()
    opens, closes = branch.opening(MONDAY) or pytest.fail("Monday is a working day")
    for visitor in comers(branch):
        assert visitor.slot is not None
        assert visitor.slot.minute % 5 == visitor.slot.second == 0
        assert opens <= visitor.slot < closes
        assert visitor.arrives >= opens
        assert visitor.standing is Standing.BOOKED


def test_no_more_is_booked_than_the_quota_of_windows():
    """Of two windows one may be booked at a time; not both, walk-ins have the other."""
    branch = a_booked_branch(operators=2, daily_visitors=2000)
    at_a_time: Counter[datetime] = Counter()
    for visitor in comers(branch):
        if visitor.service == "A01" and visitor.slot is not None:
            at_a_time.update(visitor.slot + n * 5 * MINUTE for n in range(4))
    assert max(at_a_time.values()) == 1


def test_nothing_is_booked_for_a_break():
    """The only operator's break has no slot; nor has anything that would reach into it."""
    team = [an_operator("T01", 1, break_at="12:00", skills=["ISSUE", "REAL"]).model_dump()]
    branch = a_branch(
        appointment_share_pct=50,
        daily_visitors=2000,
        operators=team,
        arrival_profile={11: 1, 12: 1},
    )
    slots = [visitor.slot.time().isoformat("minutes") for visitor in comers(branch) if visitor.slot]
    assert slots
    assert max(slots) <= "11:50"


def test_one_seed_is_one_book():
    """The same seed brings the same people; another seed brings others."""
    branch = a_booked_branch()
    assert comers(branch, seed=7) == comers(branch, seed=7)
    assert comers(branch, seed=7) != comers(branch, seed=8)
