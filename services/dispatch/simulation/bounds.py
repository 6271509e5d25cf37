"""What no order of calling can have: skills for everything, and visits known beforehand.

They say how much of a bad day is the order's doing, and how much the staffing's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.values import Standing
from services.dispatch.domain.promises import Promise, promise_of
from services.dispatch.domain.routing import Head, ReadyWindow, take_in
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import MAIN, Abilities
from services.dispatch.simulation.day import Arrival, Day
from services.dispatch.simulation.hall import Hall
from services.dispatch.simulation.measures import norm_of


def all_skills(day: Day) -> Day:
    """The same day, were everybody able to do everything."""
    needs = {need for arrival in day.arrivals for need in arrival.line.split("+")}
    return replace(
        day,
        desks=tuple(
            replace(
                desk, abilities=Abilities({**desk.abilities.levels, **dict.fromkeys(needs, MAIN)})
            )
            for desk in day.desks
        ),
    )


@dataclass(frozen=True, slots=True)
class KnownVisits:
    """An order that knows how long each visit will take, and gives up on who is late anyway.

    The law first; then the shortest visit of those whose norm may still be kept; the late ones
    last. Nobody could explain it to the late ones.
    """

    rules: Rules

    def promise(self, arrival: Arrival) -> Promise:
        return promise_of(
            self.rules, arrival.standing, arrival.service, arrival.arrived, arrival.slot
        )

    def choose(
        self, heads: Sequence[Head], abilities: Abilities, hall: Hall, now: datetime
    ) -> Head | None:
        del abilities
        lines = {head.line for head in heads}
        return min(
            (head for head in hall.heads.values() if head.line in lines),
            key=lambda head: self._rank(hall.waiting[head.ticket], now),
            default=None,
        )

    def place(self, line: str, ready: Iterable[ReadyWindow]) -> ReadyWindow | None:
        return take_in(line, ready)

    def _rank(self, arrival: Arrival, now: datetime) -> tuple[bool, bool, float, str]:
        return (
            arrival.standing is not Standing.STATUTORY,
            now > norm_of(arrival, self.rules),
            (arrival.until_start + arrival.visit).total_seconds(),
            arrival.ticket,
        )
