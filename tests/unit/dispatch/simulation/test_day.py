"""A day as the simulator draws it."""

from __future__ import annotations

from datetime import UTC, time, timedelta

import pytest

from contracts.values import Standing
from services.dispatch.simulation.invented import MOST_TIDYING, days
from tests.unit.dispatch.simulation.builders import ON, SECOND, drawn, example


def test_a_day_is_the_branchs():
    """Its hours in UTC, all its operators, its visitors in order with tickets in that order."""
    (day,) = drawn("BR-D")
    assert (day.closes - day.opens, day.opens.tzinfo) == (timedelta(hours=12), UTC)
    assert len(day.desks) == 17
    arrived = [arrival.arrived for arrival in day.arrivals]
    assert arrived == sorted(arrived)
    assert [a.ticket for a in day.arrivals] == sorted(a.ticket for a in day.arrivals)


def test_days_follow_each_other_without_days_off():
    """Monday to Saturday; each with other people."""
    week = drawn("BR-D", 1, 1.0, 6)
    assert [day.on.weekday() for day in week] == [1, 2, 3, 4, 5, 0]
    assert len({day.arrivals for day in week}) == 6


def test_some_have_an_appointment_and_some_a_privilege():
    """In the shares of the catalogue: 25 % booked, of whom 15 % stay away; 5 % with a privilege,
    two thirds of them by law.
    """
    everybody = [arrival for day in drawn("BR-D", 1, 4.0, 6) for arrival in day.arrivals]
    shares = {
        standing: sum(arrival.standing is standing for arrival in everybody) / len(everybody)
        for standing in Standing
    }
    booked = sum(arrival.slot is not None for arrival in everybody) / len(everybody)
    assert shares[Standing.STATUTORY] == pytest.approx(0.033, abs=0.008)
    assert shares[Standing.LOCAL] == pytest.approx(0.0125, abs=0.006)
    assert 0.14 < booked < 0.25
    assert shares[Standing.BOOKED] <= booked


def test_tidying_takes_one_or_two_minutes():
    """And who never comes costs a minute."""
    for arrival in drawn("BR-D")[0].arrivals:
        assert 60 * SECOND <= arrival.tidying <= MOST_TIDYING * 60 * SECOND
        assert arrival.comes or arrival.until_start == 60 * SECOND


def test_a_break_may_be_moved_by_the_branchs_clock():
    """Of the operators that are named; its length stays."""
    (day,) = drawn("BR-D")
    moved = day.with_breaks({"D01": time(12, 15), "D99": time(12)})
    before, after = ({d.operator: d.rest for d in one.desks} for one in (day, moved))
    rest = after.pop("D01")
    assert rest is not None
    assert rest.starts.astimezone(day.zone).time() == time(12, 15)
    assert rest.length == timedelta(hours=1)
    assert after == {name: one for name, one in before.items() if name != "D01"}


def test_a_break_that_leaves_the_shift_stays_where_it_was():
    """Nobody loses a break to a plan that was made for other hours."""
    (day,) = drawn("BR-D")
    assert day.with_breaks({"D01": time(19, 30)}) == day


def test_a_busier_branch_has_more_visitors_and_no_more_operators():
    """For the days after holidays."""
    catalogue = example()
    branch = catalogue.branch("BR-D")
    (usual,) = days(catalogue, branch, ON, 1, 1)
    (busy,) = days(catalogue, branch.busier(1.5), ON, 1, 1)
    assert len(busy.arrivals) == pytest.approx(1.5 * len(usual.arrivals), rel=0.15)
    assert busy.desks == usual.desks
