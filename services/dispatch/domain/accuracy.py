"""How well forecasts were met, against two rules that anybody could use instead.

A forecast is judged by what was said when the ticket was issued. The rivals: "people ahead times
the mean visit, divided by the windows" and "as long as the last one called has waited".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from services.dispatch.domain.forecast import Range
from services.dispatch.domain.rules import MINUTE
from services.dispatch.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Said:
    """What was forecast for a ticket, and what the rivals would have said."""

    made: datetime
    range: Range
    ahead: timedelta | None  # None: the rule has nothing to say
    last: timedelta | None


def by_people_ahead(snapshot: Snapshot, ticket: str) -> timedelta | None:
    """The first rival, within the line of *ticket*; None while no window serves it."""
    (own,) = (one for one in snapshot.waiting if one.ticket == ticket)
    line = [one for one in snapshot.waiting if one.line == own.line]
    ahead = sum((one.promise, one.ticket) < (own.promise, own.ticket) for one in line)
    windows = sum(
        window.at_work(snapshot.now) and window.abilities.level(own.line) is not None
        for window in snapshot.windows
    )
    if not windows:
        return None
    habits = snapshot.habits
    visit = sum(one.visit.expected for one in line) / len(line)
    return ahead * (habits.walk + visit + habits.tidying) / windows * MINUTE


@dataclass(frozen=True, slots=True)
class Errors:
    """Differences in minutes between what was said and what came."""

    count: int = 0
    absolute: float = 0.0
    squares: float = 0.0

    def with_one(self, said: timedelta, came: timedelta) -> Errors:
        wrong = (said - came) / MINUTE
        return Errors(self.count + 1, self.absolute + abs(wrong), self.squares + wrong**2)

    @property
    def mean_absolute(self) -> float | None:
        return self.absolute / self.count if self.count else None

    @property
    def root_mean_square(self) -> float | None:
        return math.sqrt(self.squares / self.count) if self.count else None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The score so far. A new value after every call of a ticket that had to wait."""

    count: int = 0
    inside: int = 0  # the range from p10 to p90
    ours: Errors = Errors()
    ahead: Errors = Errors()
    last: Errors = Errors()

    def after_call(self, said: Said, called: datetime) -> Accuracy:
        """The ticket of which *said* was said is called."""
        came = called - said.made
        found = said.range
        inside = found.p10 <= called and (found.p90 is None or called <= found.p90)
        return replace(
            self,
            count=self.count + 1,
            inside=self.inside + inside,
            ours=self.ours.with_one(found.p50 - said.made, came),
            ahead=self.ahead if said.ahead is None else self.ahead.with_one(said.ahead, came),
            last=self.last if said.last is None else self.last.with_one(said.last, came),
        )

    @property
    def share_inside(self) -> float | None:
        """Meant to be 0.8."""
        return self.inside / self.count if self.count else None

    def as_stored(self) -> dict[str, Any]:
        """As numbers and mappings, to be stored."""
        return asdict(self)

    @classmethod
    def of_stored(cls, stored: Mapping[str, Any]) -> Accuracy:
        """Undo ``as_stored``."""
        errors = {name: Errors(**stored[name]) for name in ("ours", "ahead", "last")}
        return cls(stored["count"], stored["inside"], **errors)
