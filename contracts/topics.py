"""One table: what flows where, who says it, who listens, how long it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from contracts import (
    alarms,
    calls,
    catalogue,
    forecasts,
    messages,
    repairs,
    rules,
    tickets,
    windows,
)
from contracts.envelope import Fact

PARTITIONS = 8
"""A branch's events share a partition; eight let eight instances of a service share the work.

Never changed by itself: Kafka finds a branch's partition by their number, so a branch would go on
in another partition while its older events still wait in the first, and its order would be lost.
"""

REPLICATION = 3
"""Copies of each record in a cluster; a broker that is alone keeps one."""


def least_in_sync(replication: int) -> int:
    """How many copies must be written before an event counts as told: one broker may be away."""
    return max(replication - 1, 1)


@dataclass(frozen=True, slots=True)
class Topic:
    """A Kafka topic; the key is always the branch."""

    name: str
    about: str
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    facts: tuple[type[Fact], ...]
    kept: timedelta | None  # None: compacted, the newest of each key is kept for ever

    @property
    def dead(self) -> str:
        """Where records go that cannot be read or applied."""
        return f"{self.name}.dead"


CATALOGUE = Topic(
    "talon.catalogue",
    "Branches: services, windows, operators, hours.",
    producers=("ticketing",),
    consumers=("dispatch", "notify"),
    facts=(catalogue.BranchPublished,),
    kept=None,
)
TICKETS = Topic(
    "talon.tickets",
    "The story of a branch's tickets as ticketing tells it.",
    producers=("ticketing",),
    consumers=("dispatch", "notify"),
    facts=(tickets.TicketIssued, tickets.TicketCancelled, tickets.DayClosed),
    kept=timedelta(days=30),
)
CALLS = Topic(
    "talon.calls",
    "The story of a branch's windows, calls and visits.",
    producers=("dispatch",),
    consumers=("ticketing", "notify"),
    facts=(
        calls.TicketCalled,
        calls.TicketRecalled,
        calls.ServiceStarted,
        calls.ServiceFinished,
        calls.TicketNoShow,
        calls.TicketRequeued,
        calls.TicketDeferred,
        windows.WindowOpened,
        windows.WindowReady,
        windows.WindowPaused,
        windows.WindowResumed,
        windows.WindowClosed,
        windows.BreakGranted,
        windows.BreakWithdrawn,
        windows.BreaksPlanned,
        rules.RulesPublished,
        alarms.AlarmRaised,
        alarms.AlarmCleared,
    ),
    kept=timedelta(days=30),
)
MESSAGES = Topic(
    "talon.messages",
    "What became of the messages to visitors.",
    producers=("notify",),
    consumers=(),
    facts=(
        messages.MessageQueued,
        messages.MessageSent,
        messages.MessageDelivered,
        messages.MessageFailed,
    ),
    kept=timedelta(days=30),
)

FORECASTS = Topic(
    "talon.forecasts",
    "When the tickets of a branch are likely to be called; each replaces the one before.",
    producers=("dispatch",),
    consumers=("ticketing",),
    facts=(forecasts.CallsForecast,),
    kept=timedelta(hours=1),
)

REPAIRS = Topic(
    "talon.repairs",
    "What readers miss of a story; whoever told it tells it again from its outbox.",
    producers=("ticketing", "dispatch", "notify"),
    consumers=("ticketing", "dispatch", "notify"),
    facts=(repairs.RepairAsked,),
    kept=timedelta(hours=1),
)

TOPICS = (CATALOGUE, TICKETS, CALLS, MESSAGES, FORECASTS, REPAIRS)

DEAD_KEPT = timedelta(days=90)
DEAD_PARTITIONS = 1
DEAD_BYTES = 2 * 1024 * 1024
"""Of a dead record at most, twice what Kafka takes by default: one of the greatest size must find
its place there too, with its reason.
"""
