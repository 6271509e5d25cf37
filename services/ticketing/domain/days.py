"""What became of a day's tickets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.ticketing.domain.tickets import State


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tickets of a branch's day stand where."""

    branch: str
    day: date
    tickets: Mapping[State, int]

    @property
    def total(self) -> int:
        return sum(self.tickets.values())
