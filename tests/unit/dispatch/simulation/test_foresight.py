"""How good forecasts are on simulated days."""

from __future__ import annotations

from functools import cache
from random import Random

import numpy as np
import pytest

from contracts.values import Standing
from services.dispatch.domain.accuracy import Accuracy
from services.dispatch.domain.durations import Durations
from services.dispatch.domain.rules import Rules
from services.dispatch.simulation.engine import play
from services.dispatch.simulation.foresight import Foresight, rates, with_no_shows
from services.dispatch.simulation.policies import Promises
from tests.unit.dispatch.simulation.builders import a_day, a_desk, a_visitor, at, drawn

RULES = Rules()


@cache
def judged(count: int = 8) -> Foresight:
    """The watch of the last of some days of BR-S; it knows the score of all."""
    expected = rates(drawn("BR-S", seed=9, count=20))
    watch, durations, accuracy = None, Durations(), Accuracy()
    for number, day in enumerate(drawn("BR-S", seed=4, count=count)):
        booked = with_no_shows(day, 0.15, Random(number))
        dice = np.random.default_rng(number)
        watch = Foresight(day, RULES, expected, 0.15, durations, accuracy, dice, booked)
        play(day, Promises(RULES), watch)
        durations, accuracy = watch.durations, watch.accuracy
    assert watch is not None
    return watch


def test_it_errs_less_than_the_rules_of_thumb():
    """At most 0.7 of the root mean square of the better one."""
    score = judged().accuracy
    assert score.count > 100
    rivals = score.ahead.root_mean_square, score.last.root_mean_square
    assert score.ours.root_mean_square <= 0.7 * min(rivals)


def test_about_four_of_five_calls_fall_into_the_range():
    """80 %, as it is meant; some hundred calls tell no more than this."""
    assert 0.73 <= judged().accuracy.share_inside <= 0.87


def test_it_learns_as_the_days_go_by():
    """Here tidying takes one to two minutes, and one of twenty does not come."""
    habits = judged().durations.habits
    assert habits.tidying == pytest.approx(1.5, abs=0.05)
    assert 0.03 < habits.no_show < 0.08


def test_who_is_called_at_once_is_not_forecast():
    """There is nothing to say, and it would flatter the score."""
    day = a_day([a_visitor("1", 5), a_visitor("2", 6)], a_desk("O1"))
    watch = Foresight(day, RULES, {}, 0, Durations(), Accuracy(), np.random.default_rng(1))
    play(day, Promises(RULES), watch)
    assert watch.accuracy.count == 1


def test_those_who_booked_and_will_not_come_are_expected_too():
    """Nobody knows beforehand who that is."""
    booked = [a_visitor(str(n), n, standing=Standing.BOOKED, slot=at(n)) for n in range(300)]
    day = a_day([*booked, a_visitor("x", 400)])
    expected = with_no_shows(day, 0.25, Random(1))
    assert set(booked) <= set(expected)
    assert len(expected) == pytest.approx(400, abs=30)


def test_rates_are_of_privileged_visitors_by_the_hour():
    """Two days, one statutory visitor in the second hour."""
    day = a_day([a_visitor("1", 70, standing=Standing.STATUTORY), a_visitor("2", 80)])
    assert rates([day, a_day([])]) == {("PASS", Standing.STATUTORY, 1): 0.5}
