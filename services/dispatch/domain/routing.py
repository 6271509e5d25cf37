"""Which waiting ticket a free window calls next, and which ready window a new ticket goes to.

The rule is one sentence: of the tickets at the heads of the lines open to this operator, call
the one whose promise falls first. And its counterpart: of the windows that are ready for this
ticket, take the one whose operator has the fewest skills, so that rare skills stay free, and of
these the one that has waited longest.

Pure: no clock, no store, no log. ``store/call_next.lua`` and ``store/join_line.lua`` make the
same choices inside Redis; tests/store/test_dispatch_twins.py holds the two to the same cases.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Head:
    """The first ticket of a line."""

    line: str
    ticket: str
    promise: datetime

    @property
    def rank(self) -> tuple[datetime, str]:
        """Smallest is called. The ticket id settles ties, so that a replay agrees."""
        return self.promise, self.ticket


@dataclass(frozen=True, slots=True)
class Decision:
    """A call and everything needed to defend it, best first."""

    called: Head
    passed_over: tuple[Head, ...]


@dataclass(frozen=True, slots=True)
class ReadyWindow:
    """A window whose operator asked for a visitor and got nobody yet."""

    window: str
    lines: frozenset[str]
    skills: int
    since: datetime

    @property
    def rank(self) -> tuple[int, datetime, str]:
        """Smallest gets the next arrival."""
        return self.skills, self.since, self.window


def choose(heads: Iterable[Head]) -> Decision | None:
    """Return whom to call, or None when nobody waits."""
    ranked = sorted(heads, key=lambda head: head.rank)
    if not ranked:
        return None
    called, *passed_over = ranked
    return Decision(called, tuple(passed_over))


def take_in(line: str, ready: Iterable[ReadyWindow]) -> ReadyWindow | None:
    """Return the ready window that a new ticket of *line* is called to, or None if it waits."""
    return min((w for w in ready if line in w.lines), key=lambda w: w.rank, default=None)
