"""How well the forecast does on simulated days: it sees what a branch knows, and no more.

Lengths of visits are learned as the days go by. Of those who booked, some will not come, and the
forecast is not told who; visitors with a privilege come at the rate of the other days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Final

import numpy as np

from contracts.values import Standing
from services.dispatch.domain.accuracy import Accuracy, Said, by_people_ahead
from services.dispatch.domain.breaks import Rest
from services.dispatch.domain.durations import Durations
from services.dispatch.domain.forecast import HORIZON, forecast
from services.dispatch.domain.promises import promise_of
from services.dispatch.domain.routing import Head
from services.dispatch.domain.rules import MINUTE, Rules
from services.dispatch.domain.snapshot import (
    Booking,
    OpenWindow,
    Snapshot,
    Stream,
    UnderWay,
    Waiting,
)
from services.dispatch.simulation.day import Arrival, Day
from services.dispatch.simulation.hall import Doing, Hall, Station

HOUR: Final = timedelta(hours=1)
PRIVILEGED: Final = (Standing.STATUTORY, Standing.LOCAL)

Rates = Mapping[tuple[str, Standing, int], float]
"""Visitors of a line and standing in an hour after the opening."""


def rates(days: Sequence[Day]) -> Rates:
    """Count on *days* those who may overtake without a booking."""
    counts = Counter(
        (arrival.line, arrival.standing, (arrival.arrived - day.opens) // HOUR)
        for day in days
        for arrival in day.arrivals
        if arrival.standing in PRIVILEGED
    )
    return {key: count / len(days) for key, count in counts.items()}


@dataclass(slots=True)
class Foresight:
    """Looks on at a day: forecasts for all who have to wait, and remembers how it went."""

    day: Day
    rules: Rules
    rates: Rates
    no_shows: float  # share of those who booked
    durations: Durations
    accuracy: Accuracy
    dice: np.random.Generator
    booked: Sequence[Arrival] = ()
    said: dict[str, Said] = field(default_factory=dict)
    _last: dict[str, timedelta] = field(default_factory=dict)  # wait of the last one called
    _ends: list[tuple[datetime, str, Arrival]] = field(default_factory=list)

    def joins(self, arrival: Arrival, hall: Hall, now: datetime) -> None:
        """Forecast for who cannot be called at once."""
        if any(s.doing is Doing.READY and arrival.line in s.lines for s in hall.stations):
            return
        self._learn(now)
        snapshot = self.snapshot(arrival, hall, now)
        found = forecast(snapshot, self.dice).tickets.get(arrival.ticket)
        if found is None:
            return
        self.said[arrival.ticket] = Said(
            now, found, by_people_ahead(snapshot, arrival.ticket), self._last.get(arrival.line)
        )

    def called(self, arrival: Arrival, station: Station, hall: Hall, now: datetime) -> None:
        """See how it came."""
        del station, hall
        self._last[arrival.line] = now - arrival.arrived
        heappush(self._ends, (_done(arrival, now), arrival.ticket, arrival))
        if said := self.said.pop(arrival.ticket, None):
            self.accuracy = self.accuracy.after_call(said, now)

    def _learn(self, now: datetime) -> None:
        while self._ends and self._ends[0][0] <= now:
            _, _, done = heappop(self._ends)
            told = self.durations.after_call(done.comes, done.until_start / MINUTE)
            if done.comes:
                told = told.after_tidying(done.tidying / MINUTE).after_visit(
                    done.service, done.minutes, done.visit / MINUTE, self.rules.short_visit / MINUTE
                )
            self.durations = told

    def snapshot(self, new: Arrival, hall: Hall, now: datetime) -> Snapshot:
        """What the branch knows at *now*, as *new* takes a ticket."""
        promise = promise_of(self.rules, new.standing, new.service, new.arrived, new.slot)
        head = Head(new.line, promise.standing, new.ticket, promise.by, promise.plain)
        waiting = [self._waiting(hall.heads[t], one) for t, one in hall.waiting.items()]
        return Snapshot(
            now,
            self.rules,
            (*waiting, self._waiting(head, new)),
            tuple(self._window(s, now) for s in hall.stations if not s.left),
            tuple(self._bookings(now)),
            tuple(self._streams(now)),
            calls_since=hall.calls_since,
            habits=self.durations.habits,
        )

    def _waiting(self, head: Head, one: Arrival) -> Waiting:
        visit = self.durations.visit(one.service, one.minutes)
        return Waiting(head.ticket, head.line, head.standing, head.promise, head.plain, visit)

    def _window(self, station: Station, now: datetime) -> OpenWindow:
        desk, free, under_way, tidying = station.desk, now, None, None
        if station.doing is Doing.AWAY:
            free = desk.starts
        elif station.doing is Doing.RESTING and station.since and desk.rest:
            free = station.since + desk.rest.length
        elif station.serving and station.since:
            one = station.serving
            visit = self.durations.visit(one.service, one.minutes)
            began = station.since + one.until_start
            if one.comes and began + one.visit <= now:
                tidying = began + one.visit
            elif began <= now:
                under_way = UnderWay(began, visit)
            else:
                under_way = UnderWay(station.since, visit, came=False)
        rest = None
        if desk.rest and not station.rested:
            rest = Rest(desk.rest.starts, desk.rest.length)
        ready = station.since if station.doing is Doing.READY else None
        return OpenWindow(
            desk.window,
            desk.abilities,
            free,
            desk.ends,
            under_way,
            ready,
            desk.to_the_last,
            rest,
            tidying,
        )

    def _bookings(self, now: datetime) -> list[Booking]:
        return [
            Booking(
                one.line,
                one.slot,
                self.durations.visit(one.service, one.minutes),
                1 - self.no_shows,
            )
            for one in self.booked
            if one.slot is not None and one.arrived > now and one.slot < now + HORIZON
        ]

    def _streams(self, now: datetime) -> list[Stream]:
        hour = (now - self.day.opens) // HOUR
        return [
            Stream(line, standing, rate, now + HOUR, self.durations.visit("", 12.0))
            for (line, standing, at), rate in self.rates.items()
            if at == hour
        ]


def _done(arrival: Arrival, called: datetime) -> datetime:
    done = called + arrival.until_start
    return done + arrival.visit + arrival.tidying if arrival.comes else done


def with_no_shows(day: Day, share: float, dice: Random) -> list[Arrival]:
    """Those of *day* who booked, and as many beside them as booked and will not come."""
    booked = [arrival for arrival in day.arrivals if arrival.slot is not None]
    absent = [one for one in booked if dice.random() < share / (1 - share)]
    return booked + absent
