"""The orders of calling that other queue systems use, to be measured against.

Each is a rank of the first ones in line. Where several operators wait for a visitor, the one who
has waited longest gets the next: these systems do not keep rare skills free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from contracts.values import Standing
from services.dispatch.domain.promises import Promise, promise_of
from services.dispatch.domain.routing import Head, ReadyWindow
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import Abilities
from services.dispatch.simulation.day import Arrival, Day
from services.dispatch.simulation.hall import Hall

Rank: TypeAlias = Callable[[Head, datetime], tuple[float | datetime, ...]]
Placing: TypeAlias = Callable[[str, Iterable[ReadyWindow]], ReadyWindow | None]

CLASSES: Final = {
    Standing.STATUTORY: 0.0,
    Standing.BOOKED: 1.0,
    Standing.LOCAL: 2.0,
    Standing.ORDINARY: 3.0,
}
WEIGHTS: Final = {
    Standing.STATUTORY: 10.0,
    Standing.BOOKED: 4.0,
    Standing.LOCAL: 3.0,
    Standing.ORDINARY: 1.0,
}
SHORT: Final = 10.0  # minutes
SHORT_WEIGHT: Final = 1.5


def longest_ready(line: str, ready: Iterable[ReadyWindow]) -> ReadyWindow | None:
    """Of the windows that may serve *line*, the one that has waited longest."""
    suitable = (window for window in ready if window.abilities.level(line) is not None)
    return min(suitable, key=lambda window: (window.since, window.window), default=None)


@dataclass(frozen=True, slots=True)
class Ranked:
    """The smallest rank is called; ties by ticket, so that a day is the same again."""

    rank: Rank
    rules: Rules  # only for the question which booking is too late to be one
    takes_in: Placing = longest_ready

    def promise(self, arrival: Arrival) -> Promise:
        """A place by arrival, and who booked, by the hour; ``plain`` is always the arrival."""
        at = arrival.arrived
        kept = promise_of(self.rules, arrival.standing, arrival.service, at, arrival.slot)
        by = kept.by if kept.standing is Standing.BOOKED else at
        return Promise(kept.standing, by, at)

    def choose(
        self, heads: Sequence[Head], abilities: Abilities, hall: Hall, now: datetime
    ) -> Head | None:
        del abilities, hall
        return min(heads, key=lambda head: (*self.rank(head, now), head.ticket), default=None)

    def place(self, line: str, ready: Iterable[ReadyWindow]) -> ReadyWindow | None:
        return self.takes_in(line, ready)


def by_arrival(head: Head, now: datetime) -> tuple[float | datetime, ...]:
    """First come, first served: nobody has a right before others."""
    del now
    return (head.plain,)


def by_class(head: Head, now: datetime) -> tuple[float | datetime, ...]:
    """Strict classes, and in each of them first come, first served."""
    del now
    return CLASSES[head.standing], head.promise


def booked_merged(head: Head, now: datetime) -> tuple[float | datetime, ...]:
    """The law, then bookings whose hour has come, then all others by arrival."""
    if head.standing is Standing.STATUTORY:
        return 0.0, head.promise
    if head.standing is Standing.BOOKED and head.promise <= now:
        return 1.0, head.promise
    return 2.0, head.plain


def by_weight(lines: Mapping[str, float]) -> Rank:
    """Minutes waited times the weight of the visitor times the weight of the line."""

    def rank(head: Head, now: datetime) -> tuple[float | datetime, ...]:
        waited = (now - head.promise) / timedelta(minutes=1)
        return (-waited * WEIGHTS[head.standing] * lines.get(head.line, 1.0),)

    return rank


def line_weights(days: Iterable[Day]) -> dict[str, float]:
    """As it is usual: a line of short matters counts half as much again."""
    usual: dict[str, list[float]] = {}
    for day in days:
        for arrival in day.arrivals:
            usual.setdefault(arrival.line, []).append(arrival.minutes)
    return {
        line: SHORT_WEIGHT if sum(minutes) / len(minutes) <= SHORT else 1.0
        for line, minutes in usual.items()
    }
