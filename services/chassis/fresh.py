"""What was read is shared for a moment, and one read serves all who ask at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, Generic, TypeVar

Value = TypeVar("Value")

MOMENT: Final = timedelta(seconds=1)
"""How long an instance may use what it read before it looks for a newer version."""


class Fresh(Generic[Value]):
    """Values by key, as *read* found them not longer than *moment* ago.

    A read that fails is told to all who wait for it, and is not kept.
    """

    def __init__(
        self,
        read: Callable[[str], Awaitable[Value]],
        moment: timedelta = MOMENT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._seconds = moment.total_seconds()
        self._clock = clock
        self._known: dict[str, tuple[float, Value]] = {}
        self._reading: dict[str, asyncio.Task[Value]] = {}

    async def get(self, key: str) -> Value:
        """The value of *key*; raises what *read* raises."""
        known = self._known.get(key)
        if known is not None and self._clock() - known[0] < self._seconds:
            return known[1]
        reading = self._reading.get(key)
        if reading is None:
            reading = self._reading[key] = asyncio.ensure_future(self._look(key))
        return await asyncio.shield(reading)  # whoever gives up does not stop the others

    def keep(self, key: str, value: Value) -> None:
        """Somebody else has just read it."""
        self._known[key] = self._clock(), value

    def forget(self, key: str) -> None:
        """It changed: whoever asks from now on gets what a new read finds."""
        self._known.pop(key, None)
        self._reading.pop(key, None)

    async def _look(self, key: str) -> Value:
        began = self._clock()
        mine = asyncio.current_task()
        try:
            value = await self._read(key)
            if self._reading.get(key) is mine:
                self._known[key] = began, value
            return value
        finally:
            if self._reading.get(key) is mine:
                del self._reading[key]
