"""The rules of a whole simulated day."""

from collections import Counter
from random import Random
from typing import Any

import pytest

from contracts.values import Standing
from services.world.catalogue import Catalogue
from services.world.day import Day
from tests.unit.world.builders import MONDAY, SUNDAY, a_branch, a_service, an_operator

WALK_IN_ONLY = a_service("A01")
BOTH = a_service("D01").model_copy(update={"channels": ("walk_in", "appointment")})


def a_day(**branch: Any) -> Day:
    team = [an_operator(f"T{n:02}", n).model_dump() for n in range(30)]
    values = {
        "daily_visitors": 4000,
        "appointment_share_pct": 20,
        "priority_share_pct": 9,
        "operators": team,
    }
    catalogue = Catalogue(services=(WALK_IN_ONLY, BOTH), branches=(a_branch(**(values | branch)),))
    return Day.of(catalogue, catalogue.branches[0], MONDAY, Random(1))


def test_people_come_in_order_with_and_without_an_appointment():
    """As many as the catalogue says in all; who booked is one of them, not one more."""
    day = a_day(appointment_share_pct=5)
    arrivals = [visitor.arrives for visitor in day.visitors]
    assert arrivals == sorted(arrivals)
    assert len(arrivals) == pytest.approx(4400, rel=0.05)
    assert any(visitor.slot for visitor in day.visitors)


def test_only_what_may_be_booked_is_booked():
    """The catalogue names the channels of each service."""
    assert {visitor.service for visitor in a_day().visitors if visitor.slot} == {BOTH.code}


def test_a_privilege_is_mostly_by_law():
    """Two of three; the law holds for who has booked as well, the centre's own rule not."""
    people = a_day().visitors
    standings = Counter(visitor.standing for visitor in people)
    assert standings[Standing.STATUTORY] / len(people) == pytest.approx(0.06, abs=0.01)
    assert standings[Standing.LOCAL] / len(people) == pytest.approx(0.03, abs=0.01)
    booked = Counter(visitor.standing for visitor in people if visitor.slot)
    assert booked[Standing.STATUTORY] > 0
    assert booked[Standing.LOCAL] == booked[Standing.ORDINARY] == 0


def test_a_branch_without_privileges_and_bookings_has_ordinary_visitors():
    """The shares of the catalogue count, not those of this program."""
    day = a_day(appointment_share_pct=0, priority_share_pct=0)
    assert {visitor.standing for visitor in day.visitors} == {Standing.ORDINARY}


def test_a_day_off_cannot_be_planned():
    """Whoever asks for one has made a mistake."""
    catalogue = Catalogue(services=(BOTH,), branches=(a_branch(),))
    with pytest.raises(AssertionError, match="does not open"):
        Day.of(catalogue, catalogue.branches[0], SUNDAY, Random(1))
