"""The rules of a simulated day's visitors."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from statistics import mean, pstdev

import pytest

from services.world.catalogue import Branch, Service
from services.world.visitors import Comes, Visitor, minutes_at_window, of_day
from tests.unit.world.builders import MONDAY, SATURDAY, SUNDAY, a_branch, a_service


def visitors(
    branch: Branch, day: date = MONDAY, seed: int = 1, offered: tuple[Service, ...] | None = None
) -> tuple[Visitor, ...]:
    return of_day(branch, offered or (a_service("A01"), a_service("D01")), day, Random(seed))


def test_one_seed_is_one_day() -> None:
    """The same seed brings the same people; another seed brings others."""
    branch = a_branch()
    assert visitors(branch, seed=7) == visitors(branch, seed=7)
    assert visitors(branch, seed=7) != visitors(branch, seed=8)


def test_nobody_comes_on_a_day_off() -> None:
    """A day without opening hours has no visitors."""
    assert visitors(a_branch(), SUNDAY) == ()


@pytest.mark.parametrize("day", [MONDAY, SATURDAY])
def test_nobody_comes_when_no_tickets_are_given(day: date) -> None:
    """Everybody comes between the opening and the last ticket, in order."""
    branch = a_branch(daily_visitors=2000, last_ticket_minutes_before_close=20)
    hours = branch.opening(day)
    assert hours is not None
    moments = [visitor.arrives for visitor in visitors(branch, day)]
    assert hours[0] < moments[0]
    assert moments[-1] < hours[1] - timedelta(minutes=20)
    assert moments == sorted(moments)


def test_a_busy_weekday_brings_more() -> None:
    """The number of visitors follows the weight of the weekday."""
    branch = a_branch(daily_visitors=2000)
    assert len(visitors(branch, MONDAY)) == pytest.approx(2000 * 1.10, rel=0.08)
    assert len(visitors(branch, SATURDAY)) == pytest.approx(2000 * 0.60, rel=0.08)


def test_the_hours_have_their_shares() -> None:
    """Arrivals follow the profile, save the crowd at the door."""
    branch = a_branch(daily_visitors=20_000, arrival_profile={8: 20, 9: 50, 10: 30})
    hours = Counter(visitor.arrives.hour for visitor in visitors(branch))
    total = hours.total()
    assert hours[8] / total == pytest.approx(0.03 + 0.97 * 0.20, abs=0.01)
    assert hours[9] / total == pytest.approx(0.97 * 0.50, abs=0.01)
    assert hours[10] / total == pytest.approx(0.97 * 0.30, abs=0.01)


def test_a_crowd_stands_at_the_door() -> None:
    """In the first five minutes comes much more than their share of the hour."""
    branch = a_branch(daily_visitors=5000)
    people = visitors(branch)
    opens = branch.opening(MONDAY)
    assert opens is not None
    early = sum(visitor.arrives < opens[0] + timedelta(minutes=5) for visitor in people)
    assert 0.03 <= early / len(people) <= 0.05


def test_categories_have_their_shares() -> None:
    """The mix of categories is the branch's, whatever their numbers of services."""
    offered = (a_service("A01"), a_service("D01"), a_service("D02"), a_service("D03"))
    branch = a_branch(daily_visitors=10_000, category_mix_pct={"A": 70, "D": 30})
    wanted = Counter(visitor.service[0] for visitor in visitors(branch, offered=offered))
    assert wanted["A"] / wanted.total() == pytest.approx(0.70, abs=0.02)


def test_the_first_services_of_a_category_are_wanted_most() -> None:
    """Inside a category the choice is skewed, and every service is chosen by somebody."""
    offered = tuple(a_service(f"A{number:02}") for number in range(1, 6))
    branch = a_branch(daily_visitors=5000, category_mix_pct={"A": 100})
    wanted = Counter(visitor.service for visitor in visitors(branch, offered=offered))
    assert [service for service, _ in wanted.most_common()] == [one.code for one in offered]


def test_a_category_without_services_is_passed_over() -> None:
    """Nobody asks for what the branch does not offer."""
    branch = a_branch(category_mix_pct={"A": 50, "X": 50})
    assert {one.service for one in visitors(branch, offered=(a_service("A01"),))} == {"A01"}


def test_visits_have_the_mean_and_the_spread_of_their_service() -> None:
    """Long visits average the service's minutes with half of that as deviation."""
    dice = Random(1)
    drawn = [minutes_at_window(20, dice) / timedelta(minutes=1) for _ in range(20_000)]
    whole = [minutes for minutes in drawn if minutes > 2]
    assert mean(whole) == pytest.approx(20, rel=0.03)
    assert pstdev(whole) / mean(whole) == pytest.approx(0.5, abs=0.03)
    assert 1 - len(whole) / len(drawn) == pytest.approx(0.05, abs=0.01)


def test_few_do_not_come_and_few_do_not_hear() -> None:
    """One in twenty never comes; fewer come only when called again; fewest give up."""
    people = visitors(a_branch(daily_visitors=10_000))
    comes = Counter(visitor.comes for visitor in people)
    assert comes[Comes.NEVER] / len(people) == pytest.approx(0.05, abs=0.01)
    assert comes[Comes.AT_THE_RECALL] / len(people) == pytest.approx(0.04, abs=0.01)
    patient = sum(visitor.patience is None for visitor in people)
    assert 1 - patient / len(people) == pytest.approx(0.02, abs=0.01)


def test_phones_are_invented_and_nobody_shares_one() -> None:
    """Two in five leave a number of the range that is nobody's, each another one."""
    people = visitors(a_branch(daily_visitors=5000))
    phones = [visitor.phone for visitor in people if visitor.phone]
    assert len(phones) / len(people) == pytest.approx(0.40, abs=0.03)
    assert all(phone.startswith("+7900000") and len(phone) == 12 for phone in phones)
    assert len(set(phones)) == len(phones)


def test_a_very_large_branch_runs_out_of_phones_not_of_visitors() -> None:
    """More visitors than invented numbers: the rest leave none."""
    people = visitors(a_branch(daily_visitors=30_000))
    assert len(people) > 30_000
    assert sum(visitor.phone is not None for visitor in people) < 10_000
