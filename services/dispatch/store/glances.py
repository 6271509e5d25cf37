"""A branch at a glance: what pages and jobs look at again and again, read once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from contracts.alarms import AlarmKind
from services.chassis.fresh import Fresh
from services.chassis.lua import LuaScript
from services.chassis.moments import from_ms, span_of
from services.chassis.redis import Redis
from services.dispatch.domain.alarms import Alarm
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import State, Window
from services.dispatch.store.branches import Branches
from services.dispatch.store.keys import Keys
from services.dispatch.store.records import ticket_of, window_of

_GLANCE = LuaScript(Path(__file__).with_name("glance.lua"), reads=True)

Record = TypeVar("Record", Window, Ticket)


@dataclass(frozen=True, slots=True)
class Line:
    """How a line stands, all standings together."""

    line: str
    waiting: int
    oldest: datetime | None  # arrival of the first of its heads
    next_promise: datetime | None


@dataclass(frozen=True, slots=True)
class Glance:
    """A branch at one moment. Two are equal if there is nothing new to see."""

    windows: Sequence[Window]  # in the branch's own order
    visitors: Mapping[str, Ticket]  # who is at them, by ticket
    lines: Sequence[Line]  # those of the services, and others with somebody in them
    alarms: Mapping[Alarm, datetime]  # since when
    head_starts: Mapping[str, timedelta]  # by line
    deferred: Mapping[str, datetime]  # until when, by ticket
    consoles: Mapping[str, datetime] = field(compare=False)  # last sign of life, by window

    @property
    def waiting(self) -> int:
        """How many wait in all."""
        return sum(line.waiting for line in self.lines)

    def due(self, now: datetime) -> list[str]:
        """Deferred tickets whose hour has come."""
        return [ticket for ticket, until in self.deferred.items() if until <= now]

    def silent(self, since: datetime) -> frozenset[str]:
        """Windows that had a console, and no sign of life after *since*, a real moment."""
        return frozenset(window for window, heard in self.consoles.items() if heard <= since)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read last, for most of it is the same the next time."""

    branch: Branch
    found: Sequence[Any]  # as the store said it, without the consoles
    records: Mapping[str, Any]  # by their texts
    glance: Glance


class Glances:
    """All branches at a glance."""

    def __init__(self, redis: Redis, branches: Branches) -> None:
        self._redis = redis
        self._branches = branches
        self._fresh = Fresh(self._look)
        self._read: dict[str, _Read] = {}

    async def recent(self, code: str) -> Glance:
        """The branch as it was not longer than a moment ago.

        Raises:
            UnknownBranch: nobody published it.
        """
        return await self._fresh.get(code)

    async def look(self, branch: Branch) -> Glance:
        """The branch as it is now."""
        keys = Keys(branch.code)
        *found, consoles = await _GLANCE(
            self._redis,
            windows=keys.windows,
            tickets=keys.tickets,
            lines=keys.line(""),
            peopled=keys.peopled,
            alarms=keys.alarms,
            head_start=keys.head_start,
            deferred=keys.deferred,
            seen=keys.seen,
        )
        heard = {window: from_ms(ms) for window, ms in _pairs(consoles)}
        before = self._read.get(branch.code)
        if before is not None and before.branch is branch and before.found == found:
            glance = replace(before.glance, consoles=heard)
        else:
            records: dict[str, Any] = {}
            glance = _glance(branch, found, heard, _keeping(before, records))
            self._read[branch.code] = _Read(branch, found, records, glance)
        self._fresh.keep(branch.code, glance)
        return glance

    async def _look(self, code: str) -> Glance:
        return await self.look(await self._branches.get(code))


Reading = Callable[[Callable[[str], Record], str], Record]
"""Makes a record of its text."""


def _keeping(before: _Read | None, records: dict[str, Any]) -> Reading[Any]:
    """Make records, also of what was read *before*, and keep them in *records*."""
    known = before.records if before else {}

    def read(make: Callable[[str], Any], text: str) -> Any:
        record = records[text] = known.get(text) or make(text)
        return record

    return read


def _glance(
    branch: Branch, found: Sequence[Any], consoles: Mapping[str, datetime], read: Reading[Any]
) -> Glance:
    windows, visitors, heads, alarms, head_starts, deferred = found
    places = {window: read(window_of, text) for window, text in _pairs(windows)}
    tickets = [read(ticket_of, text) for text in visitors]
    return Glance(
        windows=tuple(
            places.get(code) or Window(code, place.zone, State.CLOSED)
            for code, place in branch.windows.items()
        ),
        visitors={ticket.id: ticket for ticket in tickets},
        lines=_lines(
            branch,
            [(name, count, float(ms), read(ticket_of, text)) for name, count, ms, text in heads],
        ),
        alarms={_alarm(key): from_ms(since) for key, since in _pairs(alarms)},
        head_starts={line: span_of(start) for line, start in _pairs(head_starts)},
        deferred={ticket: from_ms(until) for ticket, until in _pairs(deferred)},
        consoles=consoles,
    )


def _lines(branch: Branch, heads: Sequence[tuple[str, int, float, Ticket]]) -> Sequence[Line]:
    standing: dict[str, Line] = {}
    for name, count, ms, first in heads:
        line, promise = name.partition(":")[2], from_ms(ms)
        known = standing.get(line, Line(line, 0, first.arrived, promise))
        assert known.oldest is not None
        assert known.next_promise is not None
        oldest, soonest = min(known.oldest, first.arrived), min(known.next_promise, promise)
        standing[line] = Line(line, known.waiting + count, oldest, soonest)
    names = [*branch.lines, *sorted(standing.keys() - set(branch.lines))]
    return tuple(standing.get(line) or Line(line, 0, None, None) for line in names)


def _alarm(key: str) -> Alarm:
    kind, _, subject = key.partition(" ")
    return Alarm(AlarmKind(kind), subject)


def _pairs(flat: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip(flat[::2], flat[1::2], strict=True)
