"""Whether a row of figures has stopped growing: pure, and strict enough to fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Final

WARM_UP: Final = 1 / 3
"""Of the days: caches fill, what is kept for some days has not begun to go."""

MORE: Final = 1.10
"""The last third may lie so far above the one before it: days differ, and memory is noisy."""

GRAIN: Final = {"memory": 4.0, "store": 1.0, "disk": 4.0, "keys": 5.0, "bytes": 20.0}
"""And so much besides, of each sort of figure (MB, MB, MB, keys, kB): what is small jumps."""


def growing(days: Sequence[Mapping[str, float]]) -> Iterator[tuple[str, float, float]]:
    """Figures that grow when they should not: name, median of the second third, of the last.

    *days* hold the same figures day by day; one that is absent is 0.
    """
    third = round(len(days) * WARM_UP)
    before, after = days[third : 2 * third], days[-third:]
    for name in sorted({name for day in days for name in day}):
        was, now = (median(day.get(name, 0) for day in some) for some in (before, after))
        if now > MORE * was + GRAIN[name.split()[0]]:
            yield name, was, now
