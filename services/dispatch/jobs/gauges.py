"""Who waits and what happens at the windows, as gauges."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from services.dispatch.domain.windows import State
from services.dispatch.metrics import LONGEST_WAIT, WAITING, WINDOWS
from services.dispatch.store.glances import Glance


def show(branch: str, glance: Glance, now: datetime) -> None:
    """Set the gauges of *branch* from the store, so that every instance shows the same truth."""
    for line in glance.lines:
        WAITING.labels(branch, line.line).set(line.waiting)
        if line.oldest is None:  # most lines of most branches: a series for each is a long scrape
            LONGEST_WAIT.remove(branch, line.line)
        else:
            LONGEST_WAIT.labels(branch, line.line).set((now - line.oldest).total_seconds())
    states = Counter(window.state for window in glance.windows)
    for state in State:
        WINDOWS.labels(branch, state).set(states[state])
