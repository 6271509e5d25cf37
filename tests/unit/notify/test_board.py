"""What boards show, and how long a ticket is kept."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.notify.domain.board import (
    SHOWN,
    Call,
    CallState,
    Hall,
    Wait,
    average_wait_minutes,
)
from services.notify.domain.branch import Branch
from services.notify.domain.voice import Spoken

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
YEKATERINBURG = Branch("BR-D", "Филиал", "Branch", "Asia/Yekaterinburg", {})


def a_call(call: str, zone: str = "hall-1", minutes_ago: float = 1) -> tuple[Call, CallState]:
    at = NOW - timedelta(minutes=minutes_ago)
    return Call(call, "Д 118", "14", zone, False, at, Spoken("", "")), CallState.CALLED


def seen(calls: list[tuple[Call, CallState]], zone: str | None) -> list[str]:
    return [call.call for call, _ in Hall(tuple(calls), (), 0).seen_from(zone, NOW)]


def test_a_hall_sees_its_own_calls() -> None:
    """A board without a zone shows all."""
    calls = [a_call("c3"), a_call("c2", "hall-2"), a_call("c1")]
    assert seen(calls, "hall-1") == ["c3", "c1"]
    assert seen(calls, None) == ["c3", "c2", "c1"]


def test_a_board_shows_the_newest_calls_of_its_zone() -> None:
    """A busy hall next door takes no place away."""
    busy = [a_call(f"b{n}", "hall-2") for n in range(SHOWN)]
    ours = [a_call(f"c{n}") for n in range(SHOWN + 1)]
    assert seen([*busy, *ours], "hall-1") == [f"c{n}" for n in range(SHOWN)]


def test_a_call_of_long_ago_is_history() -> None:
    """An old log that is read again must not fill the board."""
    assert seen([a_call("new", minutes_ago=59), a_call("old", minutes_ago=60)], None) == ["new"]


def a_wait(minutes: float, minutes_ago: float = 1) -> Wait:
    return Wait(NOW - timedelta(minutes=minutes_ago), timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("waits", "minutes"),
    [
        ([], None),
        ([a_wait(5, minutes_ago=31)], None),
        ([a_wait(0)], 0),
        ([a_wait(0.5)], 1),
        ([a_wait(4), a_wait(8)], 6),
        ([a_wait(4), a_wait(9)], 7),
        ([a_wait(4), a_wait(90, minutes_ago=30)], 4),
    ],
)
def test_the_average_wait_is_that_of_the_last_half_hour(
    waits: list[Wait], minutes: int | None
) -> None:
    """Rounded up, in whole minutes; unknown when nobody was called."""
    assert average_wait_minutes(waits, NOW) == minutes


@pytest.mark.parametrize(
    ("utc", "day"), [("18:59", date(2026, 11, 23)), ("19:00", date(2026, 11, 24))]
)
def test_a_day_begins_by_the_branchs_own_clock(utc: str, day: date) -> None:
    """Midnight in Tyumen is 19:00 UTC."""
    assert YEKATERINBURG.day(datetime.fromisoformat(f"2026-11-23T{utc}Z")) == day


def test_a_ticket_is_kept_until_a_day_after_its_day() -> None:
    """Its day ends at 19:00 UTC; what is heard later still is kept for a moment."""
    day = date(2026, 11, 23)
    ends = datetime(2026, 11, 24, 19, tzinfo=UTC)
    assert YEKATERINBURG.keep(day, NOW) == ends - NOW
    assert YEKATERINBURG.keep(day, ends) == timedelta(hours=1)
    assert YEKATERINBURG.first_kept(NOW) == date(2026, 11, 22)
