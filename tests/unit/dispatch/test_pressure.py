"""How the pressure of a line is measured."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.dispatch.domain.durations import Durations
from services.dispatch.domain.pressure import head_starts, head_starts_in, pressure
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import Abilities
from services.dispatch.domain.windows import State, Window
from tests.builders import a_branch, a_ticket, at


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


def test_a_hall_is_pressed_by_what_its_visits_take():
    """By what the branch has taught of a service; who is away takes no part of the work."""
    branch, rules = a_branch(), Rules(pressure=0.5, most_pressure=timedelta(hours=1))
    learned = Durations()
    for _ in range(200):
        learned = learned.after_visit("B01", 15, 30, 1)
    waiting = [a_ticket(1), a_ticket(2)]
    states = (State.SERVING, State.FREE, State.PAUSED, State.CLOSED)
    windows = [a_window(str(n), state) for n, state in enumerate(states)]
    first = head_starts_in(branch, waiting, windows, Durations(), rules)["PASS"]
    assert first == timedelta(minutes=0.5 * 2 * 0.98 * 15 / 2)
    assert head_starts_in(branch, waiting, windows, learned, rules)["PASS"] > 1.5 * first
    assert head_starts_in(branch, waiting, windows[:1], Durations(), rules)["PASS"] == 2 * first
    assert head_starts_in(branch, waiting, windows[2:], Durations(), rules) == {}


def a_window(number: str, state: State) -> Window:
    return Window(number, "hall", state, "O1", Abilities({"PASS": 1}), at(0))
