"""Days as a branch may expect them, drawn from what it has learned: practice for a break plan.

The shift is today's, as it was published; who comes, for what and for how long is drawn anew for
each day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from contracts.catalogue import Window
from contracts.values import Standing
from services.dispatch.domain.arrivals import Arrivals
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.breaks import BreakPlan
from services.dispatch.domain.durations import Durations, Habits, Minutes
from services.dispatch.domain.forecast_draws import EARLIEST, LATEST, USUAL, drawn_lengths
from services.dispatch.domain.outlook import minutes_of
from services.dispatch.domain.rates import Rates, given
from services.dispatch.domain.rules import MINUTE
from services.dispatch.domain.shifts import Shift
from services.dispatch.domain.skills import Abilities
from services.dispatch.simulation.day import Arrival, Day, Desk, Rest

NO_PLACE: Final = Window(window="0", zone="-", accessible=False)
"""Of who has no usual window: skills count there, the place does not."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What people of a line come for in a part of the day, and how many."""

    begins: datetime
    ends: datetime
    line: str
    service: str
    standing: Standing
    visit: Minutes
    expected: float


Came = tuple[datetime, Wish]


@dataclass(frozen=True, slots=True)
class Practice:
    """A branch on a day, as far as it is known beforehand."""

    branch: Branch
    rates: Rates
    arrivals: Arrivals
    durations: Durations
    desks: Sequence[Desk]

    def drawn(self, count: int, dice: np.random.Generator) -> list[Day]:
        """So many days that might be."""
        wishes = [*self._wishes()]
        return [self._day(_came(wishes, dice), dice) for _ in range(count)]

    def _wishes(self) -> Iterator[Wish]:
        for line, halves in sorted(self.rates.lines.items()):
            for (service, standing), share in sorted(self.arrivals.mix(line).items()):
                visit = self.durations.visit(service, minutes_of(self.branch, service))
                for half, rate in halves.items():
                    begins, ends = given(self.rates.opening, half)
                    yield Wish(begins, ends, line, service, standing, visit, rate * share)

    def _day(self, came: Sequence[Came], dice: np.random.Generator) -> Day:
        opening = self.rates.opening
        return Day(
            self.branch.code,
            opening.opens.date(),
            self.branch.zone_info,
            opening.opens.astimezone(UTC),
            opening.closes.astimezone(UTC),
            _with_visits(came, self.durations.habits, dice),
            tuple(self.desks),
        )


def desks_of(branch: Branch, shifts: Sequence[Shift], plan: BreakPlan) -> list[Desk]:
    """Who works at which window, resting by *plan*."""
    opening = branch.opening(shifts[0].starts.date()) if shifts else None
    return [
        Desk(
            operator=shift.operator,
            window=place.window,
            abilities=Abilities.of(operator, place),
            starts=shift.starts.astimezone(UTC),
            ends=shift.ends.astimezone(UTC),
            rest=_rest(plan, shift.operator),
            to_the_last=opening is not None and shift.ends >= opening.closes,
        )
        for shift in shifts
        for operator in [branch.operators[shift.operator]]
        for place in [branch.windows.get(operator.window or "", NO_PLACE)]
    ]


def _came(wishes: Sequence[Wish], dice: np.random.Generator) -> list[Came]:
    """Who takes a ticket when, in that order."""
    counts = dice.poisson([wish.expected for wish in wishes])
    came = [
        (wish.begins + (wish.ends - wish.begins) * float(part), wish)
        for wish, count in zip(wishes, counts, strict=True)
        if count
        for part in dice.random(count)
    ]
    return sorted(came, key=lambda one: one[0])


def _with_visits(
    came: Sequence[Came], habits: Habits, dice: np.random.Generator
) -> tuple[Arrival, ...]:
    count = len(came)
    comes = dice.random(count) >= habits.no_show
    (visits,) = drawn_lengths([wish.visit for _, wish in came], 1, dice)
    (tidying,) = drawn_lengths([habits.tidies] * count, 1, dice)
    early = dice.triangular(EARLIEST, USUAL, LATEST, count)
    return tuple(
        Arrival(
            ticket=f"{place:04}",
            arrived=at.astimezone(UTC),
            service=wish.service,
            line=wish.line,
            minutes=wish.visit.mean,
            standing=wish.standing,
            slot=_slot(at, wish, float(early[place])),
            comes=bool(comes[place]),
            until_start=(habits.walk if comes[place] else habits.absence) * MINUTE,
            visit=float(visits[place]) * MINUTE,
            tidying=float(tidying[place]) * MINUTE,
            patience=None,
        )
        for place, (at, wish) in enumerate(came)
    )


def _rest(plan: BreakPlan, operator: str) -> Rest | None:
    known = plan.get(operator)
    return Rest(known.starts.astimezone(UTC), known.length) if known else None


def _slot(arrived: datetime, wish: Wish, early: float) -> datetime | None:
    if wish.standing is not Standing.BOOKED:
        return None
    return (arrived - early * MINUTE).astimezone(UTC)
