"""What a hall board shows: the last calls, how many wait, and how long people waited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.notify.domain.voice import Spoken

SHOWN: Final = 12
"""Calls that a board can have at once."""

STALE: Final = timedelta(hours=1)
"""A call older than this is history: it comes only when an old log is read again."""

RECENT: Final = timedelta(minutes=30)
"""The average wait is that of visitors called within this time."""


class CallState(StrEnum):
    """What became of a call."""

    CALLED = "called"
    STARTED = "started"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Call:
    """A ticket called to a window, for the first time or again."""

    call: str
    number: str
    window: str
    zone: str
    recall: bool
    called_at: datetime
    spoken: Spoken


@dataclass(frozen=True, slots=True)
class Wait:
    """How long one visitor waited for the first call."""

    called_at: datetime
    length: timedelta


@dataclass(frozen=True, slots=True)
class Change:
    """What one fact of dispatch changes on boards."""

    call: str
    state: CallState
    shown: Call | None = None  # of a call, first or again
    wait: Wait | None = None  # with a call; counts if it is the ticket's first


@dataclass(frozen=True, slots=True)
class Hall:
    """What all boards of a branch have in common."""

    calls: tuple[tuple[Call, CallState], ...]  # newest first
    waits: tuple[Wait, ...]
    waiting: int

    def seen_from(self, zone: str | None, now: datetime) -> tuple[tuple[Call, CallState], ...]:
        """Return the calls that a board in *zone* shows; without a zone, of all zones."""
        return tuple(
            (call, state)
            for call, state in self.calls
            if zone in {None, call.zone} and is_fresh(call.called_at, now)
        )[:SHOWN]


def is_fresh(told_at: datetime, now: datetime) -> bool:
    """Whether boards still show what was told at *told_at*."""
    return now - told_at < STALE


def average_wait_minutes(waits: Iterable[Wait], now: datetime) -> int | None:
    """Return the mean of recent waits in whole minutes, rounded up; None without any."""
    recent = [wait.length for wait in waits if wait.called_at > now - RECENT]
    if not recent:
        return None
    return -(-sum(recent, timedelta()) // (len(recent) * timedelta(minutes=1)))
