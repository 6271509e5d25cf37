"""How good a lived day was: waits, norms missed, people overtaken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contracts.values import Standing
from services.dispatch.domain.promises import promise_of
from services.dispatch.domain.rules import Rules
from services.dispatch.simulation.day import Arrival
from services.dispatch.simulation.record import End, Outcome, Record

STATUTORY_NORM: Final = timedelta(minutes=5)  # "at once", as far as a full house allows
MINUTE: Final = timedelta(minutes=1)


def norm_of(arrival: Arrival, rules: Rules) -> datetime:
    """Until when the call keeps the visitor's own norm."""
    promise = promise_of(rules, arrival.standing, arrival.service, arrival.arrived, arrival.slot)
    match promise.standing:
        case Standing.STATUTORY:
            return arrival.arrived + STATUTORY_NORM
        case Standing.BOOKED:
            return max(promise.by, arrival.arrived) + rules.booking_norm
    return promise.by


@dataclass(frozen=True, slots=True)
class Wait:
    """One visitor's wait: of somebody who was served, or who should have been."""

    standing: Standing
    line: str
    hour: int  # of the arrival, by the branch's own clock
    minutes: float
    over: bool  # longer than the norm for everybody
    missed: bool  # called later than the own norm
    overtaken: int  # times that somebody who came later, not by law, was called instead


def waits(record: Record, rules: Rules) -> list[Wait]:
    """Return the waits of a day; who gave up, stayed away or was turned away has none."""
    passed_by = overtaken(record)
    found = []
    for outcome in record.outcomes.values():
        if outcome.end not in (End.SERVED, End.NOT_CALLED):
            continue
        arrival = outcome.arrival
        called = outcome.called or record.ended
        waited = max(called - arrival.waits_from, timedelta(0))
        found.append(
            Wait(
                arrival.standing,
                arrival.line,
                arrival.arrived.astimezone(record.day.zone).hour,
                waited / MINUTE,
                waited > rules.norm,
                called > norm_of(arrival, rules),
                passed_by[arrival.ticket],
            )
        )
    return found


def overtaken(record: Record) -> Counter[str]:
    """How often each ticket saw a later one called to a window that could have taken it.

    Calls of visitors whom the law puts first are not counted: they overtake by right.
    """
    lines = {
        desk.operator: {
            arrival.line
            for arrival in record.day.arrivals
            if desk.abilities.level(arrival.line) is not None
        }
        for desk in record.day.desks
    }
    times: Counter[str] = Counter()
    here = {
        ticket: outcome
        for ticket, outcome in sorted(record.outcomes.items())
        if outcome.end is not End.TURNED_AWAY
    }
    for ticket in record.calls:
        call = here.pop(ticket)
        if call.arrival.standing is not Standing.STATUTORY:
            times.update(_passed_by(call, here, lines[call.operator or ""]))
    return times


def _passed_by(call: Outcome, here: Mapping[str, Outcome], lines: set[str]) -> Iterable[str]:
    assert call.called is not None
    for ticket, other in here.items():
        if ticket > call.arrival.ticket:
            return
        if other.arrival.line in lines and (other.left is None or other.left > call.called):
            yield ticket


@dataclass(frozen=True, slots=True)
class Figures:
    """The waits of some visitors, in a row of a table. Shares are of 1, times in minutes."""

    visitors: int
    mean: float
    p90: float
    p95: float
    longest: float
    over: float
    missed: float
    overtaken: float

    @classmethod
    def of(cls, some: Sequence[Wait]) -> Figures:
        """Measure *some*, at least one."""
        minutes, count = sorted(wait.minutes for wait in some), len(some)
        return cls(
            count,
            sum(minutes) / count,
            minutes[int(0.90 * (count - 1))],
            minutes[int(0.95 * (count - 1))],
            minutes[-1],
            sum(wait.over for wait in some) / count,
            sum(wait.missed for wait in some) / count,
            sum(wait.overtaken > 0 for wait in some) / count,
        )


def by(some: Iterable[Wait], group: Callable[[Wait], str]) -> dict[str, Figures]:
    """Measure the groups of *some*, in alphabetical order."""
    groups: dict[str, list[Wait]] = {}
    for wait in some:
        groups.setdefault(group(wait), []).append(wait)
    return {name: Figures.of(groups[name]) for name in sorted(groups)}
