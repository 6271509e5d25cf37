"""What a branch has taught about who comes when, and for what: its own tickets, by half hour.

Working days and weekends are learned apart; a sort of day not seen yet follows the other. Old days
fade: not more than ``MEMORY`` of a sort count. A day on which nobody came, as a holiday, teaches
nothing. All clocks are the branch's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from contracts.values import Standing
from services.dispatch.domain.branch import Opening
from services.dispatch.domain.rates import (
    HALF_HOUR,
    HALVES,
    Halves,
    Rates,
    begin_of,
    half_of,
    rates_of,
    whole,
)

MEMORY: Final = 20.0  # days of a sort
WISHES: Final = 500.0  # newest tickets of a line that tell what they are for
BUSY_PRIOR: Final = 40.0  # tickets: until then a day counts as one like the others


class Sort(StrEnum):
    """Days that are alike."""

    WORKING_DAY = "working_day"
    WEEKEND = "weekend"


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody took a ticket."""

    at: datetime
    line: str
    service: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Today:
    """The newest day."""

    on: date
    first: int  # half hour with a ticket: from it on the day was seen
    tickets: Mapping[str, Halves]  # by line

    def seen(self, now: datetime) -> Halves:
        """Which part of each half hour has gone."""
        over = now.date() != self.on
        gone = HALVES if over else (now - begin_of(now, 0)) / HALF_HOUR
        return {half: min(max(gone - half, 0.0), 1.0) for half in range(self.first, HALVES)}


@dataclass(frozen=True, slots=True)
class Past:
    """Tickets of finished days of a sort."""

    days: Halves = field(default_factory=dict)  # how often each half hour was seen
    tickets: Mapping[str, Halves] = field(default_factory=dict)  # by line

    def with_day(self, day: Today) -> Past:
        """One day more."""
        keeps = min(1.0, (MEMORY - 1) / max([1.0, *self.days.values()]))
        seen = dict.fromkeys(range(day.first, HALVES), 1.0)
        lines = sorted({*self.tickets, *day.tickets})
        return Past(
            _sum(self.days, seen, keeps),
            {n: _sum(self.tickets.get(n, {}), day.tickets.get(n, {}), keeps) for n in lines},
        )


