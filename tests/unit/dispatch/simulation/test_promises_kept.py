"""What holds on every day, whoever comes: tried on days of the example branches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.values import Standing
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import MAIN
from services.dispatch.simulation.contenders import contenders, run
from services.dispatch.simulation.day import Day, Desk
from services.dispatch.simulation.engine import play
from services.dispatch.simulation.policies import Policy, Promises
from services.dispatch.simulation.record import End, Outcome, Record
from tests.unit.dispatch.simulation.builders import MINUTE, drawn

PRESSED = Rules(pressure=0.5)
DUE = Rules(pressure=5.0, booking_lead=30 * MINUTE)


def bound(rules: Rules) -> timedelta:
    """An ordinary visitor is not overtaken by anybody who came so much later, save by law."""
    head_start = rules.most_pressure if rules.pressure else 0 * MINUTE
    return rules.target + rules.booking_late + rules.booking_lead + head_start


seeds = st.integers(0, 400)
loads = st.sampled_from([1.0, 1.5, 2.5])
quick = settings(max_examples=12, deadline=None, derandomize=True)


def waited(one: Outcome, record: Record) -> tuple[datetime, datetime]:
    return one.arrival.arrived, one.called or one.left or record.ended


def desks(day: Day) -> dict[str, Desk]:
    return {desk.operator: desk for desk in day.desks}


def calls(record: Record) -> Iterator[tuple[Outcome, datetime, Desk]]:
    """All calls in their order, each with its moment and the desk that made it."""
    by_operator = desks(record.day)
    for ticket in record.calls:
        one = record.outcomes[ticket]
        assert one.called is not None
        assert one.operator is not None
        yield one, one.called, by_operator[one.operator]


def passed_by(record: Record) -> Iterator[tuple[Outcome, Outcome]]:
    """Every pair of a visitor who was called and one who waited, was the desk's own work too,
    and was called later. Left out: who is served after a shift because nobody else can.
    """
    waiting = dict(record.outcomes)
    for one, now, desk in calls(record):
        del waiting[one.arrival.ticket]
        if now >= desk.ends and not desk.to_the_last:
            continue
        for other in waiting.values():
            since, until = waited(other, record)
            if since < now < until and desk.abilities.level(other.arrival.line) == MAIN:
                yield one, other


@quick
@given(seeds, loads)
def test_everybody_has_an_end(seed: int, load: float):
    """Nobody is forgotten: served, missed, gone, or turned away, each once."""
    (day,) = drawn("BR-S", seed, load)
    record = play(day, Promises(PRESSED))
    assert {*record.outcomes} == {arrival.ticket for arrival in day.arrivals}
    called = {t for t, one in record.outcomes.items() if one.end in (End.SERVED, End.NO_SHOW)}
    assert sorted(record.calls) == sorted(called)


@quick
@given(seeds, loads)
def test_nobody_is_at_two_windows_and_no_operator_has_two_visitors(seed: int, load: float):
    """What an operator does never overlaps, and every ticket is called once."""
    record = play(drawn("BR-S", seed, load)[0], Promises(PRESSED))
    for operator in desks(record.day):
        own = sorted((s.starts, s.ends) for s in record.spells if s.operator == operator)
        assert all(before[1] <= after[0] for before, after in pairwise(own))
    assert len(record.calls) == len({*record.calls})


@quick
@given(seeds, loads)
def test_no_window_is_idle_while_somebody_suitable_waits(seed: int, load: float):
    """From the beginning of the shift till the operator goes home, breaks left out."""
    record = play(drawn("BR-S", seed, load)[0], Promises(PRESSED))
    for operator, desk in desks(record.day).items():
        could = [
            waited(one, record)
            for one in record.outcomes.values()
            if one.end is not End.TURNED_AWAY and desk.abilities.level(one.arrival.line) is not None
        ]
        for idle_from, idle_until in idle(record, operator, desk):
            assert not any(max(since, idle_from) < min(until, idle_until) for since, until in could)


def idle(record: Record, operator: str, desk: Desk) -> Iterator[tuple[datetime, datetime]]:
    at = desk.starts
    for spell in sorted(record.spells, key=lambda s: s.starts):
        if spell.operator == operator:
            yield at, spell.starts
            at = spell.ends
    yield at, record.went_home[operator]


@quick
@given(seeds, loads)
def test_the_law_is_never_overtaken(seed: int, load: float):
    """No window calls anybody else while it could call a visitor whom the law puts first."""
    record = play(drawn("BR-S", seed, load)[0], Promises(PRESSED))
    for called, other in passed_by(record):
        first = called.arrival.standing is Standing.STATUTORY
        assert first or other.arrival.standing is not Standing.STATUTORY


@quick
@given(seeds, loads, st.sampled_from([Rules(), PRESSED, DUE]))
def test_overtaking_is_bounded_in_minutes(seed: int, load: float, rules: Rules):
    """Nobody who came more than target + lateness and lead of a booking + most pressure after an
    ordinary visitor is called before, but by law: so nobody waits for ever, whoever comes.
    """
    record = play(drawn("BR-S", seed, load)[0], Promises(rules))
    for called, other in passed_by(record):
        if called.arrival.standing is not Standing.STATUTORY:
            assert called.arrival.arrived - other.arrival.arrived <= bound(rules)


def test_overtaking_comes_near_its_bound():
    """The bound is not merely large: crowded days use more than half of it."""
    longest = max(
        called.arrival.arrived - other.arrival.arrived
        for seed in range(6)
        for called, other in passed_by(play(drawn("BR-S", seed, 2.5)[0], Promises(Rules())))
        if called.arrival.standing is not Standing.STATUTORY
    )
    assert bound(Rules()) / 2 < longest


def test_a_seed_is_a_day_under_every_order():
    """Drawn twice, lived twice: the same calls, so that a comparison can be repeated."""
    again = drawn.__wrapped__("BR-D", 3)
    assert drawn("BR-D", 3) == again
    for contender in contenders(Rules(), again):
        first, second = (play(contender.lives(day), contender.policy) for day in again * 2)
        assert first.calls == second.calls
        assert first.outcomes == second.outcomes


def test_another_seed_is_another_day():
    """Or a hundred days would be one."""
    assert drawn("BR-D", 3)[0].arrivals != drawn("BR-D", 4)[0].arrivals


def test_every_order_serves_the_same_people():
    """What differs is only when: nobody who waits to the end is lost by an order."""
    days = drawn("BR-D", 5, 1.0, 2)
    served = {
        contender.name: sum(len(day) for day in run(contender, days, Rules()))
        for contender in contenders(Rules(), days)
    }
    assert max(served.values()) - min(served.values()) <= 2  # a few give up, if not called soon


def test_better_orders_are_better():
    """Skills for everybody beat any order; ours beats first come, first served."""
    days = drawn("BR-D", 7, 1.0, 6)
    missed = {
        contender.name: sum(wait.missed for day in run(contender, days, Rules()) for wait in day)
        for contender in contenders(Rules(), days)
    }
    assert missed["all-skills"] < missed["known-visits"] < missed["talon"] < missed["fifo"]


def policies() -> list[Policy]:
    return [contender.policy for contender in contenders(Rules(), drawn("BR-S", 1))]


def test_no_order_calls_whom_the_window_cannot_serve():
    """Skills bind every order, not only ours."""
    for policy in policies():
        for called, _, desk in calls(play(drawn("BR-S", 2, 1.5)[0], policy)):
            assert desk.abilities.level(called.arrival.line) is not None
