"""What is measured of a lived day."""

from __future__ import annotations

import pytest

from contracts.values import Standing
from services.dispatch.domain.rules import Rules
from services.dispatch.simulation.engine import play
from services.dispatch.simulation.measures import Figures, Wait, by, norm_of, overtaken, waits
from services.dispatch.simulation.policies import Promises
from services.dispatch.simulation.rivals import Ranked, by_arrival
from tests.unit.dispatch.simulation.builders import MINUTE, a_day, a_desk, a_visitor, at

RULES = Rules()


def a_wait(minutes: float, *, missed: bool = False, **other: object) -> Wait:
    values = {"standing": Standing.ORDINARY, "line": "PASS", "hour": 9, "overtaken": 0}
    return Wait(**(values | other), minutes=minutes, over=minutes > 15, missed=missed)


@pytest.mark.parametrize(
    ("standing", "slot", "norm"),
    [
        (Standing.STATUTORY, None, 15),
        (Standing.BOOKED, 20, 25),
        (Standing.BOOKED, 5, 15),
        (Standing.BOOKED, -5, 25),
        (Standing.LOCAL, None, 15),
        (Standing.ORDINARY, None, 25),
    ],
)
def test_everybody_has_a_norm_of_their_own(standing: Standing, slot: float | None, norm: float):
    """The law: 5 minutes; a booking: 5 from its hour, or from a late arrival; who is too late for
    it or has none: the target of the rules.
    """
    booked = None if slot is None else at(slot)
    visitor = a_visitor("1", 10, standing=standing, slot=booked)
    assert norm_of(visitor, RULES) == at(norm)


def test_only_who_was_served_has_waited():
    """Who stayed away, gave up or was turned away is not in the averages."""
    arrivals = [
        a_visitor("1", 0),
        a_visitor("2", 1, comes=False),
        a_visitor("3", 1, patience=MINUTE),
        a_visitor("4", 1, "REAL"),
        a_visitor("5", 2),
    ]
    found = waits(play(a_day(arrivals), Promises(RULES)), RULES)
    assert [wait.minutes for wait in found] == [0, 9]


def test_who_was_never_called_has_waited_to_the_end():
    """A forgotten visitor makes the figures worse, not better."""
    long = a_visitor("1", 530, visit=200 * MINUTE)
    record = play(a_day([long, a_visitor("2", 535)]), Promises(RULES))
    last = waits(record, RULES)[-1]
    assert (last.minutes, last.over, last.missed) == (65, True, True)


def test_an_overtaking_is_a_later_one_called_to_a_window_that_could_serve_both():
    """By another desk, by law, or among people for other skills: nobody is overtaken."""
    arrivals = [
        a_visitor("0", 0),
        a_visitor("1", 1),
        a_visitor("2", 1.5, "REAL"),
        a_visitor("3", 2, standing=Standing.BOOKED, slot=at(2)),
        a_visitor("4", 3, standing=Standing.STATUTORY),
    ]
    record = play(a_day(arrivals, a_desk("O1"), a_desk("O2", "REAL", starts=at(60))), _ours())
    assert record.calls == ["0", "4", "3", "1", "2"]
    assert overtaken(record) == {"1": 1}


def _ours() -> Promises:
    return Promises(RULES)


def test_nobody_is_overtaken_at_one_window_by_arrival():
    """First come, first served."""
    arrivals = [a_visitor(f"{n:02}", n) for n in range(20)]
    record = play(a_day(arrivals), Ranked(by_arrival, RULES))
    assert not overtaken(record)


def test_figures_are_of_all_visitors():
    """Shares are of the visitors that are measured; quantiles are waits that occurred."""
    some = [a_wait(n, missed=n > 17) for n in range(1, 21)]
    figures = Figures.of([*some, a_wait(60, missed=True, overtaken=2)])
    assert (figures.visitors, figures.longest) == (21, 60)
    assert (figures.p90, figures.p95) == (19, 20)
    assert figures.mean == pytest.approx((210 + 60) / 21)
    assert figures.over == pytest.approx(6 / 21)
    assert figures.missed == pytest.approx(4 / 21)
    assert figures.overtaken == pytest.approx(1 / 21)


def test_groups_are_measured_apart():
    """A line's figures know nothing of the others."""
    found = by([a_wait(1), a_wait(3), a_wait(50, line="REAL")], lambda wait: wait.line)
    assert {line: one.mean for line, one in found.items()} == {"PASS": 2, "REAL": 50}
