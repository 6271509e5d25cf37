"""What counts as growing: the judge of `make life` must be able to say no."""

from __future__ import annotations

import random

import pytest

from tests.life.flat import Course, courses

DAYS = 26


def course(*figures: float, name: str = "memory notify") -> Course:
    (only,) = courses([{name: figure} for figure in figures])
    return only


def test_what_fills_up_first_and_then_stays_is_flat():
    assert not course(*[60, 70, 75, 78, 79] + [80] * (DAYS - 5)).grows


@pytest.mark.parametrize(
    "name", ["memory notify", "files kafka", "keys a", "bytes a", "store data"]
)
def test_what_grows_by_the_same_every_day_grows(name: str):
    assert course(*range(100, 100 + 10 * DAYS, 10), name=name).grows


def test_a_leak_of_a_megabyte_a_day_is_seen_under_a_hundred():
    noise = random.Random(1)
    assert course(*[100 + 1.6 * n + noise.uniform(-4, 4) for n in range(DAYS)]).grows


def test_a_key_for_every_day_that_stays_is_seen():
    """Three a day are few, and never stop."""
    assert course(*[3 * n for n in range(DAYS)], name="keys of a day").grows


def test_days_that_differ_are_hardly_ever_called_growth():
    noise = random.Random(1)
    named = [
        course(*[noise.uniform(800, 1200) for _ in range(DAYS)], name="keys of tickets").grows
        for _ in range(200)
    ]
    assert sum(named) <= 4


def test_a_kind_of_key_that_comes_late_and_stays_grows():
    """Absent is none."""
    days = [{}] * 17 + [{"keys new": 50.0}] * 9
    assert [one.name for one in courses(days) if one.grows] == ["keys new"]


def test_what_a_disk_holds_is_shown_and_not_judged():
    """Kafka keeps thirty days: it grows for as long, and then no more."""
    kept = course(*range(DAYS), name="disk kafka")
    assert (kept.judged, kept.grows) == (False, False)
    assert kept.thirds[2] > kept.thirds[0]
