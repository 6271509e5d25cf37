"""How forecasts are judged."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from contracts.values import Standing
from services.dispatch.domain.accuracy import Accuracy, Said, by_people_ahead
from services.dispatch.domain.durations import Habits, Minutes
from services.dispatch.domain.forecast import Range
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import Abilities
from services.dispatch.domain.snapshot import OpenWindow, Snapshot, Waiting

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def said(p10: float = 5, p50: float = 10, p90: float | None = 20, **rivals: float) -> Said:
    lengths = {name: timedelta(minutes=minutes) for name, minutes in rivals.items()}
    found = Range(at(p10), at(p50), None if p90 is None else at(p90))
    return Said(NOW, found, lengths.get("ahead"), lengths.get("last"))


@pytest.mark.parametrize(
    ("came", "inside"), [(4.9, 0), (5, 1), (12, 1), (20, 1), (20.1, 0)], ids=str
)
def test_a_call_is_inside_from_p10_to_p90(came: float, inside: int):
    """Both ends belong to the range."""
    assert Accuracy().after_call(said(), at(came)).inside == inside


def test_a_range_without_an_end_holds_every_later_call():
    """Who said "after 5 minutes" was right at 300."""
    assert Accuracy().after_call(said(p90=None), at(300)).share_inside == 1


def test_errors_are_of_the_middle_and_in_minutes():
    """Two errors, of 3 and of 4 minutes."""
    score = Accuracy().after_call(said(), at(13)).after_call(said(), at(6))
    assert score.ours.mean_absolute == 3.5
    assert score.ours.root_mean_square == pytest.approx(12.5**0.5)


def test_a_rival_is_judged_only_when_it_had_something_to_say():
    """Before the first call of a day nobody has waited yet."""
    score = Accuracy().after_call(said(ahead=8), at(10)).after_call(said(ahead=8, last=30), at(10))
    assert (score.ahead.count, score.ahead.mean_absolute) == (2, 2)
    assert (score.last.count, score.last.mean_absolute) == (1, 20)


def test_nothing_is_known_before_the_first_call():
    """A share of nothing is no share."""
    assert Accuracy().share_inside is None
    assert Accuracy().ours.root_mean_square is None


def test_a_score_can_be_stored():
    """As text and back, nothing is lost."""
    score = Accuracy().after_call(said(ahead=8, last=3), at(11))
    assert Accuracy.of_stored(json.loads(json.dumps(score.as_stored()))) == score


def hall(windows: dict[str, str], *lines: str) -> Snapshot:
    """Tickets T0, T1, … in *lines*; windows with one skill each, all at work."""
    waiting = [
        Waiting(f"T{n}", line, Standing.ORDINARY, at(n), at(n), Minutes(8, 0.5))
        for n, line in enumerate(lines)
    ]
    open_windows = [
        OpenWindow(window, Abilities({skill: 1}), NOW, at(400)) for window, skill in windows.items()
    ]
    habits = Habits(walk=0.5, tidying=1.5)
    return Snapshot(NOW, Rules(), tuple(waiting), tuple(open_windows), habits=habits)


def test_people_ahead_are_those_of_the_own_line():
    """Two ahead, ten minutes each with walk and tidying, two windows."""
    snapshot = hall({"1": "PASS", "2": "PASS", "3": "REAL"}, "PASS", "REAL", "PASS", "PASS")
    assert by_people_ahead(snapshot, "T3") == timedelta(minutes=10)


def test_without_a_window_the_rule_says_nothing():
    """Divided by no windows is no number."""
    assert by_people_ahead(hall({"1": "REAL"}, "PASS"), "T0") is None
