"""Who waits in the simulated hall, and what each window is doing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from heapq import heappop, heappush
from typing import TypeAlias

from contracts.values import Standing
from services.dispatch.domain.promises import Promise
from services.dispatch.domain.routing import Head
from services.dispatch.simulation.day import Arrival, Desk

Lane: TypeAlias = list[tuple[datetime, str, Head]]


class Doing(Enum):
    """What happens at a window."""

    AWAY = auto()  # before the shift or after it
    READY = auto()
    BUSY = auto()  # from the call until it is tidy
    RESTING = auto()


@dataclass(slots=True)
class Station:
    """A window in the course of the day."""

    desk: Desk
    lines: tuple[str, ...]  # of all that the day brings, those that it may serve
    doing: Doing = Doing.AWAY
    since: datetime | None = None
    serving: Arrival | None = None  # while BUSY
    rested: bool = False
    left: bool = False

    def is_over(self, now: datetime) -> bool:
        return now >= self.desk.ends

    def is_due_to_rest(self, now: datetime) -> bool:
        rest = self.desk.rest
        return rest is not None and not self.rested and rest.starts <= now

    @property
    def is_open(self) -> bool:
        return self.doing in (Doing.READY, Doing.BUSY)


@dataclass(slots=True)
class Hall:
    """All that an order of calling may look at."""

    stations: list[Station]
    waiting: dict[str, Arrival] = field(default_factory=dict)
    heads: dict[str, Head] = field(default_factory=dict)  # of everybody who waits
    work: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls_since: dict[str, int] = field(default_factory=dict)  # a privilege was used, by line
    _lanes: dict[str, dict[Standing, Lane]] = field(default_factory=dict)

    def join(self, arrival: Arrival, promise: Promise) -> Head:
        """Let somebody wait; return the place in line."""
        head = Head(arrival.line, promise.standing, arrival.ticket, promise.by, promise.plain)
        lane = self._lanes.setdefault(arrival.line, {}).setdefault(promise.standing, [])
        heappush(lane, (promise.by, arrival.ticket, head))
        self.waiting[arrival.ticket] = arrival
        self.heads[arrival.ticket] = head
        self.work[arrival.line] += arrival.minutes
        return head

    def leave(self, ticket: str) -> Arrival:
        """Take somebody out of the lines."""
        arrival = self.waiting.pop(ticket)
        del self.heads[ticket]
        self.work[arrival.line] -= arrival.minutes
        if self.work[arrival.line] < 0.01:  # what adding and subtracting floats left over
            self.work[arrival.line] = 0.0
        return arrival

    def firsts(self, lines: Iterable[str]) -> list[Head]:
        """The first of each of *lines* and standing."""
        return [head for line in lines for head in self._firsts_of(line)]

    def anyone_in(self, lines: Iterable[str]) -> bool:
        return any(True for line in lines for _ in self._firsts_of(line))

    def open_lines(self) -> list[tuple[str, ...]]:
        """The lines open to each open window."""
        return [station.lines for station in self.stations if station.is_open]

    def _firsts_of(self, line: str) -> Iterator[Head]:
        for lane in self._lanes.get(line, {}).values():
            while lane and lane[0][1] not in self.waiting:
                heappop(lane)  # gone meanwhile
            if lane:
                yield lane[0][2]
