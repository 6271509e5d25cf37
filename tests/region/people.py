"""Who is in a branch when the hour begins, and who comes in it. Pure, by dice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from services.world import shifts, visitors
from services.world.catalogue import Branch, Catalogue
from services.world.day import privileged
from services.world.shifts import Shift
from services.world.visitors import Comes, Visitor

PACE: Final = 0.65
"""Visits are so much shorter than the catalogue says: its minutes let a window serve 3.6 visits an
hour at most. With this a window that is asked for 4.5 is busy for 85 % of it.
"""

QUEUE: Final = 0.1
"""People who wait for each window when the hour begins."""


@dataclass(frozen=True, slots=True)
class People:
    """Of one branch."""

    there: tuple[Visitor, ...]  # when the hour begins, in the order of their tickets
    coming: tuple[Visitor, ...]
    shifts: tuple[Shift, ...]


def people(
    catalogue: Catalogue, branch: Branch, begins: datetime, ends: datetime, seed: int
) -> People:
    """The hour from *begins* to *ends* in the middle of a day like any other."""
    day, dice = begins.date(), Random(f"{seed}/{branch.code}")
    of_day = visitors.of_day(branch, catalogue.offered(branch), day, dice)
    all_day = [replace(one, visit=PACE * one.visit) for one in privileged(branch, of_day, dice)]
    served, waiting = len(branch.windows), round(QUEUE * len(branch.windows))
    before = [one for one in all_day if one.arrives < begins][-served - waiting :]
    there = [_half_served(one, dice) for one in before[:served]]
    there += [replace(one, patience=None) for one in before[served:]]
    coming = tuple(one for one in all_day if begins <= one.arrives < ends)
    return People(tuple(there), coming, shifts.of_day(branch, day))


def _half_served(visitor: Visitor, dice: Random) -> Visitor:
    """Somebody who came to the window a while ago: a part of the visit is over."""
    return replace(
        visitor,
        visit=visitor.visit * dice.random(),
        comes=Comes.AT_THE_CALL,
        walk=timedelta(),
        patience=None,
    )


def count(some: Sequence[People]) -> tuple[int, int]:
    """How many are there, and how many come."""
    return sum(len(one.there) for one in some), sum(len(one.coming) for one in some)
