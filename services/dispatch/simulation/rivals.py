"""The orders of calling that other queue systems use, to be measured against.

Each is a rank of the first ones in line. None has a skill of the second level, a promise that
grows old, or a look at other lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from contracts.values import Standing
from services.dispatch.domain.promises import Promise, promise_of
from services.dispatch.domain.routing import Head
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import Abilities
from services.dispatch.simulation.day import Arrival
from services.dispatch.simulation.hall import Hall

Rank: TypeAlias = Callable[[Head, datetime], tuple[float | datetime, ...]]

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


@dataclass(frozen=True, slots=True)
class Ranked:
    """The smallest rank is called; ties by ticket, so that a day is the same again."""

    rank: Rank
    rules: Rules  # only for the question which booking is too late to be one

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


@dataclass(frozen=True, slots=True)
class EarliestPromise:
    """The promise that falls first, and nothing else: the law is a promise of no minutes."""

    rules: Rules

    def promise(self, arrival: Arrival) -> Promise:
        return promise_of(
            self.rules, arrival.standing, arrival.service, arrival.arrived, arrival.slot
        )

    def choose(
        self, heads: Sequence[Head], abilities: Abilities, hall: Hall, now: datetime
    ) -> Head | None:
        del abilities, hall, now
        return min(heads, key=lambda head: (head.promise, head.ticket), default=None)
