"""What an order of calling is to the simulator, and ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.dispatch.domain import routing
from services.dispatch.domain.pressure import head_starts
from services.dispatch.domain.promises import Promise, promise_of
from services.dispatch.domain.routing import Head, Lines, ReadyWindow
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import Abilities
from services.dispatch.simulation.day import Arrival
from services.dispatch.simulation.hall import Hall


class Policy(Protocol):
    """An order of calling."""

    def promise(self, arrival: Arrival) -> Promise:
        """The standing and the moment by which somebody is put in line."""

    def choose(
        self, heads: Sequence[Head], abilities: Abilities, hall: Hall, now: datetime
    ) -> Head | None:
        """Whom a window with *abilities* calls; *heads* are of lines that it may serve."""

    def place(self, line: str, ready: Iterable[ReadyWindow]) -> ReadyWindow | None:
        """Which of the windows that wait for somebody gets a new ticket of *line*, if any."""


@dataclass(frozen=True, slots=True)
class Promises:
    """Ours: whom the law puts first, then the promise that falls first."""

    rules: Rules

    def promise(self, arrival: Arrival) -> Promise:
        return promise_of(
            self.rules, arrival.standing, arrival.service, arrival.arrived, arrival.slot
        )

    def choose(
        self, heads: Sequence[Head], abilities: Abilities, hall: Hall, now: datetime
    ) -> Head | None:
        starts = head_starts(hall.work, hall.open_lines(), self.rules) if len(heads) > 1 else {}
        lines = Lines(hall.calls_since, starts)
        decision = routing.choose(heads, abilities, lines, self.rules, now)
        if decision is None:
            return None
        since = routing.next_calls_since(decision, lines, self.rules)
        hall.calls_since[decision.called.line] = since
        return decision.called

    def place(self, line: str, ready: Iterable[ReadyWindow]) -> ReadyWindow | None:
        return routing.take_in(line, ready)
