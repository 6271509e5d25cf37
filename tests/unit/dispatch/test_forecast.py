"""What a forecast says of a hall."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.values import Standing
from services.dispatch.domain.breaks import Rest
from services.dispatch.domain.durations import Habits, Minutes
from services.dispatch.domain.forecast import Forecast, Range, forecast
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import HELPS, Abilities
from services.dispatch.domain.snapshot import (
    Booking,
    OpenWindow,
    Snapshot,
    Stream,
    UnderWay,
    Waiting,
)

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
TEN = Minutes(10, 0.5)
NO_FUSS = Habits(walk=0.0, absence=1.0, tidying=0.01, no_show=0.0)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def minutes(moment: datetime | None) -> float:
    assert moment is not None
    return (moment - NOW) / timedelta(minutes=1)


def waits(
    ticket: str, promise: float, line: str = "PASS", standing: Standing = Standing.ORDINARY
) -> Waiting:
    return Waiting(ticket, line, standing, at(promise), at(promise), TEN)


def a_window(window: str = "1", skill: str = "PASS", level: int = 1, **other) -> OpenWindow:
    values = {"free": NOW, "ends": at(600), "abilities": Abilities({skill: level}), "stays": True}
    return OpenWindow(window, **(values | other))


def a_hall(waiting: list[Waiting], *windows: OpenWindow, **other) -> Snapshot:
    values = {"habits": NO_FUSS} | other
    return Snapshot(NOW, Rules(), tuple(waiting), windows, **values)


def told(snapshot: Snapshot, seed: int = 1, **other) -> Forecast:
    return forecast(snapshot, np.random.default_rng(seed), **other)


def middle(snapshot: Snapshot, ticket: str) -> float:
    return minutes(told(snapshot).tickets[ticket].p50)


def test_who_is_first_at_a_free_window_is_called_now():
    """Nothing about it is uncertain."""
    assert told(a_hall([waits("T1", 5)], a_window())).tickets == {"T1": Range(NOW, NOW, NOW)}


def test_the_second_waits_for_the_first_visit():
    """Half of the visits are over at the median of a log-normal length: mean / √(1 + spread²)."""
    found = told(a_hall([waits("T1", 5), waits("T2", 6)], a_window()), runs=4000).tickets["T2"]
    assert minutes(found.p50) == pytest.approx(10 / 1.25**0.5, rel=0.05)
    assert minutes(found.p10) < minutes(found.p50) < minutes(found.p90)


def test_whom_the_law_puts_first_is_first():
    """Whatever the others were promised."""
    hall = a_hall([waits("T1", 1), waits("T2", 9, standing=Standing.STATUTORY)], a_window())
    assert middle(hall, "T2") == 0 < middle(hall, "T1")


@given(st.lists(st.integers(1, 60), min_size=2, max_size=8, unique=True))
@settings(max_examples=20, deadline=None)
def test_in_a_line_an_earlier_promise_is_called_earlier(promises: list[int]):
    """At one window every run keeps the order of the promises."""
    people = [waits(f"T{n}", promise) for n, promise in enumerate(promises)]
    found = told(a_hall(people, a_window()), runs=20).tickets
    order = sorted(people, key=lambda one: one.promise)
    middles = [found[one.ticket].p50 for one in order]
    assert middles == sorted(middles)


def test_the_same_dice_say_the_same():
    """A forecast can be repeated."""
    hall = a_hall([waits("T1", 5), waits("T2", 6)], a_window())
    assert told(hall, 7) == told(hall, 7) != told(hall, 8)


def test_a_ticket_that_no_window_serves_has_no_forecast():
    """Better silence than an invented hour."""
    hall = a_hall([waits("T1", 5), waits("T2", 6, "REAL")], a_window())
    assert {*told(hall).tickets} == {"T1"}
    closed = told(a_hall([waits("T1", 5)]))
    assert (closed.tickets, closed.broken) == ({}, {"PASS": 1})


def test_a_break_that_is_due_is_waited_for():
    """The break starts when the visit under way is over."""
    rest = Rest(at(1), timedelta(minutes=30))
    hall = a_hall([waits("T1", 5), waits("T2", 6)], a_window(rest=rest))
    assert middle(hall, "T2") > 30 + 5


def test_a_visit_that_lasts_long_already_may_last_long():
    """What is left after 30 minutes of a visit of ten is not less than after five."""
    fresh, long = (
        a_hall([waits("T1", 5)], a_window(visit=UnderWay(at(-since), TEN))) for since in (1, 60)
    )
    assert middle(long, "T1") > middle(fresh, "T1") / 2
    assert minutes(told(long).tickets["T1"].p90) > minutes(told(fresh).tickets["T1"].p90)


def test_what_is_left_of_a_visit_is_drawn_from_those_that_last_so_long():
    """As if all lengths were drawn and the shorter ones thrown away."""
    hall = a_hall([waits("T1", 5)], a_window(visit=UnderWay(at(-8), TEN)))
    found = told(hall, runs=4000).tickets["T1"]
    sigma = np.log(1.25) ** 0.5
    lengths = np.random.default_rng(2).lognormal(np.log(10) - sigma**2 / 2, sigma, 400_000)
    left = np.sort(lengths[lengths > 8]) - 8
    for moment, share in ((found.p10, 0.1), (found.p50, 0.5), (found.p90, 0.9)):
        assert minutes(moment) == pytest.approx(left[int(share * len(left))], rel=0.1, abs=0.15)


def test_who_was_called_may_not_come():
    """Then the window is free after a moment; once the visitor is there, it is not."""
    habits = replace(NO_FUSS, no_show=0.6)
    gone, there = (
        a_hall([waits("T1", 5)], a_window(visit=UnderWay(NOW, TEN, came=came)), habits=habits)
        for came in (False, True)
    )
    assert middle(gone, "T1") == pytest.approx(1, abs=0.01)
    assert middle(there, "T1") > 5


def test_where_few_come_the_line_moves_fast():
    """Most of those ahead cost a moment each, not a visit."""
    people = [waits(f"T{n}", n) for n in range(1, 4)]
    hall = a_hall(people, a_window(), habits=replace(NO_FUSS, no_show=0.9))
    assert middle(hall, "T3") == pytest.approx(2, abs=0.01)


def test_tidying_ends_soon():
    """A window that tidies calls within some minutes, not at once."""
    habits = replace(NO_FUSS, tidying=2.0)
    hall = a_hall([waits("T1", 5)], a_window(tidying=at(-1)), habits=habits)
    found = told(hall).tickets["T1"]
    assert 0 < minutes(found.p10) < minutes(found.p50) < minutes(found.p90) < 5


def test_a_booking_that_is_expected_goes_ahead():
    """Its slot is before the promise of who waits."""
    people = [waits("T1", 10), waits("T2", 30)]
    booking = Booking("PASS", at(2), Minutes(60, 0.1), comes=1.0)
    busy = a_window(free=at(20))
    without, booked = (a_hall(people, busy, bookings=some) for some in ((), (booking,)))
    assert middle(booked, "T1") > middle(without, "T1") + 40


def test_who_may_come_and_overtake_widens_the_range():
    """Visitors whom the law puts first come at any moment."""
    stream = Stream("PASS", Standing.STATUTORY, 6, at(60), TEN)
    busy = a_window(free=at(20))
    alone, beside = (a_hall([waits("T1", 10)], busy, streams=some) for some in ((), (stream,)))
    assert minutes(told(alone).tickets["T1"].p90) == 20
    assert minutes(told(beside).tickets["T1"].p90) > 30


def test_a_new_ticket_is_told_how_long_it_would_wait():
    """Behind all who wait in its line, and without being in anybody's way."""
    people = [waits("T1", 5), waits("T2", 6)]
    asked = told(a_hall(people, a_window(), lines=("PASS", "REAL")))
    assert {*asked.lines} == {"PASS"}
    assert asked.lines["PASS"].p50 > asked.tickets["T2"].p50
    assert asked.tickets == told(a_hall(people, a_window())).tickets


