"""Who works when, as a catalogue file says it."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
import yaml

from services.embedded.data import EXAMPLE
from services.ticketing.domain.catalogue import Operator, Shift
from services.ticketing.domain.catalogue_file import read_catalogue
from services.ticketing.domain.errors import CatalogueInvalid
from services.ticketing.domain.published import published
from services.ticketing.domain.reading import Problem
from services.world import catalogue as world
from services.world.shifts import of_day
from tests.unit.ticketing.builders import MONDAY, a_branch, a_branch_file, a_file

SHIFTS = {
    "day": {"start": "09:00", "end": "18:00", "break_minutes": 60},
    "late": {"start": "11:00", "end": "20:00"},
}
FULL = Shift(time(9), time(18), time(13), 60)


def file_of(**changes: Any) -> dict[str, Any]:
    """BR-T, where T01 works by day and rests at one."""
    first, second = a_branch_file()["operators"]
    working = first | {"shift": "day", "break_at": "13:00"}
    return a_branch_file(**{"shifts": SHIFTS, "operators": [working, second]} | changes)


def read(**changes: Any) -> Operator:
    """The first operator."""
    return read_catalogue(a_file(branches=[file_of(**changes)])).branches[0].operators[0]


def with_first(**changes: Any) -> list[dict[str, Any]]:
    first, second = file_of()["operators"]
    return [first | changes, second]


def faults(**changes: Any) -> list[Problem]:
    with pytest.raises(CatalogueInvalid) as caught:
        read(**changes)
    return list(caught.value.errors)


def test_a_shift_is_told_for_each_weekday():
    """Clipped by the opening hours: on Saturday till two, and nobody works on Sunday."""
    assert [*read().shifts] == [*[FULL] * 5, Shift(time(9), time(14), time(13), 60), None]


@pytest.mark.parametrize(
    ("hours", "shift"),
    [
        ("12:00-15:00", Shift(time(12), time(15), time(13), 60)),
        ("09:00-13:30", Shift(time(9), time(13, 30))),
        ("13:30-18:00", Shift(time(13, 30), time(18))),
    ],
)
def test_a_break_that_does_not_fit_is_not_taken(hours, shift):
    """Whole within what is left of the shift on a short day, or not at all."""
    short = file_of()["opening_hours"] | {"sat": hours}
    assert read(opening_hours=short).shifts[5] == shift


def test_an_exception_holds_on_its_weekday():
    """A late shift begins at eleven and knows no break."""
    shifts = read(weekday_shift_overrides={"thu": {"T01": "late"}}).shifts
    assert shifts[3] == Shift(time(11), time(18))
    assert shifts[2] == shifts[4] == FULL


def test_a_shift_outside_the_opening_hours_is_a_day_off():
    hours = file_of()["opening_hours"] | {"sat": "09:00-11:00"}
    late = {"sat": {"T01": "late"}}
    assert read(opening_hours=hours, weekday_shift_overrides=late).shifts[5] is None


def test_without_a_shift_nobody_knows():
    """A file of before, or somebody who comes when needed."""
    assert a_branch().operators[0].shifts == ()
    assert read(operators=with_first(shift=None, break_at=None)).shifts == ()
    assert read_catalogue(a_file(branches=[file_of()])).branches[0].operators[1].shifts == ()


def test_the_others_are_told_of_shifts():
    """As they were read."""
    told = published(read_catalogue(a_file(branches=[file_of()])).branches[0]).operators
    assert told[1].shifts == ()
    (monday, *_, sunday) = told[0].shifts
    assert sunday is None
    assert monday is not None
    assert (monday.starts, monday.ends) == (time(9), time(18))
    assert (monday.break_at, monday.break_minutes) == (time(13), 60)


def test_the_example_branches_work_as_the_simulated_ones():
    """What ticketing publishes is what the invented world lives by, on every weekday."""
    invented = world.read(EXAMPLE)
    for branch in read_catalogue(yaml.safe_load(EXAMPLE.read_text("utf-8"))).branches:
        for weekday in range(7):
            told = {
                operator.operator: shift
                for operator in branch.operators
                if (shift := operator.shifts[weekday])
            }
            day = MONDAY + timedelta(days=weekday)
            assert told == lived(invented.branch(branch.code), day)


def lived(branch: world.Branch, day: date) -> dict[str, Shift]:
    minute = timedelta(minutes=1)
    return {
        shift.operator: Shift(
            shift.starts.time(),
            shift.ends.time(),
            shift.rest.starts.time() if shift.rest else None,
            shift.rest.length // minute if shift.rest else 0,
        )
        for shift in of_day(branch, day)
    }


@pytest.mark.parametrize(
    ("changes", "key", "error", "mend"),
    [
        ({"shifts": None}, "shifts", "not a set of named fields", "name: value"),
        ({"shifts": SHIFTS | {"day": {"end": "18:00"}}}, "shifts.day.start", "missing", "09:00"),
        (
            {"shifts": SHIFTS | {"day": {"start": 540, "end": "18:00"}}},
            "shifts.day.start",
            "is 540, not a text",
            "quotes",
        ),
        (
            {"shifts": SHIFTS | {"day": {"start": "9am", "end": "18:00"}}},
            "shifts.day.start",
            "'9am', no time of day",
            "09:00",
        ),
        (
            {"shifts": SHIFTS | {"x": {"start": "18:00", "end": "09:00"}}},
            "shifts.x",
            "ends before it begins",
            "later",
        ),
        (
            {"shifts": SHIFTS | {"x": {"start": "09:00", "end": "18:00", "break_minutes": 600}}},
            "shifts.x.break_minutes",
            "is 600",
            "from 0 to 180",
        ),
        ({"shifts": SHIFTS | {7: {}}}, "shifts.7", "no text", "quotes"),
        ({"operators": with_first(shift="dai")}, "operators[0].shift", "no shift 'dai'", "day?"),
        (
            {"operators": with_first(break_at="17:30")},
            "operators[0].break_at",
            "no hour for a break of 60 minutes",
            "09:00-18:00",
        ),
        (
            {"operators": with_first(shift=None)},
            "operators[0].break_at",
            "a break without a shift",
            "give the operator a shift",
        ),
        (
            {"weekday_shift_overrides": {"thursday": {"T01": "late"}}},
            "weekday_shift_overrides.thursday",
            "no weekday",
            "mon, tue",
        ),
        (
            {"weekday_shift_overrides": {"thu": {"T09": "late"}}},
            "weekday_shift_overrides.thu.T09",
            "no such operator",
            "the branch's operators",
        ),
        (
            {"weekday_shift_overrides": {"thu": {"T01": "early"}}},
            "weekday_shift_overrides.thu.T01",
            "no shift 'early'",
            "day",
        ),
    ],
)
def test_a_shift_that_is_none_is_a_fault(changes, key, error, mend):
    """With its place and its mend."""
    found = {fault.key: fault for fault in faults(**changes)}
    fault = found[f"branches[0].{key}"]
    assert error in fault.error
    assert mend in fault.mend


def test_an_unquoted_hour_is_found():
    """YAML reads 13:00 as a number, silently."""
    assert yaml.safe_load("13:00") == 780
    (fault,) = faults(operators=with_first(break_at=780))
    assert (fault.key, fault.error) == ("branches[0].operators[0].break_at", "is 780, not a text")


def test_misspelt_shifts_are_found():
    """They are optional; a slip in the name must not be passed over in silence."""
    (fault,) = faults(weekday_shift_override={"thu": {}})
    assert fault.mend == "did you mean weekday_shift_overrides?"
