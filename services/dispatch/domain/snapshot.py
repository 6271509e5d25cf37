"""A branch at a moment, as far as it says who will be called when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contracts.values import Standing
from services.dispatch.domain.breaks import Rest
from services.dispatch.domain.durations import Habits, Minutes
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import Abilities


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket that waits. *visit*: all its services that are done at one window."""

    ticket: str
    line: str
    standing: Standing
    promise: datetime
    plain: datetime
    visit: Minutes


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A visit that a window is busy with: *since* it began, or the call if nobody came yet."""

    since: datetime
    visit: Minutes
    came: bool = True


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """A window that is open or will be: what it can do, and when it calls again."""

    window: str
    abilities: Abilities
    free: datetime  # if no visit is under way: open, tidy or back from a break by then
    ends: datetime  # the shift
    visit: UnderWay | None = None
    ready: datetime | None = None  # since when
    stays: bool = False  # after the shift, until nobody waits
    rest: Rest | None = None  # still to come
    tidying: datetime | None = None  # since when
    absent: bool = False  # the shift is still to begin

    def at_work(self, now: datetime) -> bool:
        """Whether it takes its part of the waiting work now."""
        busy = self.visit or self.ready or self.tidying
        return busy is not None or self.free <= now


@dataclass(frozen=True, slots=True)
class Booking:
    """Somebody who is expected at a slot and not in the hall yet."""

    line: str
    slot: datetime
    visit: Minutes
    comes: float  # how likely


@dataclass(frozen=True, slots=True)
class Stream:
    """Visitors who may come. Those who cannot overtake need not be told of, unless promises of
    the future are to be counted.
    """

    line: str
    standing: Standing
    per_hour: float
    until: datetime
    visit: Minutes


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a forecast is made of."""

    now: datetime
    rules: Rules
    waiting: tuple[Waiting, ...]
    windows: tuple[OpenWindow, ...]
    bookings: tuple[Booking, ...] = ()
    streams: tuple[Stream, ...] = ()
    lines: tuple[str, ...] = ()  # for which it is asked how long a new ticket would wait
    calls_since: Mapping[str, int] = field(default_factory=dict)  # as ``routing.Lines``
    habits: Habits = field(default_factory=Habits)
