"""How the pressure of a line is measured."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.dispatch.domain.pressure import head_starts, pressure
from services.dispatch.domain.rules import Rules


def test_a_line_shares_its_work_among_its_windows():
    """Sixty minutes of work for three windows are twenty for each."""
    assert pressure({"PASS": 60}, [{"PASS"}] * 3) == {"PASS": 20}


def test_a_line_feels_what_else_its_windows_have_to_do():
    """But only the mean: a window without other work relieves it."""
    found = pressure({"PASS": 30, "REAL": 40}, [{"PASS", "REAL"}, {"PASS"}])
    assert found == {"PASS": (15 + 40 + 15) / 2, "REAL": 15 + 40}


def test_a_line_without_a_window_or_without_anybody_has_none():
    """No head start helps where nobody serves or waits."""
    assert pressure({"PASS": 0, "REAL": 20}, [{"PASS"}]) == {}


def test_a_head_start_is_a_share_of_the_pressure_and_has_a_limit():
    """So that overtaking stays bounded."""
    rules = Rules(pressure=0.5, most_pressure=timedelta(minutes=10))
    windows = [{"PASS"}, {"REAL"}]
    found = head_starts({"PASS": 12, "REAL": 90}, windows, rules)
    assert found == {"PASS": timedelta(minutes=6), "REAL": timedelta(minutes=10)}


@pytest.mark.parametrize("minutes", [0.0, 500.0])
def test_by_default_no_line_has_a_head_start(minutes: float):
    """It wins too little to be explained."""
    assert head_starts({"PASS": minutes}, [{"PASS"}], Rules()) == {}
