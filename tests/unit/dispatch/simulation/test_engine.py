"""What happens in the simulated hall."""

from __future__ import annotations

import pytest

from contracts.values import Standing
from services.dispatch.domain.rules import Rules
from services.dispatch.simulation.engine import play
from services.dispatch.simulation.policies import Promises
from services.dispatch.simulation.record import End, Outcome, Record, Spent
from tests.unit.dispatch.simulation.builders import (
    MINUTE,
    SECOND,
    a_break,
    a_day,
    a_desk,
    a_visitor,
    at,
)

OURS = Promises(Rules())


def lived(arrivals: list, *desks, rules: Rules | None = None) -> Record:
    return play(a_day(arrivals, *desks), Promises(rules) if rules else OURS)


def called(record: Record) -> dict[str, float | None]:
    """Minutes from the opening to each call."""
    return {
        ticket: (one.called - at(0)) / MINUTE if one.called else None
        for ticket, one in record.outcomes.items()
    }


def outcome(record: Record, ticket: str = "1") -> Outcome:
    return record.outcomes[ticket]


def test_who_comes_to_a_ready_window_is_called_at_once():
    """Nobody waits where somebody could serve."""
    assert called(lived([a_visitor("1", 5)])) == {"1": 5}


def test_a_window_calls_again_when_it_is_tidy():
    """The visit and the tidying after it come before the next call."""
    assert called(lived([a_visitor("1", 0), a_visitor("2", 1)])) == {"1": 0, "2": 11}


def test_the_wait_for_who_does_not_come_is_lost():
    """A missed call costs its minute and no tidying; the visitor is a no-show."""
    missing = a_visitor("1", 0, comes=False, until_start=MINUTE)
    record = lived([missing, a_visitor("2", 0.5)])
    assert called(record) == {"1": 0, "2": 1}
    assert outcome(record).end is End.NO_SHOW


def test_a_ready_window_with_few_skills_is_taken_first():
    """Rare skills stay free."""
    record = lived([a_visitor("1", 5)], a_desk("O1", "PASS+REAL"), a_desk("O2", "PASS"))
    assert outcome(record).operator == "O2"


def test_a_break_starts_after_the_visitor():
    """Who is at the window is served to the end, however late the break gets."""
    record = lived([a_visitor("1", 25), a_visitor("2", 26)], a_desk("O1", rest=a_break(30)))
    (rest,) = (spell for spell in record.spells if spell.on is Spent.BREAK)
    assert (rest.starts, rest.ends) == (at(36), at(96))
    assert called(record)["2"] == 96


def test_a_break_starts_on_time_at_a_ready_window():
    """Nobody is called in the break, not even who would find the window idle."""
    record = lived([a_visitor("1", 31)], a_desk("O1", rest=a_break(30)))
    assert called(record) == {"1": 90}


def test_a_shift_ends_after_the_visitor():
    """Then the others go on."""
    early = a_desk("O1", ends=at(15), to_the_last=False)
    record = lived([a_visitor("1", 10), a_visitor("2", 16)], early, a_desk("O2", starts=at(60)))
    assert record.went_home["O1"] == at(21)
    assert called(record) == {"1": 10, "2": 60}


def test_an_operator_stays_for_whom_nobody_else_can_serve():
    """After the shift's end only those; nobody who holds a ticket is left without."""
    early = a_desk("O1", "PASS+REAL", ends=at(15), to_the_last=False)
    arrivals = [a_visitor("1", 10), a_visitor("2", 11, "REAL"), a_visitor("3", 10.5)]
    record = lived(arrivals, early, a_desk("O2", "PASS", starts=at(100)))
    assert called(record) == {"1": 10, "2": 21, "3": 100}


def test_no_ticket_is_given_where_nobody_will_serve():
    """The kiosk says so at once instead of letting somebody wait in vain."""
    record = lived([a_visitor("1", 5, "REAL")])
    assert outcome(record).end is End.TURNED_AWAY


def test_who_stays_to_the_last_serves_all_that_wait():
    """Whoever has a ticket at closing time is still called."""
    arrivals = [a_visitor(str(n), 535 + n / 100) for n in range(4)]
    assert called(lived(arrivals))["3"] == pytest.approx(568, abs=0.1)


def test_who_still_waits_an_hour_after_closing_is_sent_home():
    """The day ends, with a reason on record."""
    long = a_visitor("1", 535, visit=300 * MINUTE)
    assert outcome(lived([long, a_visitor("2", 536)]), "2").end is End.NOT_CALLED


def test_who_has_no_patience_gives_the_ticket_back():
    """Only if not called by then."""
    hasty = {"patience": 5 * MINUTE}
    record = lived([a_visitor("1", 0, **hasty), a_visitor("2", 1, **hasty)])
    assert [outcome(record, ticket).end for ticket in "12"] == [End.SERVED, End.GAVE_UP]
    assert outcome(record, "2").left == at(6)


def test_the_law_comes_first_then_the_earlier_promise():
    """Booked for now, before who came long ago; before all, who has the right by law."""
    arrivals = [
        a_visitor("1", 0),
        a_visitor("2", 1),
        a_visitor("3", 2, standing=Standing.BOOKED, slot=at(5)),
        a_visitor("4", 3, standing=Standing.STATUTORY),
    ]
    record = lived(arrivals)
    assert record.calls == ["1", "4", "3", "2"]


def test_a_helper_waits_for_the_own_line_and_helps_at_an_empty_one():
    """A skill of the second level is used when no own visitor waits."""
    arrivals = [a_visitor("1", 0), a_visitor("2", 1, "REAL"), a_visitor("3", 2)]
    assert lived(arrivals, a_desk("O1", "PASS", helps="REAL")).calls == ["1", "3", "2"]


def test_a_helper_saves_a_promise_that_is_about_to_break():
    """Then it counts like an own one."""
    arrivals = [a_visitor("1", 0), a_visitor("2", 1, "REAL"), a_visitor("3", 2)]
    rules = Rules(help_before=10 * MINUTE)
    assert lived(arrivals, a_desk("O1", "PASS", helps="REAL"), rules=rules).calls == ["1", "2", "3"]


def test_waiting_for_the_own_hour_is_no_wait():
    """Who comes early for a booking has waited from the booked hour on."""
    early = a_visitor("1", 0, standing=Standing.BOOKED, slot=at(10))
    late = a_visitor("2", 9, standing=Standing.BOOKED, slot=at(5))
    assert outcome(lived([early])).wait == 0 * SECOND
    assert outcome(lived([a_visitor("1", 0), late]), "2").wait == 2 * MINUTE
