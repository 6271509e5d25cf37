"""The orders of calling that ours is measured against."""

from __future__ import annotations

import pytest

from contracts.values import Standing
from services.dispatch.domain.routing import take_in
from services.dispatch.domain.rules import Rules
from services.dispatch.simulation.bounds import KnownVisits, all_skills
from services.dispatch.simulation.engine import play
from services.dispatch.simulation.policies import Policy, Promises
from services.dispatch.simulation.rivals import (
    Rank,
    Ranked,
    booked_merged,
    by_arrival,
    by_class,
    by_weight,
    line_weights,
)
from tests.unit.dispatch.simulation.builders import MINUTE, a_day, a_desk, a_visitor, at

RULES = Rules(booking_lead=0 * MINUTE)
FIRST = a_visitor("0", 0)
ORDINARY = a_visitor("1", 1)
BOOKED = a_visitor("2", 2, standing=Standing.BOOKED, slot=at(26))
LOCAL = a_visitor("3", 3, standing=Standing.LOCAL)
STATUTORY = a_visitor("4", 4, standing=Standing.STATUTORY)
ALL = [FIRST, ORDINARY, BOOKED, LOCAL, STATUTORY]


def order(policy: Policy, arrivals: list = ALL, *desks) -> str:
    return "".join(play(a_day(arrivals, *desks), policy).calls)


@pytest.mark.parametrize(
    ("rank", "calls"),
    [
        (by_arrival, "01234"),
        (by_class, "04231"),
        (booked_merged, "04123"),  # only the last two calls are made after the booked hour
        (by_weight({}), "04312"),
    ],
)
def test_a_known_rule_orders_as_its_system_does(rank: Rank, calls: str):
    """The same people, in the order of each of the rules."""
    assert order(Ranked(rank, RULES)) == calls


def test_ours_is_by_promise():
    """The law, the local five minutes, the booked hour, the ordinary fifteen minutes."""
    assert order(Promises(RULES)) == "04312"


def test_ours_has_bookings_sooner_from_their_hour_on():
    """Before it they are ordinary visitors by arrival; from then on as if so much earlier."""
    rules = Rules(booking_lead=30 * MINUTE)
    assert order(Promises(rules)) == "04321"
    early = a_visitor("1", 1, standing=Standing.BOOKED, slot=at(40))
    assert order(Promises(rules), [FIRST, early, a_visitor("2", 2)]) == "012"
    assert order(Promises(RULES), [FIRST, early, a_visitor("2", 2)]) == "021"


def test_who_is_too_late_for_a_booking_is_an_ordinary_visitor_everywhere():
    """No rule gives a class to a booking that is not kept."""
    late = a_visitor("2", 2, standing=Standing.BOOKED, slot=at(-20))
    assert order(Ranked(by_class, RULES), [FIRST, ORDINARY, late]) == "012"


def test_weights_grow_with_the_wait():
    """A light one that has waited long goes before a heavy one that has just come."""
    heavy = a_visitor("3", 10, standing=Standing.STATUTORY)
    assert order(Ranked(by_weight({}), RULES), [FIRST, ORDINARY, heavy]) == "013"


def test_a_line_of_short_matters_weighs_more():
    """As systems with weights for services are set up."""
    short = a_visitor("2", 1, "ISSUE", minutes=5)
    assert line_weights([a_day([ORDINARY, short])]) == {"PASS": 1.5, "ISSUE": 1.5}
    long = a_visitor("2", 1, "REAL", minutes=30)
    weights = line_weights([a_day([ORDINARY, long])])
    assert weights == {"PASS": 1.5, "REAL": 1.0}
    desk = a_desk("O1", "PASS+REAL")
    first = [FIRST, a_visitor("1", 1, "REAL"), a_visitor("2", 1.5)]
    assert order(Ranked(by_weight(weights), RULES), first, desk) == "021"


def test_known_rules_give_a_visitor_to_who_has_waited_longest():
    """Ours gives the visitor to the one with the fewest skills."""
    desks = a_desk("O1", "PASS+REAL"), a_desk("O2", "PASS", starts=at(0.5))
    visitors = [a_visitor("0", 1)]
    theirs = play(a_day(visitors, *desks), Ranked(by_arrival, RULES))
    ours = play(a_day(visitors, *desks), Promises(RULES))
    mixed = play(a_day(visitors, *desks), Ranked(by_arrival, RULES, take_in))
    assert theirs.outcomes["0"].operator == "O1"
    assert ours.outcomes["0"].operator == mixed.outcomes["0"].operator == "O2"


def test_the_bound_knows_the_visits_and_gives_up_on_the_late():
    """The law, then short before long; who can no longer be in time waits for the others."""
    late = a_visitor("1", 0.5)
    long, short = a_visitor("2", 15, visit=20 * MINUTE), a_visitor("3", 16, visit=MINUTE)
    first = a_visitor("0", 0, visit=16 * MINUTE)
    assert order(KnownVisits(RULES), [first, late, long, short]) == "0321"


def test_all_skills_are_those_of_the_day():
    """Everybody is served by whoever is free."""
    day = a_day([a_visitor("0", 0, "REAL"), a_visitor("1", 0, "BIO+PASS")], a_desk("O1"))
    assert {*play(all_skills(day), Promises(RULES)).calls} == {"0", "1"}
    assert play(day, Promises(RULES)).calls == []
