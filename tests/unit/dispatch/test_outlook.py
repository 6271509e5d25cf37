"""What a forecast is told of a branch: shifts, breaks, those still to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from contracts.catalogue import Shift
from contracts.values import Standing
from contracts.windows import PauseReason
from services.dispatch.domain.advice import advise
from services.dispatch.domain.arrivals import Arrivals, Taken
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.breaks import BreakPlan, Rest
from services.dispatch.domain.durations import Durations, mixed
from services.dispatch.domain.outlook import snapshot_of
from services.dispatch.domain.presence import LATE, PAUSE, SETTLES, is_on_duty, working_today
from services.dispatch.domain.shifts import breaks_on, shifts_on
from services.dispatch.domain.skills import Abilities
from services.dispatch.domain.snapshot import OpenWindow, Snapshot
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import BreakDue, State, Window
from tests.builders import DAY, RULES, a_published_branch, a_shift, a_ticket, at

HOUR = timedelta(hours=1)
EARLY = a_shift(9, 15, time(12))
LATE_SHIFT = a_shift(13, 18)


def branch(**shifts: Shift | None) -> Branch:
    """BR-T, open from nine to six; operators have these shifts on every day but Sunday."""
    weeks = {operator: (*[shift] * 6, None) for operator, shift in shifts.items()}
    return Branch.of(a_published_branch(shifts=weeks))


def a_window(state: State = State.FREE, operator: str = "O1", **other: Any) -> Window:
    number = operator.removeprefix("O")
    known = branch()
    abilities = Abilities.of(known.operator(operator), known.window(number))
    values = {"since": at(0)} | other
    return Window(number, "hall", state, operator, abilities, **values)


def seen(
    of: Branch,
    *windows: Window,
    now: datetime,
    plan: BreakPlan | None = None,
    known: Mapping[str, Ticket] | None = None,
    **other: Any,
) -> Snapshot:
    values = {"durations": Durations(), "calls_since": {}, "plan": plan or {}, "now": now} | other
    return snapshot_of(of, RULES, [], windows, known or {}, **values)


def the_window(*args: Any, **told: Any) -> OpenWindow:
    (only,) = (window for window in seen(*args, **told).windows if not window.absent)
    return only


def serving(since: datetime, **other: Any) -> Window:
    return a_window(State.SERVING, since=since, ticket=a_ticket(1).id, **other)


SERVED = {a_ticket(1).id: a_ticket(1)}


def test_a_window_works_till_the_end_of_its_operators_shift():
    """At three, though the branch closes at six; then nobody stays for those who still wait."""
    window = the_window(branch(O1=EARLY), a_window(), now=at(60))
    assert (window.ends, window.stays) == (at(360), False)


@pytest.mark.parametrize("shifts", [{}, {"O1": None}, {"O1": a_shift(9, 18)}])
def test_without_another_shift_a_window_works_to_the_last(shifts):
    """Nobody knows, or it is a day off and yet they are there, or the shift ends with the day."""
    window = the_window(branch(**shifts), a_window(), now=at(60))
    assert (window.ends, window.stays) == (at(540), True)


def test_after_the_shift_the_visit_under_way_is_the_last():
    """The window is expected to close when the visitor has left."""
    window = the_window(branch(O1=EARLY), serving(at(350)), now=at(370), known=SERVED)
    assert window.visit is not None
    assert (window.ends, window.stays) == (at(360), False)


@pytest.mark.parametrize(
    "window",
    [
        a_window(State.READY, since=at(300)),
        a_window(State.FREE, since=at(300)),
        serving(at(365)),
    ],
    ids=["ready", "free", "began after the shift"],
)
def test_who_calls_on_after_the_shift_works_on(window):
    """What is seen counts more than what is planned."""
    found = the_window(branch(O1=EARLY), window, now=at(370), known=SERVED)
    assert (found.ends, found.stays) == (at(540), True)


def test_who_comes_later_opens_the_usual_window():
    """From the beginning of the shift, when they have settled; nobody takes it for a break."""
    found = seen(branch(O1=EARLY, O2=LATE_SHIFT), a_window(), now=at(60))
    coming = next(window for window in found.windows if window.window == "2")
    assert coming.absent
    assert (coming.free, coming.ends) == (at(240) + SETTLES, at(540))
    assert not coming.at_work(at(239))


@pytest.mark.parametrize(
    ("minutes", "expected"), [(-10, False), (10, True), (240, True), (249, True), (251, False)]
)
def test_who_does_not_come_is_expected_no_more(minutes, expected):
    """Four hours ahead, and some minutes after the shift began."""
    found = seen(branch(O2=LATE_SHIFT), now=at(minutes))
    assert [window.window for window in found.windows] == (["2"] if expected else [])


def test_who_has_no_usual_window_or_finds_it_taken_opens_none():
    """Nobody knows where."""
    published = a_published_branch(shifts={"O2": (LATE_SHIFT,) * 7})
    unplaced = tuple(
        operator.model_copy(update={"window": None}) for operator in published.operators
    )
    nowhere = Branch.of(published.model_copy(update={"operators": unplaced}))
    assert seen(nowhere, now=at(60)).windows == ()
    elsewhere = replace(a_window(), window="2")
    found = seen(branch(O2=LATE_SHIFT), elsewhere, now=at(60)).windows
    assert [(window.window, window.absent) for window in found] == [("2", False)]


def test_a_window_to_come_is_not_called_back_from_a_break():
    """Nor is its break moved, nor a skill lent to it: there is nobody yet."""
    of = branch(O2=LATE_SHIFT)
    rest = {"O2": Rest(at(260), HOUR)}
    found = seen(of, now=at(235), plan=rest)
    assert [window.rest for window in found.windows] == [rest["O2"]]
    assert advise([], found, [], lambda some: {"REAL": 9.0 if some is found else 1.0}, 9) == []


def test_whose_shift_has_not_begun_is_not_asked_to_open_a_window():
    """Nor who went home, nor who has a day off; whose shift nobody knows may be in the house."""
    of = branch(O1=LATE_SHIFT, O2=None)
    begins = at(240)
    hours = [begins - HOUR, begins + LATE, begins + HOUR, at(540)]
    assert [is_on_duty(of, "O1", hour) for hour in hours] == [False, False, True, False]
    assert not is_on_duty(of, "O2", at(60))
    assert is_on_duty(of, "O3", at(60))


def test_breaks_are_as_planned_and_else_as_usual():
    """The plan of the shift head counts more than the habit."""
    of = branch(O1=EARLY, O2=a_shift(9, 18, time(13)))
    moved = Rest(at(120), HOUR)
    assert breaks_on(of, DAY, {"O2": moved}) == {"O1": Rest(at(180), HOUR), "O2": moved}
    assert breaks_on(of, DAY + timedelta(days=6), {}) == {}


def test_who_works_today_is_who_is_published_and_who_is_there():
    """Somebody may help out on a day off, until the branch closes."""
    of = branch(O1=EARLY, O2=None)
    working = working_today(of, [a_window(operator="O2")], at(60))
    assert [one.operator for one in working] == ["O1", "O2"]
    assert (working[1].ends, working[1].rest) == (at(540), None)
    assert shifts_on(of, DAY + timedelta(days=6)) == []


def test_a_break_whose_hour_came_during_a_visit_follows_it():
    """It begins when the visitor has left; one that was missed otherwise is not waited for."""
    plan = {"O1": Rest(at(60), HOUR)}
    during = the_window(branch(), serving(at(50)), now=at(65), plan=plan, known=SERVED)
    missed = the_window(branch(), serving(at(62)), now=at(65), plan=plan, known=SERVED)
    assert (during.rest, missed.rest) == (plan["O1"], None)


def test_a_break_that_was_granted_follows_the_visit():
    """Whatever the plan says."""
    due = BreakDue(at(60), timedelta(minutes=30), PauseReason.LUNCH)
    window = the_window(branch(), serving(at(50), due=due), now=at(65), known=SERVED)
    assert window.rest == Rest(at(60), timedelta(minutes=30))


@pytest.mark.parametrize(
    ("planned", "since", "free", "rest"),
    [
        (60, 60, 120, False),  # the planned one
        (60, 50, 110, False),  # begun a little early
        (180, 60, 90, True),  # another pause: the break is still to come
        (-90, 60, 90, False),  # the break is over: another pause
    ],
)
def test_a_pause_is_the_planned_break_or_another_one(planned, since, free, rest):
    """A break is an hour here; of a pause that nobody planned half an hour is expected."""
    assert timedelta(minutes=30) == PAUSE
    plan = {"O1": Rest(at(planned), HOUR)}
    window = the_window(
        branch(), a_window(State.PAUSED, since=at(since)), now=at(since + 5), plan=plan
    )
    assert window.free == at(free)
    assert window.rest == (plan["O1"] if rest else None)


def learned(*minutes: float, line: str = "PASS", **other: Any) -> Arrivals:
    known = {"service": "B01", "standing": Standing.ORDINARY} | other
    zone = branch().zone_info
    return Arrivals().after_all(
        Taken(at(minute).astimezone(zone), line, **known) for minute in minutes
    )


def test_those_still_to_come_are_told_of():
    """At the rate of this morning, for an hour ahead or until the last ticket."""
    arrivals = learned(*range(0, 120, 2))
    (stream,) = seen(branch(), now=at(120), arrivals=arrivals).streams
    assert (stream.line, stream.standing, stream.until) == ("PASS", Standing.ORDINARY, at(180))
    assert stream.per_hour == pytest.approx(30, rel=0.05)
    (last,) = seen(branch(), now=at(510), arrivals=arrivals).streams
    assert last.until == at(525)
    assert seen(branch(), now=at(525), arrivals=arrivals).streams == ()
    assert seen(branch(), now=at(120)).streams == ()


def test_those_to_come_keep_the_shares_of_those_who_came():
    """By line and standing; what their visits take is mixed from the services."""
    arrivals = learned(*range(0, 90, 2)).after_all(
        Taken(at(minute).astimezone(branch().zone_info), "PASS", "B07", Standing.STATUTORY)
        for minute in range(1, 30, 2)
    )
    streams = seen(branch(), now=at(90), arrivals=arrivals).streams
    rates = {stream.standing: stream.per_hour for stream in streams}
    assert rates[Standing.STATUTORY] == pytest.approx(rates[Standing.ORDINARY] / 3)


def test_a_mixed_length_has_the_mean_and_spread_of_all():
    """Half of ten minutes and half of thirty: twenty, and wider than each."""
    durations = Durations()
    short, long = durations.visit("B01", 10), durations.visit("B07", 30)
    both = mixed([(0.5, short), (0.5, long)])
    assert both.mean == pytest.approx(20)
    assert both.spread > long.spread
    assert mixed([(1.0, long)]).spread == pytest.approx(long.spread)