def test_somebody_may_help_out():
    """A window with the skill as help takes over when it has no work of its own."""
    people = [waits("T1", 20), waits("T2", 21)]
    helper = a_window("2", level=HELPS)
    assert middle(a_hall(people, a_window()), "T2") > 5
    assert middle(a_hall(people, a_window(), helper), "T2") == 0


def test_promises_that_will_break_are_counted():
    """One window cannot keep four promises within minutes; a second one keeps more."""
    people = [waits(f"T{n}", 5 + n) for n in range(4)]
    one, two = (
        told(a_hall(people, *windows)).broken
        for windows in ((a_window(),), (a_window(), a_window("2")))
    )
    assert 2 < one["PASS"] <= 3
    assert two["PASS"] < one["PASS"] - 0.5


def test_promises_that_are_broken_already_are_not_counted():
    """Nothing that can be done now keeps them."""
    assert told(a_hall([waits("T1", -5)], a_window(free=at(10)))).broken == {}


@given(
    st.lists(st.sampled_from([*Standing]), min_size=1, max_size=12),
    st.integers(1, 4),
    st.integers(0, 3),
)
@settings(max_examples=25, deadline=None)
def test_a_range_is_in_order_and_not_in_the_past(
    standings: list[Standing], windows: int, pressure: int
):
    """For people of every standing, at any number of windows."""
    people = [waits(f"T{n:02}", n, standing=standing) for n, standing in enumerate(standings)]
    busy = [a_window(str(n), visit=UnderWay(at(-n), TEN)) for n in range(windows)]
    hall = replace(a_hall(people, *busy), rules=Rules(pressure=float(pressure)))
    for found in told(hall, runs=20).tickets.values():
        assert NOW <= found.p10 <= found.p50 <= (found.p90 or found.p50)
