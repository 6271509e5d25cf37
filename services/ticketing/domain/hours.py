"""When a branch gives out tickets, by its own clock.

Wall times become moments only together with a day and the branch's zone, so a day on which
the clocks change is as long as it is. Closed always comes with the hours and the next opening.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As a catalogue file names them."""

DAYS_AHEAD: Final = 8
"""A week that has any opening has its next one within so many days; one may fall into the
hour that a change of clocks leaves out."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of a weekday, as they hang on the door."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Week:
    """The opening hours of a branch, Monday first; None: closed all day."""

    days: tuple[Hours | None, ...]
    last_ticket: timedelta  # before closing
    timezone: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Opening:
    """The hours of one day, in moments. Tickets are given from `opens` until `last_ticket`."""

    day: date
    opens: datetime
    last_ticket: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Door:
    """What a visitor finds at the door at one moment."""

    day: date
    today: Opening | None
    open: bool  # for tickets
    next_opening: datetime | None  # after this moment; None when the branch never opens


def day_of(week: Week, moment: datetime) -> date:
    """The branch's own date at *moment*."""
    return moment.astimezone(week.zone).date()


def opening(week: Week, day: date) -> Opening | None:
    """Return the hours of *day*; None when no ticket is given out on it."""
    hours = week.days[day.weekday()]
    if hours is None:
        return None
    opens = _moment(week, day, hours.opens, fold=0)
    closes = _moment(week, day, hours.closes, fold=1)  # of two such moments the later
    last_ticket = closes - week.last_ticket
    if last_ticket <= opens:
        return None
    return Opening(day, opens, last_ticket, closes)


def door(week: Week, now: datetime) -> Door:
    """Return whether tickets are given out *now*, and when they will be next."""
    day = day_of(week, now)
    today = opening(week, day)
    is_open = today is not None and today.opens <= now < today.last_ticket
    return Door(day, today, is_open, _next_opening(week, day, now))


def ends(week: Week, day: date) -> datetime:
    """The moment when nobody is served any more on *day*: closing time, or midnight."""
    if hours := opening(week, day):
        return hours.closes
    return _moment(week, day + timedelta(days=1), time(0), fold=0)


def is_over(week: Week, day: date, now: datetime, *, grace: timedelta) -> bool:
    """Whether whoever still waits since *day* will not be called on it any more."""
    return now >= ends(week, day) + grace


def _next_opening(week: Week, day: date, now: datetime) -> datetime | None:
    for ahead in range(DAYS_AHEAD + 1):
        hours = opening(week, day + timedelta(days=ahead))
        if hours and hours.opens > now:
            return hours.opens
    return None


def _moment(week: Week, day: date, wall: time, *, fold: int) -> datetime:
    return datetime.combine(day, wall.replace(fold=fold), week.zone).astimezone(UTC)
