"""Which faults a seed stands for: what, whom, when and for how long. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import Final

STORE: Final = "valkey"
ONE_BROKER: Final = ("kafka",)
THREE_BROKERS: Final = ("kafka", "kafka-2", "kafka-3")
SERVICES: Final = ("ticketing", "dispatch", "notify")


def second(service: str) -> str:
    """The name of its other instance."""
    return f"{service}-2"


TWO_OF_EACH: Final = (*SERVICES, *map(second, SERVICES))


class Kind(StrEnum):
    """What happens to the victim."""

    KILLED = "killed -9"
    RESTARTED = "restarted"  # asked to stop, as for an update
    FROZEN = "frozen"  # SIGSTOP, then SIGCONT
    AWAY = "away"  # killed, and long not started again: outboxes grow
    LEFT = "taken away"  # asked to stop, and long not started again
    STEPPED = "back with another clock"
    SLOW = "slow wire"
    SILENT = "silent wire"
    CUT = "cut wire"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong."""

    at: float  # seconds after the beginning
    kind: Kind
    victim: str  # a process, or a wire: "dispatch to kafka"
    lasts: float  # seconds
    by: float = 0.0  # how slow, how far the clock: seconds

    def __str__(self) -> str:
        much = f" by {self.by:+.3g} s" if self.by else ""
        return f"{self.victim}: {self.kind}{much} for {self.lasts:.1f} s"


@dataclass(frozen=True, slots=True)
class Sort:
    """How often a kind comes, whom it may hit and how long it lasts."""

    kind: Kind
    weight: float
    victims: Sequence[str]
    lasts: tuple[float, float]
    by: tuple[float, float] = (0.0, 0.0)


SHORTEST: Final = (0.5, 4.0)  # seconds
FIRST: Final = 3.0  # seconds until the first fault
OVERLAP: Final = (0.3, 1.1)  # of a fault's length, until the next one comes
PAUSE: Final = (0.5, 3.0)  # seconds, besides


def sorts(
    brokers: Sequence[str] = ONE_BROKER, services: Sequence[str] = SERVICES
) -> tuple[Sort, ...]:
    """All that can go wrong."""
    processes = (*brokers, STORE, *services)
    wires = tuple(wire(service, server) for service in services for server in (*brokers, STORE))
    return (
        Sort(Kind.KILLED, 5, processes, SHORTEST),
        Sort(Kind.RESTARTED, 2, processes, SHORTEST),
        Sort(Kind.FROZEN, 4, processes, (2, 20)),
        Sort(Kind.AWAY, 1, brokers, (20, 40)),
        Sort(Kind.LEFT, 1, services, (4, 20)),
        Sort(Kind.STEPPED, 1, services, SHORTEST, by=(-120, 120)),  # by the day's clock
        Sort(Kind.SLOW, 2, wires, (4, 20), by=(0.02, 0.3)),
        Sort(Kind.SILENT, 3, wires, (2, 12)),
        Sort(Kind.CUT, 3, wires, (0.5, 6)),
    )


def wire(service: str, server: str) -> str:
    """The name of the way between two processes."""
    return f"{service} to {server}"


def draw(dice: Random, seconds: float, known: Sequence[Sort]) -> tuple[Fault, ...]:
    """Faults that begin and are to end within so many *seconds*."""
    faults: list[Fault] = []
    at = FIRST
    while True:
        (sort,) = dice.choices(known, [one.weight for one in known])
        victim, lasts = dice.choice(sort.victims), dice.uniform(*sort.lasts)
        fault = Fault(at, sort.kind, victim, lasts, dice.uniform(*sort.by))
        if at + lasts > seconds:
            if at + SHORTEST[1] > seconds:
                return tuple(faults)
            at += dice.uniform(*PAUSE)
            continue
        faults.append(fault)
        at += lasts * dice.uniform(*OVERLAP) + dice.uniform(*PAUSE)


def in_turn(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """*faults* in their order, each beginning when most of the one before is over."""
    laid, at = [], FIRST
    for fault in faults:
        laid.append(replace(fault, at=at))
        at += fault.lasts * 0.7 + 1.0
    return tuple(laid)
