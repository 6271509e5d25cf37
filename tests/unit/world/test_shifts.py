"""The rules of the operators' working day."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from services.world.shifts import Shift, guest, of_day
from tests.unit.world.builders import (
    MONDAY,
    SATURDAY,
    SUNDAY,
    THURSDAY,
    a_branch,
    an_operator,
)


def the_shift(day: date = MONDAY, *, overrides: Any = None, **operator: Any) -> Shift:
    branch = a_branch(
        operators=[an_operator("T01", **operator).model_dump()],
        weekday_shift_overrides=overrides or {},
    )
    (shift,) = of_day(branch, day)
    return shift


def test_a_shift_is_the_catalogues() -> None:
    """An operator sits at their window for the hours of their shift, in the branch's zone."""
    shift = the_shift(shift="early", window=1)
    assert (shift.operator, shift.window) == ("T01", "1")
    assert shift.starts.isoformat() == "2026-11-23T08:00:00+05:00"
    assert shift.ends.isoformat() == "2026-11-23T17:00:00+05:00"


@pytest.mark.parametrize("shift", ["full", "early", "late"])
def test_a_shift_stays_inside_the_opening_hours(shift: str) -> None:
    """A short day shortens the shifts."""
    of_saturday = the_shift(SATURDAY, shift=shift)
    assert time(9) <= of_saturday.starts.time() < of_saturday.ends.time() <= time(17)


def test_nobody_works_on_a_day_off() -> None:
    """A day without opening hours has no shifts."""
    assert of_day(a_branch(), SUNDAY) == ()


def test_who_would_only_work_after_closing_stays_at_home() -> None:
    """A shift with nothing left inside the opening hours is none."""
    branch = a_branch(
        shifts={"full": {"start": "17:00", "end": "21:00"}},
    )
    assert of_day(branch, SATURDAY) == ()


def test_a_weekday_may_move_a_shift() -> None:
    """An override holds on its weekday and on no other."""
    overrides = {"thu": {"T01": "late"}}
    assert the_shift(THURSDAY, overrides=overrides).starts.time() == time(11)
    assert the_shift(MONDAY, overrides=overrides).starts.time() == time(8)


def test_a_break_is_inside_the_shift() -> None:
    """The break starts when the catalogue says and has the shift's length."""
    rest = the_shift(break_at="12:30").rest
    assert rest is not None
    assert rest.starts.time() == time(12, 30)
    assert rest.length == timedelta(minutes=60)


@pytest.mark.parametrize("break_at", ["08:30", "16:30", None])
def test_a_break_that_does_not_fit_is_not_taken(break_at: str | None) -> None:
    """On a short Saturday a break over the edge of the shift falls away."""
    assert the_shift(SATURDAY, break_at=break_at).rest is None


def test_only_the_last_shift_stays_for_the_last_visitor() -> None:
    """Whose shift ends with the branch waits until nobody needs them."""
    assert the_shift(shift="full").to_the_last
    assert not the_shift(shift="early").to_the_last


def test_the_guest_gets_the_window_to_spare_and_whoever_is_missed_least() -> None:
    """The simulation does without the operator whom most others can replace."""
    branch = a_branch(
        windows=[{"number": n, "zone": f"hall-{n}"} for n in (1, 2, 3, 4)],
        operators=[
            an_operator("T01", 1, skills=["ISSUE", "REAL"]).model_dump(),
            an_operator("T02", 2, skills=["ISSUE"]).model_dump(),
            an_operator("T03", 4, skills=["ISSUE", "BIO"]).model_dump(),
        ],
    )
    free = guest(branch)
    assert free is not None
    assert (free.window, free.zone, free.operator) == ("3", "hall-3", "T02")
    assert {shift.operator for shift in of_day(branch, MONDAY, without="T02")} == {"T01", "T03"}


def test_a_branch_without_a_window_to_spare_has_no_guest() -> None:
    """Nobody is taken away from a branch whose windows all work."""
    assert guest(a_branch()) is None
