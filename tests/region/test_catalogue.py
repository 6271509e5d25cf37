"""The region is the one that was asked for, and Talon takes it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ticketing.domain.catalogue_file import read_catalogue
from services.world.catalogue import Catalogue
from tests.region.catalogue import LEAST, MOST, PEAK, WEEKDAY, Asked, region, sizes
from tests.region.run import HOUR


@given(st.data())
def test_windows_are_shared_out_to_the_last(data: st.DataObject):
    branches = data.draw(st.integers(1, 80))
    windows = data.draw(st.integers(branches * LEAST, branches * MOST))
    found = sizes(branches, windows, Random(data.draw(st.integers())))
    assert (len(found), sum(found)) == (branches, windows)
    assert all(LEAST <= count <= MOST for count in found)


@pytest.mark.parametrize(("branches", "windows"), [(3, 8), (1, 61), (0, 5)])
def test_what_does_not_fit_is_said(branches: int, windows: int):
    with pytest.raises(ValueError, match="do not fit"):
        sizes(branches, windows, Random(1))


def test_a_region_is_whole_and_its_seed_fixes_it():
    """Sixty branches, a thousand windows, each with an operator; ticketing takes the file."""
    made = region(Asked())
    catalogue = read_catalogue(made)
    windows = [len(branch.windows) for branch in catalogue.branches]
    assert (len(windows), sum(windows)) == (60, 1_000)
    assert min(windows) < 6
    assert max(windows) > 40
    assert all(len(b.operators) == len(b.windows) for b in catalogue.branches)
    assert made == region(Asked())
    assert made != region(Asked(seed=2))


@settings(max_examples=3)
@given(st.floats(1, 9))
def test_the_peak_hour_is_as_busy_as_was_asked(visits: float):
    made = Catalogue.model_validate(region(Asked(branches=4, windows=60, visits=visits)))
    for branch in made.branches:
        share = branch.arrival_profile[PEAK] / sum(branch.arrival_profile.values())
        day = branch.daily_visitors * branch.weekday_weights[WEEKDAY] / 100
        assert day * share / len(branch.windows) == pytest.approx(visits, abs=0.1)


def test_somebody_can_serve_each_service_of_a_branch():
    """Else its line would only grow."""
    made = Catalogue.model_validate(region(Asked()))
    for branch in made.branches:
        for service in made.offered(branch):
            assert any(service.skills <= operator.skills for operator in branch.operators)


def test_the_hour_is_one_in_which_all_are_open():
    made = Catalogue.model_validate(region(Asked(branches=20, windows=300)))
    for branch in made.branches:
        opens, closes = branch.opening(HOUR.date())
        assert opens < HOUR < closes
