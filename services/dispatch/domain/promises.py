"""The moment by which a ticket is to be called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class PromiseRule:
    """Targets of a branch. The 15-minute norm: Decree 1376 of 22.12.2012, p. 18."""

    ordinary: timedelta = timedelta(minutes=15)

    def of(self, arrived: datetime) -> datetime:
        """Everyone is promised a call a fixed time after arrival, so every ticket ages alike."""
        return arrived + self.ordinary
