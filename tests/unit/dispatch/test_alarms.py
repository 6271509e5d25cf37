"""When somebody should look, and when not yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.alarms import AlarmKind
from contracts.values import Standing
from services.dispatch.domain.alarms import WORDS, Alarm, Hall, alarms
from services.dispatch.domain.load import Kind, Load, Visit, loads
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import Abilities
from services.dispatch.domain.windows import State, Window
from tests.builders import a_ticket, at

RULES = Rules()
SECOND = timedelta(seconds=1)


def a_window(state: State, since: float = 0, *skills: str, number: str = "3") -> Window:
    abilities = Abilities(dict.fromkeys(skills or ("PASS",), 1))
    return Window(number, "hall", state, "O3", abilities, at(since))


def raised(now, waiting=(), windows=(), load=None, silent=()) -> set[Alarm]:
    return set(alarms(Hall(waiting, windows, load or {}, frozenset(silent)), RULES, now))


SERVING = a_window(State.SERVING)


def test_the_norm_is_for_a_line():
    """A second longer than the norm, and not before; booked visitors have their own."""
    ticket = a_ticket(1)
    booked = replace(a_ticket(2, "REAL", standing=Standing.BOOKED), promise=at(60))
    windows = (SERVING, a_window(State.SERVING, 0, "REAL", number="4"))
    assert raised(at(15), [ticket, booked], windows) == set()
    assert raised(at(15) + SECOND, [ticket, booked], windows) == {
        Alarm(AlarmKind.OVER_NORM, "PASS")
    }


def test_a_booked_visitor_waits_five_minutes_after_the_slot():
    booked = replace(a_ticket(2, standing=Standing.BOOKED), promise=at(30))
    assert raised(at(35), [booked], [SERVING]) == set()
    assert raised(at(35) + SECOND, [booked], [SERVING]) == {
        Alarm(AlarmKind.BOOKING_LATE, booked.id)
    }


def test_somebody_forgotten_is_named():
    ticket = a_ticket(1)
    assert Alarm(AlarmKind.FORGOTTEN, ticket.id) in raised(at(60) + SECOND, [ticket], [SERVING])


@pytest.mark.parametrize(
    ("windows", "alarmed"),
    [
        ([], True),
        ([a_window(State.SERVING, 0, "REAL")], True),
        ([Window("3", "hall", State.CLOSED)], True),
        ([a_window(State.PAUSED)], False),  # comes back
        ([SERVING], False),
    ],
)
def test_a_line_without_a_window(windows, alarmed):
    """A skill with nobody on shift: nobody who waits for it would ever be called."""
    found = raised(at(1), [a_ticket(1)], windows)
    assert (Alarm(AlarmKind.NOBODY_SERVES, "PASS") in found) is alarmed


@pytest.mark.parametrize(
    ("state", "minutes", "alarmed"),
    [
        (State.FREE, 2, False),
        (State.FREE, 2.1, True),
        (State.READY, 2.1, True),
        (State.TIDYING, 3.9, False),  # two to tidy, two to go on
        (State.TIDYING, 4.1, True),
        (State.PAUSED, 30, False),
        (State.SERVING, 30, False),
    ],
)
def test_a_window_that_calls_nobody_while_people_wait(state, minutes, alarmed):
    found = raised(at(minutes), [a_ticket(1)], [a_window(state)])
    assert (Alarm(AlarmKind.IDLE, "3") in found) is alarmed
    assert raised(at(minutes), [], [a_window(state)]) == set()


def test_a_silent_console_matters_if_somebody_is_there():
    """Its operator may have gone home; the visitor has not."""
    with_visitor = replace(SERVING, ticket="T")
    assert raised(at(1), [], [with_visitor], silent={"3"}) == {Alarm(AlarmKind.SILENT, "3")}
    assert raised(at(1), [], [SERVING], silent={"3"}) == set()


def test_visits_that_are_none():
    """Some end at once for want of documents; two of five do not."""
    few, some, many = Load(4, short=4), Load(10, short=4), Load(10, short=5)
    found = raised(at(1), load={"O1": few, "O2": some, "O3": many})
    assert found == {Alarm(AlarmKind.SHORT_VISITS, "O3")}


def test_a_day_of_visits_is_shared_out():
    """Number, time, and those too short to be visits."""
    visits = [
        Visit("O1", "B01", at(0), timedelta(minutes=10), Kind.VISIT),
        Visit("O1", "B01", at(20), timedelta(seconds=30), Kind.VISIT),
        Visit("O2", "D01", at(0), timedelta(minutes=30), Kind.VISIT),
    ]
    assert loads(visits, timedelta(minutes=1)) == {
        "O1": Load(2, timedelta(minutes=10, seconds=30), 1),
        "O2": Load(1, timedelta(minutes=30), 0),
    }


def test_every_alarm_has_its_words():
    assert set(WORDS) == set(AlarmKind)
