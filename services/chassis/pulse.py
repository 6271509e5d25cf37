"""Whether a reader still lives: one that has records to read, and gets none for long, is stuck.

It may wait for a good reason. Its store is away: then it tries again and again, and each try is a
sign of life. Kafka is away: then nobody knows what there would be to read. What is left is a
consumer that stands still for ever, as aiokafka's now and then does (its issues 625, 847, 1154),
or a step that never comes back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

STUCK_AFTER = timedelta(seconds=60)
"""Longer than any try takes, and than the readers of a group need to share its partitions anew."""

_A_LOOK: Final = timedelta(seconds=5)
"""What one look counts for at most: the machine may have slept since the one before."""


class Pulse:
    """Of one reader: for how long it gave no sign of life, by those who look, in real time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.still = timedelta()
        self._clock = clock
        self._looked_at = clock()
        self._beaten = False
        self._place: object = None

    def beat(self) -> None:
        """It lives, or nobody can know."""
        self._beaten = True

    def look(self, place: object, *, behind: bool) -> None:
        """It is at *place*, with records *behind* or not: unless it moved, it stands still."""
        now = self._clock()
        passed = min(timedelta(seconds=now - self._looked_at), _A_LOOK)
        lives = self._beaten or not behind or place != self._place
        self.still = timedelta() if lives else self.still + passed
        self._looked_at, self._place, self._beaten = now, place, False
