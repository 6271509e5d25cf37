"""What a simulated day reads from the catalogue: hours, shifts, operators, the day's mix.

The catalogue is read as data: whoever simulates a day from outside shares no model with the
services. Fields that no day needs are passed over.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final, Literal, Self
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WALK_IN: Final = "walk_in"
APPOINTMENT: Final = "appointment"
A_LONG_HOLIDAY: Final = timedelta(days=31)


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Service(_Read):
    code: str
    category: str
    duration_min: float
    channels: tuple[str, ...] = (WALK_IN,)
    skills: frozenset[str]


class ShiftHours(_Read):
    start: time
    end: time
    break_minutes: int = 0


class Operator(_Read):
    id: str
    window: int
    shift: str
    break_at: time | None = None
    skills: frozenset[str]
    helps: frozenset[str] = frozenset()  # skills of the second level


class Window(_Read):
    number: int
    zone: str
    accessible: bool = False


class Branch(_Read):
    code: str
    timezone: str
    opening_hours: Mapping[Weekday, str | None]
    last_ticket_minutes_before_close: int = 0
    daily_visitors: int
    appointment_share_pct: float = 0
    appointment_no_show_pct: float = 0
    priority_share_pct: float = 0
    weekday_weights: Mapping[Weekday, float]
    arrival_profile: Mapping[int, float]
    category_mix_pct: Mapping[str, float]
    unavailable_services: frozenset[str] = frozenset()
    shifts: Mapping[str, ShiftHours]
    weekday_shift_overrides: Mapping[Weekday, Mapping[str, str]] = Field(default_factory=dict)
    windows: tuple[Window, ...]
    operators: tuple[Operator, ...]

    def busier(self, times: float) -> Self:
        """Return the same branch with so many times its visitors."""
        return self.model_copy(update={"daily_visitors": round(self.daily_visitors * times)})

    def at(self, day: date, clock: time) -> datetime:
        """Return the moment that the branch's wall clock shows *clock* on *day*."""
        return datetime.combine(day, clock, ZoneInfo(self.timezone))

    def opening(self, day: date) -> tuple[datetime, datetime] | None:
        """Return when the branch opens and closes on *day*; None on a day off."""
        hours = self.opening_hours.get(weekday(day))
        if hours is None:
            return None
        opens, closes = (time.fromisoformat(part) for part in hours.split("-"))
        return self.at(day, opens), self.at(day, closes)

    def last_ticket(self, closes: datetime) -> datetime:
        """Return the moment from which the kiosk gives no more tickets."""
        return closes - timedelta(minutes=self.last_ticket_minutes_before_close)

    def day_at(self, now: datetime) -> date:
        """Return the working day that is on or, when it has closed, the next one."""
        today = now.astimezone(ZoneInfo(self.timezone)).date()
        hours = self.opening(today)
        return today if hours and now < hours[1] else self.working_day_after(today)

    def working_day_after(self, day: date) -> date:
        """Return the first day after *day* on which the branch opens.

        Raises:
            ValueError: it does not open within a month.
        """
        for later in _days_after(day):
            if self.opening(later) is not None:
                return later
        raise ValueError(f"{self.code}: opening_hours name no working day")


class Catalogue(_Read):
    services: tuple[Service, ...]
    branches: tuple[Branch, ...]

    def branch(self, code: str) -> Branch:
        """Return the branch *code*.

        Raises:
            ValueError: there is none; the message names those that there are.
        """
        for branch in self.branches:
            if branch.code == code:
                return branch
        known = ", ".join(branch.code for branch in self.branches)
        raise ValueError(f"no branch {code} in the catalogue; it has {known}")

    def offered(self, branch: Branch) -> tuple[Service, ...]:
        """Return the services that a visitor without an appointment may choose in *branch*."""
        return self._open_to(branch, WALK_IN)

    def bookable(self, branch: Branch) -> tuple[Service, ...]:
        """Return the services of *branch* that may be booked for an hour."""
        return self._open_to(branch, APPOINTMENT)

    def _open_to(self, branch: Branch, channel: str) -> tuple[Service, ...]:
        return tuple(
            service
            for service in self.services
            if service.code not in branch.unavailable_services and channel in service.channels
        )


def read(path: Path) -> Catalogue:
    """Read the catalogue file at *path*."""
    return Catalogue.model_validate(yaml.safe_load(path.read_text("utf-8")))


def weekday(day: date) -> Weekday:
    """Return the catalogue's word for the weekday of *day*."""
    name: Weekday = WEEKDAYS[day.weekday()]
    return name


def _days_after(day: date) -> Iterator[date]:
    for ahead in range(1, A_LONG_HOLIDAY.days + 1):
        yield day + timedelta(days=ahead)
