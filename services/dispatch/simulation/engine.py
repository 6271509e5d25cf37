"""A day of a branch in virtual time, event by event, under an order of calling."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final, Protocol

from services.dispatch.domain.routing import Head, ReadyWindow
from services.dispatch.simulation.day import Arrival, Day
from services.dispatch.simulation.hall import Doing, Hall, Station
from services.dispatch.simulation.policies import Policy
from services.dispatch.simulation.record import End, Outcome, Record, Spell, Spent

SEEN_HOME: Final = timedelta(minutes=60)  # after closing; who still waits then is sent home


class Watch(Protocol):
    """Somebody who looks on, before the hall changes."""

    def joins(self, arrival: Arrival, hall: Hall, now: datetime) -> None:
        """*arrival* is about to wait, behind all who wait in *hall*."""

    def called(self, arrival: Arrival, station: Station, hall: Hall, now: datetime) -> None:
        """*arrival* was called to *station*."""


def play(day: Day, policy: Policy, watch: Watch | None = None) -> Record:
    """Live *day* under *policy*; return what became of everybody."""
    return _Course(day, policy, watch).run()


class _Course:
    """The state of a day; every method is something that happens at a moment."""

    def __init__(self, day: Day, policy: Policy, watch: Watch | None) -> None:
        lines = sorted({arrival.line for arrival in day.arrivals})
        self.policy, self.watch, self.record = policy, watch, Record(day)
        self.hall = Hall(
            [
                Station(desk, tuple(n for n in lines if desk.abilities.level(n) is not None))
                for desk in day.desks
            ]
        )
        self._ready: dict[str, tuple[ReadyWindow, Station]] = {}
        self._ends = day.closes + SEEN_HOME
        self._turns = count()
        self._events: list[tuple[datetime, int, Callable[..., None], Any]] = []
        for station in self.hall.stations:
            self._at(station.desk.starts, self._opens, station)
            self._at(station.desk.ends, self._looks_up, station)
            if station.desk.rest:
                self._at(station.desk.rest.starts, self._looks_up, station)
        for arrival in day.arrivals:
            self._at(arrival.arrived, self._arrives, arrival)

    def run(self) -> Record:
        while self._events and self._events[0][0] <= self._ends:
            now, _, happens, whom = heappop(self._events)
            happens(now, whom)
        for arrival in self.hall.waiting.values():
            self.record.outcomes[arrival.ticket] = Outcome(arrival, End.NOT_CALLED)
        for station in self.hall.stations:
            self.record.went_home.setdefault(station.desk.operator, self._ends)
        return self.record

    def _at(self, moment: datetime, happens: Callable[..., None], whom: object) -> None:
        heappush(self._events, (moment, next(self._turns), happens, whom))

    def _arrives(self, now: datetime, arrival: Arrival) -> None:
        if not any(
            arrival.line in station.lines and not station.is_over(now)
            for station in self.hall.stations
        ):
            self.record.outcomes[arrival.ticket] = Outcome(arrival, End.TURNED_AWAY)
            return
        if self.watch:
            self.watch.joins(arrival, self.hall, now)
        head = self.hall.join(arrival, self.policy.promise(arrival))
        taken = self.policy.place(arrival.line, [ready for ready, _ in self._ready.values()])
        if taken is not None:
            self._calls(now, self._ready[taken.window][1], [head])
        elif arrival.patience is not None:
            self._at(now + arrival.patience, self._gives_up, arrival)

    def _gives_up(self, now: datetime, arrival: Arrival) -> None:
        if arrival.ticket in self.hall.waiting:
            self.hall.leave(arrival.ticket)
            self.record.outcomes[arrival.ticket] = Outcome(arrival, End.GAVE_UP, left=now)

    def _opens(self, now: datetime, station: Station) -> None:
        self._is_free(now, station)

    def _looks_up(self, now: datetime, station: Station) -> None:
        """A break is due or the shift is over: who is busy will see it afterwards."""
        if station.doing is Doing.READY:
            self._is_free(now, station)

    def _is_free(self, now: datetime, station: Station) -> None:
        """Go home, rest, call somebody or be ready."""
        self._ready.pop(station.desk.window, None)
        lines = station.lines
        if station.is_over(now):
            lines = self._still_needed(station, now)
            if not self.hall.anyone_in(lines):
                station.doing, station.left = Doing.AWAY, True
                self.record.went_home[station.desk.operator] = now
                return
        elif station.is_due_to_rest(now):
            self._rests(now, station)
            return
        heads = self.hall.firsts(lines)
        station.doing, station.since = Doing.READY, now
        if heads:
            self._calls(now, station, heads)
        else:
            ready = ReadyWindow(station.desk.window, station.desk.abilities, now)
            self._ready[station.desk.window] = ready, station

    def _still_needed(self, station: Station, now: datetime) -> tuple[str, ...]:
        """After the shift: all lines for who stays to the last, else what nobody else can do."""
        if station.desk.to_the_last:
            return station.lines
        others = {
            line
            for other in self.hall.stations
            if other is not station and (not other.is_over(now) or other.desk.to_the_last)
            for line in other.lines
            if not other.left
        }
        return tuple(line for line in station.lines if line not in others)

    def _rests(self, now: datetime, station: Station) -> None:
        rest = station.desk.rest
        assert rest is not None
        station.doing, station.since, station.rested = Doing.RESTING, now, True
        self._at(now + rest.length, self._is_free, station)
        spell = Spell(station.desk.operator, Spent.BREAK, now, now + rest.length)
        self.record.spells.append(spell)

    def _calls(self, now: datetime, station: Station, heads: list[Head]) -> None:
        head = self.policy.choose(heads, station.desk.abilities, self.hall, now)
        assert head is not None, "a window is idle while somebody suitable waits"
        self._ready.pop(station.desk.window, None)
        arrival = self.hall.leave(head.ticket)
        if self.watch:
            self.watch.called(arrival, station, self.hall, now)
        station.doing, station.since, station.serving = Doing.BUSY, now, arrival
        done = now + arrival.until_start
        if arrival.comes:
            done += arrival.visit + arrival.tidying
        self._at(done, self._is_done, station)
        operator = station.desk.operator
        end = End.SERVED if arrival.comes else End.NO_SHOW
        self.record.calls.append(arrival.ticket)
        self.record.outcomes[arrival.ticket] = Outcome(arrival, end, now, operator, done)
        self.record.spells.append(Spell(operator, Spent.VISIT, now, done, arrival.ticket))

    def _is_done(self, now: datetime, station: Station) -> None:
        station.serving = None
        self._is_free(now, station)
