"""What is made of the figures: costs of a visit, and whether a run was as a hall needs it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench.tables import Spread
from tests.region.catalogue import Asked
from tests.region.costs import SERVERS, Cost, costs, holds
from tests.region.run import Plan, Run

WELL = Spread(10, 20, 30, 40)


def a_run(visits: int, cpu: float) -> Run:
    """A hundred seconds, in which each process used *cpu* seconds."""
    return Run(
        plan=Plan(Asked(), 100, 1),
        seconds=100,
        commands={"issue": (visits, WELL), "next": (visits, WELL), "finish": (visits, WELL)},
        board=WELL,
        never=0,
        cpu=dict.fromkeys((*SERVERS, "load"), cpu),
        memory={},
        outbox=0.1,
        lag=0,
        kafka={},
        store_memory=0,
        store_log=0,
        refused={},
        errors={},
        retries=0,
        pages=0,
        late=WELL,
        tickets=visits,
        faults=(),
    )


def test_a_line_tells_what_stands_from_what_a_visit_adds():
    """20 % of a core with nobody there and 10 ms a visit: seen at one and at five a second."""
    found = costs([a_run(100, 21), a_run(500, 25)])
    assert found["dispatch"] == Cost(pytest.approx(0.2), pytest.approx(10))


def test_one_run_has_no_line():
    """All of it is put down to the visits."""
    assert costs([a_run(100, 21)])["kafka"] == Cost(0, pytest.approx(210))


@pytest.mark.parametrize(
    "wrong",
    [
        {"faults": ("R01: waiting: ticketing 1, dispatch 0, notify 1",)},
        {"errors": {"next: 503": 1}},
        {"never": 1},
        {"board": Spread(10, 20, 1001, 2000)},
        {"outbox": 5.1},
    ],
)
def test_a_hall_does_not_need_that(wrong: dict[str, object]):
    assert holds(a_run(100, 1))
    assert not holds(replace(a_run(100, 1), **wrong))


def test_who_came_before_and_who_leaves_later_are_half_visits():
    one = a_run(100, 1)
    more_leave = replace(one, commands=one.commands | {"finish": (200, WELL)})
    assert (one.visits, more_leave.visits) == (100, 150)
