"""The compiled order of calling against the one that explains itself."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.values import Standing
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import HELPS, Abilities
from services.dispatch.simulation.day import Day
from services.dispatch.simulation.engine import play
from services.dispatch.simulation.kernel import days_of
from services.dispatch.simulation.measures import Figures, waits
from services.dispatch.simulation.policies import Promises
from tests.unit.dispatch.simulation.builders import MINUTE, drawn

RULES = {
    "default": Rules(),
    "bookings-forward": Rules(booking_lead=30 * MINUTE),
    "half-local": Rules(local_share=2, local_target=2 * MINUTE),
    "quick-help": Rules(help_before=10 * MINUTE),
    "targets": Rules(targets={"A01": 5 * MINUTE, "D01": 25 * MINUTE}),
    "pressure": Rules(pressure=1.5, most_pressure=12 * MINUTE),
}


def busy_days() -> list[Day]:
    """More visitors than the windows can serve well, and a day of a larger branch."""
    return [*drawn("BR-S", load=1.3, count=2), *drawn("BR-D", load=1.1)]


def with_helpers(day: Day) -> Day:
    """Every second operator has half of the skills as help only."""
    desks = []
    for number, desk in enumerate(day.desks):
        skills = sorted(need for need in desk.abilities.levels if not need.startswith("@"))
        helps = dict.fromkeys(skills[::2], HELPS) if number % 2 else {}
        desks.append(replace(desk, abilities=Abilities({**desk.abilities.levels, **helps})))
    return replace(day, desks=tuple(desks))


def patient(day: Day) -> Day:
    """Nobody gives up. The kernel sees only at the next call that somebody has, so until then
    their work presses on the line.
    """
    return replace(day, arrivals=tuple(replace(one, patience=None) for one in day.arrivals))


def with_privileges(day: Day) -> Day:
    """Two of five ordinary visitors have the centre's own privilege."""
    arrivals = [
        replace(one, standing=Standing.LOCAL)
        if number % 5 < 2 and one.standing is Standing.ORDINARY
        else one
        for number, one in enumerate(day.arrivals)
    ]
    return replace(day, arrivals=tuple(arrivals))


def calls(day: Day, rules: Rules) -> list[float]:
    outcomes = play(day, Promises(rules)).outcomes
    called = [outcomes[arrival.ticket].called for arrival in day.arrivals]
    return [(at - day.opens) / MINUTE if at else math.inf for at in called]


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
@pytest.mark.parametrize("change", [patient, with_helpers, with_privileges])
def test_both_call_the_same_people_at_the_same_times(rules: Rules, change):
    """Whatever the rules, on days full of people of every standing."""
    days = map(patient, busy_days()) if rules.pressure else busy_days()
    for day in map(change, days):
        compiled = days_of([day], rules).lived({})
        assert [*compiled[0]] == pytest.approx(calls(day, rules), abs=1e-3)


def test_days_are_lived_apart_from_each_other():
    """Living many at once is living each."""
    days, rules = drawn("BR-S", load=1.3, count=2), Rules()
    together = days_of(days, rules).lived({})
    for number, day in enumerate(days):
        apart = days_of([day], rules).lived({})[0]
        assert [*together[number, : len(apart)]] == [*apart]


def test_both_count_the_same_misses():
    """The planner's score is the table's figure."""
    days, rules = drawn("BR-S", load=1.3, count=2), Rules()
    told = Figures.of([wait for day in days for wait in waits(play(day, Promises(rules)), rules)])
    missed = days_of(days, rules).missed({})
    assert (missed.own_norm, missed.norm) == (told.missed, told.over)


def test_breaks_are_moved_by_the_branch_clock():
    """A plan changes the same calls in both; whose hour is outside the shift rests as before."""
    (day,), rules = drawn("BR-S", load=1.3), Rules()
    plan = {"S01": 13 * 60 + 15.0, "S02": 23 * 60.0}
    hours = {name: (day.opens + timedelta(hours=4, minutes=15)).time() for name in ("S01",)}
    local = {name: at.replace(hour=13, minute=15) for name, at in hours.items()}
    compiled = days_of([day], rules)
    assert [*compiled.lived(plan)[0]] == pytest.approx(
        calls(day.with_breaks(local), rules), abs=1e-3
    )
    assert [*compiled.lived(plan)[0]] != [*compiled.lived({})[0]]
