"""What a comparison found: every contender's waits, and their differences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import stdev

from services.dispatch.simulation.contenders import Contender
from services.dispatch.simulation.measures import Figures, Wait


@dataclass(frozen=True, slots=True)
class Result:
    """A contender's days, each with the waits of its visitors."""

    contender: Contender
    days: Sequence[Sequence[Wait]]
    seconds: float

    @property
    def waits(self) -> list[Wait]:
        return [wait for day in self.days for wait in day]

    @property
    def figures(self) -> Figures:
        return Figures.of(self.waits)

    def missed_less_than(self, other: Result) -> tuple[float, float]:
        """By how much the share of missed own norms is smaller, and the standard error of that.

        The days are the same under both, so the error is of the daily differences.
        """
        daily = [
            sum(wait.missed for wait in theirs) - sum(wait.missed for wait in mine)
            for mine, theirs in zip(self.days, other.days, strict=True)
        ]
        everybody, count = len(self.waits), len(daily)
        spread = stdev(daily) if count > 1 else math.nan
        return sum(daily) / everybody, spread * math.sqrt(count) / everybody