@dataclass(frozen=True, slots=True)
class Arrivals:
    """All that a branch has taught about who comes. A new value after every ticket."""

    past: Mapping[Sort, Past] = field(default_factory=dict)
    today: Today | None = None
    wishes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By line: service and standing in one text -> tickets."""

    def after(self, taken: Taken) -> Arrivals:
        """One ticket more."""
        told = replace(self, wishes=_with_wish(self.wishes, taken))
        on, half, today = taken.at.date(), half_of(taken.at), self.today
        if today is None or on > today.on:
            past = self._with_day(today) if today else self.past
            return replace(told, past=past, today=Today(on, half, {taken.line: {half: 1.0}}))
        if on < today.on:  # heard late
            known = self.past.get(_sort_of(on), Past())
            late = replace(known, tickets=_with_one(known.tickets, taken.line, half))
            return replace(told, past={**self.past, _sort_of(on): late})
        first, tickets = min(half, today.first), _with_one(today.tickets, taken.line, half)
        return replace(told, today=Today(on, first, tickets))

    def after_all(self, taken: Iterable[Taken]) -> Arrivals:
        """Some tickets more, as they were heard."""
        told = self
        for one in taken:
            told = told.after(one)
        return told

    def rates(self, opening: Opening, now: datetime) -> Rates | None:
        """What to expect on the day of *opening*; None before anybody ever took a ticket."""
        seen, tickets = self._seen(opening.opens.date(), now)
        if not tickets:
            return None
        rates = rates_of(opening, seen, tickets)
        return rates.times(self._busier_than(rates, now))

    def mix(self, line: str) -> Mapping[tuple[str, Standing], float]:
        """What tickets of *line* are for, and by which promise they are called: shares of 1."""
        known = self.wishes.get(line, {})
        total = sum(known.values())
        return {_of_wish(wish): count / total for wish, count in known.items()}

    def _with_day(self, today: Today) -> Mapping[Sort, Past]:
        sort = _sort_of(today.on)
        return {**self.past, sort: self.past.get(sort, Past()).with_day(today)}

    def _seen(self, on: date, now: datetime) -> tuple[Halves, Mapping[str, Halves]]:
        """How often each half hour was seen, and the tickets then: of days like *on*, or of all."""
        known = [(_sort_of(one.on), one.seen(now), one.tickets) for one in _list(self.today)]
        known += [(sort, past.days, past.tickets) for sort, past in self.past.items()]
        alike = [one for one in known if one[0] is _sort_of(on)] or known
        seen: Halves = {}
        tickets: dict[str, Halves] = {}
        for _, days, lines in alike:
            seen = _sum(seen, days)
            for line, own in lines.items():
                tickets[line] = _sum(tickets.get(line, {}), own)
        return seen, tickets

    def _busier_than(self, rates: Rates, now: datetime) -> float:
        """A day that begins with more people than usual goes on so."""
        if self.today is None or self.today.on != rates.opening.opens.date():
            return 1.0
        begins = begin_of(rates.opening.opens, self.today.first)
        usual = sum(rates.between(line, begins, now) for line in rates.lines)
        came = sum(whole(self.today.tickets).values())
        return (BUSY_PRIOR + came) / (BUSY_PRIOR + usual)

    def as_stored(self) -> dict[str, Any]:
        """As numbers, texts and mappings, to be stored."""
        past = {s: {"days": one.days, "tickets": one.tickets} for s, one in self.past.items()}
        newest = [
            {"on": one.on.isoformat(), "first": one.first, "tickets": one.tickets}
            for one in _list(self.today)
        ]
        return {"past": past, "newest": newest, "wishes": self.wishes}

    @classmethod
    def of_stored(cls, stored: Mapping[str, Any]) -> Arrivals:
        """Undo ``as_stored``."""
        past = {
            Sort(sort): Past(_numbered(one["days"]), _lines(one["tickets"]))
            for sort, one in stored["past"].items()
        }
        newest = [
            Today(date.fromisoformat(one["on"]), one["first"], _lines(one["tickets"]))
            for one in stored["newest"]
        ]
        return cls(past, newest[0] if newest else None, stored["wishes"])


NOBODY_YET: Final = Arrivals()
"""Of a branch of which nothing is known."""


def by_standing(
    mix: Mapping[tuple[str, Standing], float],
) -> Mapping[Standing, Mapping[str, float]]:
    """The services of a *mix*, apart for each standing."""
    found: dict[Standing, dict[str, float]] = {}
    for (service, standing), share in mix.items():
        found.setdefault(standing, {})[service] = share
    return found


def _sort_of(on: date) -> Sort:
    return Sort.WEEKEND if on.weekday() > 4 else Sort.WORKING_DAY


def _list(today: Today | None) -> Iterable[Today]:
    return [] if today is None else [today]


def _sum(one: Halves, other: Halves, keeps: float = 1.0) -> Halves:
    """*keeps* of the one, and all of the other; thousandths are enough."""
    return {
        half: round(one.get(half, 0.0) * keeps + other.get(half, 0.0), 3)
        for half in sorted({*one, *other})
    }


def _with_one(tickets: Mapping[str, Halves], line: str, half: int) -> Mapping[str, Halves]:
    return {**tickets, line: _sum(tickets.get(line, {}), {half: 1.0})}


def _of_wish(wish: str) -> tuple[str, Standing]:
    service, standing = wish.split(" ")
    return service, Standing(standing)


def _with_wish(
    wishes: Mapping[str, Mapping[str, float]], taken: Taken
) -> Mapping[str, Mapping[str, float]]:
    known, wish = wishes.get(taken.line, {}), f"{taken.service} {taken.standing}"
    keeps = min(1.0, (WISHES - 1) / max(sum(known.values()), 1.0))
    faded = {other: round(count * keeps, 3) for other, count in known.items()}
    return {**wishes, taken.line: {**faded, wish: faded.get(wish, 0.0) + 1}}


def _numbered(halves: Mapping[str, float]) -> Halves:
    return {int(half): count for half, count in halves.items()}


def _lines(tickets: Mapping[str, Mapping[str, float]]) -> Mapping[str, Halves]:
    return {line: _numbered(halves) for line, halves in tickets.items()}
