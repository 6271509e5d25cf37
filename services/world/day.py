"""A whole day of a branch: all who come, with and without appointment, and who serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from random import Random
from typing import Final, Self

from contracts.values import Standing
from services.world import appointments, shifts, visitors
from services.world.catalogue import Branch, Catalogue
from services.world.shifts import Shift
from services.world.visitors import Visitor

BY_LAW: Final = 2 / 3  # of those with a privilege; the others have it by the centre's own order


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it is going to be, whatever the order of calling."""

    branch: Branch
    on: date
    opens: datetime
    closes: datetime
    visitors: tuple[Visitor, ...]
    shifts: tuple[Shift, ...]

    @classmethod
    def of(cls, catalogue: Catalogue, branch: Branch, day: date, dice: Random) -> Self:
        """Plan *day*, which must be a working day of *branch*."""
        hours = branch.opening(day)
        assert hours is not None, f"{branch.code} does not open on {day}"
        staff = shifts.of_day(branch, day)
        without = 1 - branch.appointment_share_pct / 100
        booked = appointments.of_day(branch, catalogue.bookable(branch), day, staff, dice)
        walk_ins = visitors.of_day(branch, catalogue.offered(branch), day, dice, without)
        people = sorted((*booked, *walk_ins), key=lambda one: (one.arrives, one.name))
        return cls(branch, day, *hours, privileged(branch, people, dice), staff)


def privileged(branch: Branch, people: Sequence[Visitor], dice: Random) -> tuple[Visitor, ...]:
    """Who has a right by law has it with an appointment too; the centre's own rule needs none."""
    share = branch.priority_share_pct / 100
    told = []
    for visitor in people:
        drawn = dice.random()
        if drawn < share * BY_LAW:
            told.append(replace(visitor, standing=Standing.STATUTORY))
        elif drawn < share and visitor.slot is None:
            told.append(replace(visitor, standing=Standing.LOCAL))
        else:
            told.append(visitor)
    return tuple(told)
