"""What became of everybody and of every window on a simulated day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from services.dispatch.simulation.day import Arrival, Day


class End(StrEnum):
    """How a visitor's day at the branch ended."""

    SERVED = "served"
    NO_SHOW = "no_show"
    GAVE_UP = "gave_up"
    TURNED_AWAY = "turned_away"  # at the kiosk: nobody who could serve was still to come
    NOT_CALLED = "not_called"  # the day was over


@dataclass(frozen=True, slots=True)
class Outcome:
    """A visitor's day."""

    arrival: Arrival
    end: End
    called: datetime | None = None
    operator: str | None = None
    left: datetime | None = None

    @property
    def wait(self) -> timedelta | None:
        """From the arrival, or the booked hour if that is later, to the call."""
        if self.called is None:
            return None
        return max(self.called - self.arrival.waits_from, timedelta(0))


class Spent(StrEnum):
    """On what an operator's time went."""

    VISIT = "visit"  # from the call until it is tidy
    BREAK = "break"


@dataclass(frozen=True, slots=True)
class Spell:
    """A time that an operator spent on one thing."""

    operator: str
    on: Spent
    starts: datetime
    ends: datetime
    ticket: str | None = None


@dataclass(slots=True)
class Record:
    """A day as it was lived under one order of calling."""

    day: Day
    outcomes: dict[str, Outcome] = field(default_factory=dict)  # by ticket
    calls: list[str] = field(default_factory=list)  # tickets, in the order of the calls
    spells: list[Spell] = field(default_factory=list)
    went_home: dict[str, datetime] = field(default_factory=dict)  # by operator

    @property
    def ended(self) -> datetime:
        """When nobody could be called any more."""
        return max(self.went_home.values())
