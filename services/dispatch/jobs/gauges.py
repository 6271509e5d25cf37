"""Who waits and what happens at the windows, as gauges."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from services.dispatch.domain.windows import State
from services.dispatch.jobs.stores import Stores
from services.dispatch.metrics import LONGEST_WAIT, WAITING, WINDOWS
from services.dispatch.store.lines import Line

EVERY = timedelta(seconds=2)


class Gauges:
    """Sets the gauges from the store, so that every instance shows the same truth."""

    def __init__(self, stores: Stores, now: Callable[[], datetime]) -> None:
        self._stores = stores
        self._now = now

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            for code in await self._stores.branches.codes():
                branch = await self._stores.branches.get(code)
                lines = await self._stores.lines.read(branch)
                windows = await self._stores.windows.read_all(branch)
                self._set(code, lines, Counter(window.state for window in windows))
            await asyncio.sleep(EVERY.total_seconds())

    def _set(self, branch: str, lines: list[Line], windows: Counter[State]) -> None:
        for line in lines:
            WAITING.labels(branch, line.line).set(line.waiting)
            waited = (self._now() - line.oldest).total_seconds() if line.oldest else 0
            LONGEST_WAIT.labels(branch, line.line).set(waited)
        for state in State:
            WINDOWS.labels(branch, state).set(windows[state])
