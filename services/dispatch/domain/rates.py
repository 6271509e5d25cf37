"""How many tickets are to be expected in each half hour of a day, after what was seen.

A line with few tickets follows the rhythm of the whole branch until it has enough of its own. A
half hour that was not seen yet follows the mean of those that were. All clocks are the branch's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final

from services.dispatch.domain.branch import Opening
from services.dispatch.domain.rules import MINUTE

HALF_HOUR: Final = 30 * MINUTE
HALVES: Final = 48  # of a day
HOUR_PRIOR: Final = 0.5  # days: how much the mean of all hours counts in each
LINE_PRIOR: Final = 8.0  # tickets in a half hour: until then the rhythm of the branch counts more
LEAST_SEEN: Final = 2.0  # half hours: the crowd at the door is not the whole day

Halves = Mapping[int, float]
"""By the number of the half hour: 18 begins at 09:00."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Tickets that are expected on a day, by line and half hour."""

    opening: Opening
    lines: Mapping[str, Halves]

    def between(self, line: str, since: datetime, until: datetime) -> float:
        """Tickets of *line* in a part of the day."""
        expected = 0.0
        for half, rate in self.lines.get(line, {}).items():
            begins, ends = given(self.opening, half)
            common = min(ends, until) - max(begins, since)
            if common > timedelta(0):
                expected += rate * (common / (ends - begins))
        return expected

    @property
    def total(self) -> float:
        """Of the whole day."""
        return sum(sum(rates.values()) for rates in self.lines.values())

    def times(self, factor: float) -> Rates:
        """So many times as many."""
        lines = {
            line: {half: rate * factor for half, rate in known.items()}
            for line, known in self.lines.items()
        }
        return replace(self, lines=lines)


def rates_of(opening: Opening, seen: Halves, tickets: Mapping[str, Halves]) -> Rates:
    """What to expect when *tickets* were taken, by line; *seen*: on how many days, by half hour."""
    parts = dict(_parts(opening))
    watched = {half: seen.get(half, 0.0) * part for half, part in parts.items()}
    counted = whole(tickets)
    total = sum(counted.values())
    if not total:
        return Rates(opening, {})
    mean = sum(counted.get(half, 0.0) for half in parts) / max(sum(watched.values()), LEAST_SEEN)
    rhythm = {
        half: (HOUR_PRIOR * mean + counted.get(half, 0.0)) / (HOUR_PRIOR + days)
        for half, days in watched.items()
    }
    lines: dict[str, Halves] = {}
    for line, own in tickets.items():
        share = sum(own.values()) / total
        lines[line] = {
            half: parts[half] * _shrunk(share * rhythm[half], own.get(half, 0.0), days)
            for half, days in watched.items()
        }
    return Rates(opening, lines)


def _shrunk(expected: float, count: float, days: float) -> float:
    """So many a day: as *expected* at first, as counted in the end (gamma prior)."""
    return expected * (LINE_PRIOR + count) / (LINE_PRIOR + expected * days)


def half_of(at: datetime) -> int:
    """The half hour in which *at* lies."""
    return at.hour * 2 + at.minute // 30


def begin_of(day: datetime, half: int) -> datetime:
    """When a half hour of *day* begins."""
    return datetime.combine(day.date(), time(half // 2, half % 2 * 30), day.tzinfo)


def given(opening: Opening, half: int) -> tuple[datetime, datetime]:
    """When tickets are given in a half hour; the end is not after the beginning if never."""
    begins = begin_of(opening.opens, half)
    return max(begins, opening.opens), min(begins + HALF_HOUR, opening.last_ticket)


def whole(tickets: Mapping[str, Halves]) -> Halves:
    """All lines together."""
    counted: dict[int, float] = {}
    for own in tickets.values():
        for half, count in own.items():
            counted[half] = counted.get(half, 0.0) + count
    return counted


def _parts(opening: Opening) -> Iterator[tuple[int, float]]:
    """The half hours in which tickets are given, and in which part of each."""
    for half in range(HALVES):
        begins, ends = given(opening, half)
        if begins < ends:
            yield half, (ends - begins) / HALF_HOUR
