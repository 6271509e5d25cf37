"""Which waiting ticket a free window calls next, and which ready window a new ticket goes to.

The rule is one sentence: whom the law puts first, then the ticket whose promise falls first,
of those that this window may serve. Its counterpart: of the windows that are ready for this
ticket, the one with the fewest skills, so that rare skills stay free, and of these the one that
has waited longest.

Three refinements. The centre's own privilege moves a ticket up only once in so many calls of its
line; in between it has the promise of an ordinary one. A booking counts as earlier from its hour
on, and as an ordinary visitor before it. Somebody whose skill is of the second level
helps only when nobody of the own lines waits, or a promise is about to break. A line with much work
for few windows may have a head start.

Pure: no clock, no store, no log. ``store/calling.lua`` makes the same choices inside Redis;
tests/store/test_dispatch_twins.py holds the two to the same cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.calls import OutOfOrder, Rule
from contracts.values import Standing
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import HELPS, MAIN, Abilities

NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Head:
    """The first ticket of a line and standing."""

    line: str
    standing: Standing
    ticket: str
    promise: datetime
    plain: datetime


@dataclass(frozen=True, slots=True)
class Lines:
    """What is known of the lines besides their heads."""

    calls_since: Mapping[str, int] = field(default_factory=dict)  # since a privilege was used
    head_start: Mapping[str, timedelta] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A head as it was looked at for one call."""

    head: Head
    level: int
    by: datetime  # what it was weighed with

    @property
    def rank(self) -> tuple[bool, datetime, str]:
        """Smallest is called. The ticket id settles ties, so that a replay agrees."""
        return self.head.standing is not Standing.STATUTORY, self.by, self.head.ticket


@dataclass(frozen=True, slots=True)
class Decision:
    """A call and everything needed to defend it, best first."""

    rule: Rule
    considered: Sequence[Candidate]
    rules: str = ""  # their version
    reason: OutOfOrder | None = None

    @property
    def called(self) -> Head:
        return self.considered[0].head


@dataclass(frozen=True, slots=True)
class ReadyWindow:
    """A window whose operator asked for a visitor and got nobody yet."""

    window: str
    abilities: Abilities
    since: datetime


def weighed(head: Head, lines: Lines, rules: Rules, now: datetime) -> datetime:
    """The promise that counts now."""
    by = head.promise
    since = lines.calls_since.get(head.line, rules.local_share)
    if head.standing is Standing.LOCAL and since < rules.local_share - 1:
        by = head.plain
    elif head.standing is Standing.BOOKED and rules.booking_lead:
        by = head.promise - rules.booking_lead if head.promise <= now else head.plain
    return by - min(lines.head_start.get(head.line, NOTHING), rules.most_pressure)


def choose(
    heads: Iterable[Head], abilities: Abilities, lines: Lines, rules: Rules, now: datetime
) -> Decision | None:
    """Return whom to call, or None when nobody suitable waits."""
    candidates = [
        Candidate(head, level, weighed(head, lines, rules, now))
        for head in heads
        if (level := abilities.level(head.line)) is not None
    ]
    own = [c for c in candidates if c.level == MAIN]
    near = now + rules.help_before
    ranked = sorted(
        (c for c in candidates if not own or c.level == MAIN or c.head.promise <= near),
        key=lambda c: c.rank,
    )
    if not ranked:
        return None
    return Decision(_rule(ranked[0], len(ranked)), ranked, rules.version)


def _rule(called: Candidate, considered: int) -> Rule:
    if called.level == HELPS:
        return Rule.HELPS_OUT
    if called.head.standing is Standing.STATUTORY:
        return Rule.STATUTORY
    return Rule.EARLIEST_PROMISE if considered > 1 else Rule.ONLY_ONE


def next_calls_since(decision: Decision, lines: Lines, rules: Rules) -> int:
    """What to keep of the called line: calls since one that went ahead by privilege."""
    head = decision.called
    since = lines.calls_since.get(head.line, rules.local_share)
    privileged = head.standing is Standing.LOCAL and since >= rules.local_share - 1
    return 0 if privileged else min(since + 1, rules.local_share)


def take_in(line: str, ready: Iterable[ReadyWindow]) -> ReadyWindow | None:
    """Return the ready window that a new ticket of *line* is called to, or None if it waits."""
    suitable = [
        (level, window.abilities.breadth, window.since, window.window, window)
        for window in ready
        if (level := window.abilities.level(line)) is not None
    ]
    return min(suitable, key=lambda found: found[:4])[4] if suitable else None
