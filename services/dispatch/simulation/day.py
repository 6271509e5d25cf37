"""A day as it comes to a branch, the same whatever the order of calling.

All that is left to chance was drawn when the day was planned: who comes when and for what, how
long the visit takes, who does not hear the call. So two orders are compared on the same people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts.values import Standing
from services.dispatch.domain.skills import Abilities


@dataclass(frozen=True, slots=True)
class Arrival:
    """A visitor with a ticket. Tickets are in the order of arrival."""

    ticket: str
    arrived: datetime
    service: str
    line: str
    minutes: float  # usual time of the service at the window
    standing: Standing
    slot: datetime | None
    comes: bool  # to the window when called
    until_start: timedelta  # from the call till the visitor is there, or given up
    visit: timedelta
    tidying: timedelta
    patience: timedelta | None  # gives the ticket back if not called by then

    @property
    def waits_from(self) -> datetime:
        """Waiting before the booked hour is the visitor's own choice."""
        return self.arrived if self.slot is None else max(self.slot, self.arrived)


@dataclass(frozen=True, slots=True)
class Rest:
    """An operator's break. It starts after the visitor who is at the window then."""

    starts: datetime
    length: timedelta


@dataclass(frozen=True, slots=True)
class Desk:
    """An operator at a window for a shift."""

    operator: str
    window: str
    abilities: Abilities
    starts: datetime
    ends: datetime
    rest: Rest | None
    to_the_last: bool  # stays after the end until nobody waits for this operator


@dataclass(frozen=True, slots=True)
class Day:
    """A branch's day, all moments in UTC."""

    branch: str
    on: date
    zone: ZoneInfo
    opens: datetime
    closes: datetime
    arrivals: tuple[Arrival, ...]
    desks: tuple[Desk, ...]

    def with_breaks(self, plan: Mapping[str, time]) -> Day:
        """Let the operators of *plan* rest at other times, by the branch's own clock.

        Whose break would not lie inside the shift keeps the usual one.
        """
        return replace(self, desks=tuple(self._rested(desk, plan) for desk in self.desks))

    def _rested(self, desk: Desk, plan: Mapping[str, time]) -> Desk:
        if desk.rest is None or desk.operator not in plan:
            return desk
        starts = datetime.combine(self.on, plan[desk.operator], self.zone).astimezone(UTC)
        fits = desk.starts <= starts <= starts + desk.rest.length <= desk.ends
        return replace(desk, rest=replace(desk.rest, starts=starts)) if fits else desk
