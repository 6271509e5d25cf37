"""A day as it comes to a branch, the same whatever the order of calling.

All that is left to chance was drawn when the day was planned: who comes when and for what, how
long the visit takes, who does not hear the call. So two orders are compared on the same people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final, Self
from zoneinfo import ZoneInfo

from contracts.catalogue import Operator, Window
from contracts.values import Standing
from services.dispatch.domain.skills import Abilities, line_of
from services.world import day as world
from services.world.catalogue import Branch, Catalogue
from services.world.shifts import Shift
from services.world.visitors import Comes, Visitor

GIVEN_UP: Final = timedelta(minutes=1)  # lost on somebody who was called and did not come
RECALLED: Final = timedelta(seconds=30)  # until the second call of who did not hear the first
LEAST_TIDYING, MOST_TIDYING = 1.0, 2.0  # minutes after a visit


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

    @classmethod
    def of(cls, catalogue: Catalogue, branch: Branch, on: date, dice: Random) -> Self:
        """Draw the day *on*, which must be a working day of *branch*."""
        planned = world.Day.of(catalogue, branch, on, dice)
        usual = {service.code: service.duration_min for service in catalogue.services}
        return cls(
            branch.code,
            on,
            ZoneInfo(branch.timezone),
            planned.opens.astimezone(UTC),
            planned.closes.astimezone(UTC),
            tuple(
                _arrival(f"{index:04}", visitor, usual[visitor.service], dice)
                for index, visitor in enumerate(planned.visitors)
            ),
            tuple(_desk(branch, shift) for shift in planned.shifts),
        )

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


def days(catalogue: Catalogue, branch: Branch, first: date, count: int, seed: int) -> list[Day]:
    """Draw *count* working days of *branch*, beginning with the first one after *first*."""
    drawn = []
    on = first
    for _ in range(count):
        on = branch.working_day_after(on)
        dice = Random(f"{seed}/{branch.code}/{on}")  # noqa: S311 - an invented day, no secret
        drawn.append(Day.of(catalogue, branch, on, dice))
    return drawn


def _arrival(ticket: str, visitor: Visitor, minutes: float, dice: Random) -> Arrival:
    until_start = {
        Comes.AT_THE_CALL: visitor.walk,
        Comes.AT_THE_RECALL: RECALLED + visitor.walk,
        Comes.NEVER: GIVEN_UP,
    }
    return Arrival(
        ticket=ticket,
        arrived=visitor.arrives.astimezone(UTC),
        service=visitor.service,
        line=line_of(visitor.skills),
        minutes=minutes,
        standing=visitor.standing,
        slot=visitor.slot.astimezone(UTC) if visitor.slot else None,
        comes=visitor.comes is not Comes.NEVER,
        until_start=until_start[visitor.comes],
        visit=visitor.visit,
        tidying=timedelta(minutes=dice.uniform(LEAST_TIDYING, MOST_TIDYING)),
        patience=visitor.patience,
    )


def _desk(branch: Branch, shift: Shift) -> Desk:
    (place,) = (one for one in branch.windows if str(one.number) == shift.window)
    operator = Operator(
        operator=shift.operator,
        skills=tuple(sorted(shift.skills)),
        helps=tuple(sorted(shift.helps)),
    )
    window = Window(window=shift.window, zone=place.zone, accessible=place.accessible)
    rest = shift.rest
    return Desk(
        operator=shift.operator,
        window=shift.window,
        abilities=Abilities.of(operator, window),
        starts=shift.starts.astimezone(UTC),
        ends=shift.ends.astimezone(UTC),
        rest=Rest(rest.starts.astimezone(UTC), rest.length) if rest else None,
        to_the_last=shift.to_the_last,
    )
