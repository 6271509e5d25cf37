"""What a branch learns of its times."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dispatch.domain.durations import MEMORY, Durations

SHORT = 1.0


def after(durations: Durations, *minutes: float, service: str = "B01", said: float = 10):
    for took in minutes:
        durations = durations.after_visit(service, said, took, SHORT)
    return durations


def test_the_catalogue_is_believed_until_visits_are_seen():
    """A branch that opens today forecasts with the catalogue's minutes."""
    assert Durations().visit("B01", 10).mean == 10


def test_many_visits_outweigh_the_catalogue():
    """After two hundred visits of 16 minutes the mean is near to 16."""
    assert after(Durations(), *[16] * 200).visit("B01", 10).mean == pytest.approx(16, abs=0.7)


def test_one_visit_changes_little():
    """One long visit is no reason to forecast an hour for the next."""
    assert after(Durations(), 60).visit("B01", 10).mean < 13


def test_a_rare_service_follows_the_pace_of_the_branch():
    """Where all takes half as long again, so will what nobody asked for yet."""
    slow = after(Durations(), *[15] * 500)
    assert slow.visit("Y99", 20).mean == pytest.approx(30, abs=2)


def test_a_visit_that_ended_at_once_tells_only_its_share():
    """`No documents` does not make the service quicker."""
    seen = after(Durations(), *[10] * 80, *[0.3] * 20)
    visit = seen.visit("B01", 10)
    assert visit.mean == pytest.approx(10)
    assert visit.short == pytest.approx(0.17, abs=0.02)


def test_old_visits_fade():
    """A change at the windows is known after some weeks, however long the branch has worked."""
    changed = after(after(Durations(), *[20] * 5000), *[10] * int(2 * MEMORY))
    assert changed.visit("B01", 10).mean < 12


@given(st.lists(st.floats(1, 60), min_size=1, max_size=30))
def test_the_mean_lies_between_what_was_said_and_seen(minutes: list[float]):
    """Nothing that was seen makes the mean leave the range of all that is known."""
    mean = after(Durations(), *minutes).visit("B01", 10).mean
    assert min([10, *minutes]) - 1e-9 <= mean <= max([10, *minutes]) + 1e-9


def test_even_visits_have_a_narrow_spread_and_wild_ones_a_wide_one():
    """The width of the range is learned too."""
    even = after(Durations(), *[10] * 200).visit("B01", 10).spread
    wild = after(Durations(), *[3, 25] * 100).visit("B01", 10).spread
    assert even < 0.25
    assert wild > 0.6


def test_habits_are_learned():
    """How long people walk, how often nobody comes, and how long tidying takes."""
    seen = Durations()
    for number in range(200):
        seen = seen.after_call(came=number % 4 > 0, took=1.0).after_tidying(3.0)
    assert seen.habits.no_show == pytest.approx(0.23, abs=0.02)
    assert seen.habits.walk == pytest.approx(0.95, abs=0.06)
    assert seen.habits.tidying == pytest.approx(2.9, abs=0.1)


def test_what_was_learned_can_be_stored():
    """As text and back, nothing is lost."""
    seen = after(Durations(), 12, 0.5, 30).after_call(came=False, took=1).after_tidying(1)
    assert Durations.of_stored(json.loads(json.dumps(seen.as_stored()))) == seen
