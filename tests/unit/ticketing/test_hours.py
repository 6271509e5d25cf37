"""Opening hours by the branch's own clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.hours import Hours, Week, day_of, door, ends, is_over, opening
from tests.unit.ticketing.builders import MONDAY, SATURDAY, SUNDAY, a_branch, at

WEEK = a_branch().week
ZONES = (
    "Asia/Yekaterinburg",
    "Europe/Berlin",
    "America/St_Johns",
    "Australia/Lord_Howe",  # its clocks move by half an hour
    "Pacific/Kiritimati",
    "UTC",
)


@pytest.mark.parametrize(
    ("wall", "is_open"),
    [
        ("00:00", False),
        ("08:59:59", False),
        ("09:00", True),
        ("13:00", True),  # operators go to lunch in turn; the door stays open
        ("17:44:59", True),
        ("17:45", False),
        ("18:00", False),
        ("23:59:59", False),
    ],
)
def test_tickets_are_given_from_opening_until_the_last_ticket(wall, is_open):
    """The first and the last moment are exact."""
    assert door(WEEK, at(wall)).open is is_open


def test_before_opening_the_next_opening_is_today():
    """An early visitor is told when the door opens."""
    assert door(WEEK, at("06:00")).next_opening == at("09:00")


@pytest.mark.parametrize("wall", ["09:00", "13:00", "20:00"])
def test_the_next_opening_is_always_still_to_come(wall):
    """Also while the door is open, and in the moment when it opens."""
    assert door(WEEK, at(wall)).next_opening == at("09:00", MONDAY + timedelta(days=1))


def test_from_saturday_afternoon_the_next_opening_is_on_monday():
    """A day off is passed over."""
    closed = door(WEEK, at("13:45", SATURDAY))
    assert not closed.open
    assert closed.today is not None
    assert closed.today.closes == at("14:00", SATURDAY)
    assert closed.next_opening == at("09:00", MONDAY + timedelta(days=7))


def test_on_sunday_there_are_no_hours():
    """A day off has no hours to show, but it has a next opening."""
    closed = door(WEEK, at("12:00", SUNDAY))
    assert closed.today is None
    assert closed.next_opening == at("09:00", MONDAY + timedelta(days=7))


def test_the_day_changes_at_the_branch_s_own_midnight():
    """Yekaterinburg is five hours ahead of UTC: its day begins at 19:00 UTC."""
    assert day_of(WEEK, datetime(2026, 11, 23, 18, 59, 59, tzinfo=UTC)) == MONDAY
    assert day_of(WEEK, datetime(2026, 11, 23, 19, 0, tzinfo=UTC)) == date(2026, 11, 24)


def test_a_week_without_any_opening_has_no_next_one():
    """Nobody is promised a day that never comes."""
    never = Week((None,) * 7, timedelta(0), "UTC")
    assert door(never, at("12:00")).next_opening is None


def test_a_branch_that_opens_one_day_a_week_opens_again_in_a_week():
    """Whoever comes too late on that day is told of the next."""
    rare = Week((*WEEK.days[:1], *(None,) * 6), WEEK.last_ticket, WEEK.timezone)
    assert door(rare, at("19:00")).next_opening == at("09:00", MONDAY + timedelta(days=7))


def test_a_day_is_over_when_the_grace_after_closing_has_passed():
    """Who still waits at closing time is served first."""
    hour = timedelta(hours=1)
    assert not is_over(WEEK, MONDAY, at("18:59:59"), grace=hour)
    assert is_over(WEEK, MONDAY, at("19:00"), grace=hour)


def test_a_day_that_lost_its_hours_ends_at_midnight():
    """A holiday declared while the branch was open leaves nobody's ticket open for ever."""
    assert ends(WEEK, SUNDAY) == at("00:00", SUNDAY + timedelta(days=1))


def test_the_night_the_clocks_go_forward_still_opens_by_the_wall():
    """09:00 is 09:00 by the clock on the wall: 25 or 23 hours after the day before."""
    berlin = Week((Hours(time(9), time(18)),) * 7, timedelta(0), "Europe/Berlin")
    before, after = opening(berlin, date(2026, 3, 28)), opening(berlin, date(2026, 3, 29))
    assert before is not None
    assert after is not None
    assert after.opens - before.opens == timedelta(hours=23)


clocks = st.times().map(lambda t: t.replace(second=0, microsecond=0))
hours = st.tuples(clocks, clocks).filter(lambda t: t[0] < t[1]).map(lambda t: Hours(*t))
weeks = st.builds(
    Week,
    st.tuples(*[st.none() | hours] * 7),
    st.integers(0, 60).map(lambda n: timedelta(minutes=n)),
    st.sampled_from(ZONES),
)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(  # noqa: DTZ001  # made aware
    lambda m: m.replace(tzinfo=UTC)
)


@given(weeks, moments)
def test_a_door_is_open_only_within_the_hours_of_its_day(week, now):
    """Whatever the zone and the night: never open outside the hours, nor shut inside them."""
    found = door(week, now)
    assert found.day == now.astimezone(week.zone).date()
    hours = found.today
    assert found.open == (hours is not None and hours.opens <= now < hours.last_ticket)
    if hours:
        assert hours.opens < hours.last_ticket <= hours.closes


@given(weeks, moments)
def test_at_the_next_opening_the_door_opens(week, now):
    """What a closed door promises comes true, and no opening before it was kept silent."""
    promised = door(week, now).next_opening
    if promised is None:
        assert not any(opening(week, now.date() + timedelta(days=n)) for n in range(2, 8))
        return
    assert promised > now
    assert door(week, promised).open
    nearby = [opening(week, now.date() + timedelta(days=n)) for n in range(-1, 10)]
    assert not any(hours and now < hours.opens < promised for hours in nearby)
