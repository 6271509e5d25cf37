"""Days of the invented world as the simulator plays them: one seed is one day.

The running service knows nothing of that world: only comparisons of orders draw from it.
"""

from __future__ import annotations

from datetime import UTC, date, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from contracts.catalogue import Operator, Window
from services.dispatch.domain.skills import Abilities, line_of
from services.dispatch.simulation.day import Arrival, Day, Desk, Rest
from services.world import day as world
from services.world.catalogue import Branch, Catalogue
from services.world.shifts import Shift
from services.world.visitors import Comes, Visitor

GIVEN_UP: Final = timedelta(minutes=1)  # lost on somebody who was called and did not come
RECALLED: Final = timedelta(seconds=30)  # until the second call of who did not hear the first
LEAST_TIDYING, MOST_TIDYING = 1.0, 2.0  # minutes after a visit


def day_of(catalogue: Catalogue, branch: Branch, on: date, dice: Random) -> Day:
    """Draw the day *on*, which must be a working day of *branch*."""
    planned = world.Day.of(catalogue, branch, on, dice)
    usual = {service.code: service.duration_min for service in catalogue.services}
    return Day(
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


def days(catalogue: Catalogue, branch: Branch, first: date, count: int, seed: int) -> list[Day]:
    """Draw *count* working days of *branch*, beginning with the first one after *first*."""
    drawn = []
    on = first
    for _ in range(count):
        on = branch.working_day_after(on)
        dice = Random(f"{seed}/{branch.code}/{on}")  # noqa: S311 - an invented day, no secret
        drawn.append(day_of(catalogue, branch, on, dice))
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
