"""Who booked an hour of the day, who of them comes, and how far from the hour.

Pure, as visitors.py. An hour is given while the windows that could serve at it have places:
a part of them is kept for those who come without one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from contracts.values import Standing
from services.world.catalogue import Branch, Service
from services.world.shifts import Shift
from services.world.visitors import Choice, Visitor, arrivals, how_many, visitor_of

GRID: Final = timedelta(minutes=5)  # slots begin and are counted on it
QUOTA: Final = 0.4  # of the windows with the skills may be booked at a time
EARLIEST, USUAL, LATEST = -15.0, -7.0, 10.0  # minutes around the slot
MUCH_TOO_LATE: Final = 25.0
TOO_LATE_SHARE: Final = 0.04
TRIES: Final = 10  # other hours that somebody asks for before doing without


def of_day(
    branch: Branch,
    bookable: Sequence[Service],
    day: date,
    shifts: Sequence[Shift],
    dice: Random,
) -> tuple[Visitor, ...]:
    """Return those of *day* who come by appointment; who booked and stays away is left out."""
    hours = branch.opening(day)
    if hours is None or not bookable:
        return ()
    choose, book = Choice(branch.category_mix_pct, bookable), _Book(shifts)
    comers = []
    for index in range(how_many(branch, day, branch.appointment_share_pct / 100, dice)):
        service = choose.one(dice)
        slot = book.slot(service, arrivals(branch, *hours, TRIES, dice))
        if slot is None or dice.random() < branch.appointment_no_show_pct / 100:
            continue
        arrives = max(hours[0], slot + _from_the_hour(dice))
        visitor = visitor_of(f"{day}/b{index:04}", arrives, service, None, dice)
        comers.append(replace(visitor, standing=Standing.BOOKED, slot=slot, patience=None))
    return tuple(sorted(comers, key=lambda visitor: visitor.arrives))


class _Book:
    """The day's slots, as far as they are given away."""

    def __init__(self, shifts: Sequence[Shift]) -> None:
        self._shifts = shifts
        self._taken: Counter[tuple[frozenset[str], datetime]] = Counter()

    def slot(self, service: Service, wishes: Iterable[datetime]) -> datetime | None:
        """Give away the first of *wishes* that has a place."""
        for wish in wishes:
            slot = wish.replace(minute=wish.minute // 5 * 5, second=0, microsecond=0)
            steps = range(math.ceil(timedelta(minutes=service.duration_min) / GRID))
            spans = [(service.skills, slot + step * GRID) for step in steps]
            if all(self._taken[span] < self._places(*span) for span in spans):
                self._taken.update(spans)
                return slot
        return None

    def _places(self, skills: frozenset[str], at: datetime) -> int:
        windows = sum(
            skills <= shift.skills and shift.starts <= at < shift.ends and not _rests(shift, at)
            for shift in self._shifts
        )
        return math.ceil(QUOTA * windows)


def _rests(shift: Shift, at: datetime) -> bool:
    rest = shift.rest
    return rest is not None and rest.starts <= at < rest.starts + rest.length


def _from_the_hour(dice: Random) -> timedelta:
    if dice.random() < TOO_LATE_SHARE:
        return timedelta(minutes=dice.uniform(LATEST, MUCH_TOO_LATE))
    return timedelta(minutes=dice.triangular(EARLIEST, LATEST, USUAL))
