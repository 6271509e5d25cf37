"""Whether a row of figures has stopped growing: pure, and strict enough to fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Final, TypeAlias

Figures: TypeAlias = "Mapping[str, float]"
"""Of one day, by name; the first word says of what sort each is. One that is absent is 0."""

MORE: Final = 1.05
"""The median of the last third may lie so far above that of the second."""

GRAIN: Final = {"memory": 3.0, "store": 0.5, "files": 64.0, "keys": 10.0, "bytes": 30.0}
"""And by so much besides, of each sort that is judged (MB, kB of bytes): small figures jump, and an
instance opens as many connections to the store as are asked of it at once, up to 64.
"""

RISES: Final = 0.7
"""Of two days, the later one holds more: so often where there is growth, half as often as not
where days only differ (Kendall's tau of 0.4; for 17 days by chance once in a hundred).
"""


@dataclass(frozen=True, slots=True)
class Course:
    """How a figure went: the medians of each third of the days, and how often it rose from one day
    to a later one. The first third is for warming up: caches fill, and what is kept for some days
    has not begun to go.
    """

    name: str
    thirds: tuple[float, float, float]
    rises: float

    @property
    def judged(self) -> bool:
        """Whether it must not grow. Disks may, up to a bound that is days away."""
        return self._sort in GRAIN

    @property
    def grows(self) -> bool:
        """Whether it went on growing when it should have stopped."""
        _, was, now = self.thirds
        return self.judged and self.rises > RISES and now > MORE * was + GRAIN[self._sort]

    @property
    def _sort(self) -> str:
        return self.name.split()[0]


def courses(days: Sequence[Figures]) -> Iterator[Course]:
    """How each figure went in *days*, six at least."""
    third = len(days) // 3
    for name in sorted({name for day in days for name in day}):
        row = [day.get(name, 0) for day in days]
        parts = row[: -2 * third], row[-2 * third : -third], row[-third:]
        first, second, last = map(median, parts)
        yield Course(name, (first, second, last), _rises(row[-2 * third :]))


def _rises(row: Sequence[float]) -> float:
    """The share of pairs of days of which the later holds more; the same is half of that."""
    pairs = list(combinations(row, 2))
    return sum((earlier < later) + (earlier == later) / 2 for earlier, later in pairs) / len(pairs)
