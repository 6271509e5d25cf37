"""Which breaks a plan may hold, and what somebody is told who asks for one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.dispatch.domain.breaks import (
    Breach,
    Granted,
    Limits,
    OnShift,
    PutOff,
    Reason,
    Request,
    Rest,
    Trial,
    answer,
    breaches,
)

NINE = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(hours: float) -> datetime:
    """So many hours after nine."""
    return NINE + hours * HOUR


def on_shift(operator: str, *skills: str, starts: float = 0, ends: float = 9) -> OnShift:
    return OnShift(operator, frozenset(skills or ("PASS",)), at(starts), at(ends))


def rests(**starts: float) -> dict[str, Rest]:
    return {operator: Rest(at(start), HOUR) for operator, start in starts.items()}


def limits(**other) -> Limits:
    return Limits(**({"earliest": at(2), "latest": at(6)} | other))


THREE = [on_shift("A"), on_shift("B"), on_shift("C")]


def found(plan: dict[str, Rest], shift: list[OnShift] = THREE, **other) -> list[Breach]:
    return [*breaches(plan, shift, limits(**other))]


@pytest.mark.parametrize(
    ("start", "reason"), [(1.9, Reason.TOO_EARLY), (2, None), (6, None), (6.1, Reason.TOO_LATE)]
)
def test_a_break_begins_within_the_centre_s_hours(start: float, reason: Reason | None):
    """Both ends belong to them."""
    assert found(rests(A=start)) == ([Breach("A", reason)] if reason else [])


@pytest.mark.parametrize(("start", "allowed"), [(2.4, False), (2.5, True), (4, True), (4.1, False)])
def test_a_break_keeps_apart_from_the_ends_of_the_shift(start: float, allowed: bool):
    """Half an hour of work before it and two after it, here from 11:00 to 16:00."""
    shift = [on_shift("A", starts=1.5, ends=6), *THREE[1:]]
    wrong = [] if allowed else [Breach("A", Reason.NEAR_SHIFT_EDGE)]
    assert found(rests(A=start), shift) == wrong


def test_so_many_rest_at_once():
    """A break that ends as another begins is not at once with it."""
    assert found(rests(A=3, B=4), at_once=1) == []
    assert {b.operator for b in found(rests(A=3, B=3.5), at_once=1)} == {"A", "B"}


def test_somebody_with_each_skill_stays():
    """Who else has it must not rest meanwhile."""
    shift = [on_shift("A", "BIO"), on_shift("B", "BIO", "PASS"), on_shift("C", "PASS")]
    assert found(rests(A=3, B=4), shift) == []
    assert found(rests(A=3, B=3.5), shift)[0] == Breach("A", Reason.SKILL_STAYS, "BIO")


def test_the_only_one_with_a_skill_may_rest():
    """Everybody has a right to it."""
    assert found(rests(A=3), [on_shift("A", "BIO"), on_shift("B")]) == []


def test_a_centre_may_ask_that_two_stay():
    """Of three with the skill, one rests at a time."""
    assert found(rests(A=3, B=3)) == []
    assert found(rests(A=3, B=3), staying={"PASS": 2})[0].reason is Reason.SKILL_STAYS


def test_who_goes_home_in_the_middle_of_a_break_does_not_stay():
    """B rests from 12:00 to 13:00; the other with the skill leaves at 12:30, C is back at 13:00."""
    shift = [on_shift("A", ends=3.5), on_shift("B"), on_shift("C")]
    assert found(rests(B=3, C=3), shift) != []
    assert found(rests(B=3, C=4), shift) == []


HOURS = st.integers(8, 24).map(lambda quarter: quarter / 4)
STAFF = st.lists(
    st.tuples(st.sets(st.sampled_from(["PASS", "REAL", "BIO"]), min_size=1), HOURS),
    min_size=1,
    max_size=7,
)


@given(STAFF)
@settings(deadline=None)
def test_a_plan_without_a_breach_leaves_no_skill_alone(staff: list[tuple[set[str], float]]):
    """Looked at every five minutes of the day."""
    shift = [on_shift(f"O{n}", *sorted(skills)) for n, (skills, _) in enumerate(staff)]
    plan = rests(**{f"O{n}": start for n, (_, start) in enumerate(staff)})
    if found(plan, shift):
        return
    for minute in range(0, 9 * 60, 5):
        now = at(minute / 60)
        away = {who for who, rest in plan.items() if rest.starts <= now < rest.ends}
        for skill in {skill for one in shift for skill in one.skills}:
            holders = {one.operator for one in shift if skill in one.skills}
            assert len(holders) == 1 or holders - away


def ask(hours: float, plan: dict[str, Rest] | None = None, trials=(), **other):
    request = Request("A", at(hours), HOUR)
    return answer(request, plan or {}, THREE, limits(**other), trials)


def test_a_break_is_granted_if_nothing_speaks_against_it():
    """It may begin now, and ends when its length is over."""
    assert ask(3) == Granted(at(4))


def test_who_asks_too_early_is_told_the_hour():
    """The first one that the centre allows."""
    assert ask(1.1) == PutOff(at(2), Reason.TOO_EARLY)


def test_who_asks_too_late_is_told_so():
    """No hour of this shift is left."""
    assert ask(7) == PutOff(None, Reason.TOO_LATE)


def test_while_the_others_rest_it_is_put_off_until_they_are_back():
    """With the first hour at which enough are at work."""
    assert ask(3.1, rests(B=3), at_once=1) == PutOff(at(4), Reason.TOO_MANY_REST)


def test_the_skill_that_would_be_missed_is_told():
    """The shift head may lend it."""
    assert ask(3.1, rests(B=3, C=3)) == PutOff(at(4), Reason.SKILL_STAYS, "PASS")


def test_if_promises_would_break_it_is_put_off_until_they_would_not():
    """What the forecast says of each hour decides; between two hours, the earlier one."""
    trials = [Trial(at(3), 2.5), Trial(at(3.5), 0.6), Trial(at(4.25), 0.4)]
    assert ask(3, trials=trials) == PutOff(at(4.25), Reason.LINES_SUFFER)
    assert ask(4.5, trials=trials) == Granted(at(5.5))


@given(
    st.floats(0, 9).map(lambda hour: round(hour, 2)),
    st.dictionaries(st.sampled_from("BC"), HOURS),
    st.lists(st.tuples(HOURS, st.floats(0, 2)), max_size=4),
)
@settings(deadline=None)
def test_the_hour_that_is_offered_is_granted_when_it_comes(hour, others, tried):
    """Nobody is put off twice while nothing changes."""
    plan = rests(**others)
    trials = [Trial(at(start), broken) for start, broken in tried]
    told = ask(hour, plan, trials)
    if isinstance(told, PutOff) and told.until is not None:
        later = (told.until - NINE) / HOUR
        assert ask(later, plan, trials) == Granted(told.until + HOUR)
