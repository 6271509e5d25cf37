"""What one visit costs, and what it costs to stand ready: from runs of several speeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import linear_regression
from typing import Final

from tests.region.run import Run

COMMANDS: Final = (
    "issue", "contact", "cancel", "open", "next", "recall", "start", "finish", "no-show",
)  # fmt: skip
LOOKS: Final = ("look", "services")
SERVERS: Final = ("ticketing", "dispatch", "forecasts", "notify", "kafka", "valkey")

SHOWN_WITHIN: Final = 1000.0  # ms, of 99 in 100 clicks
TOLD_WITHIN: Final = 5.0  # seconds, of the oldest event


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process."""

    standing: float  # share of a core, when all pages are open and nobody comes
    visit: float  # milliseconds of a core


def cores_used(run: Run, *processes: str) -> float:
    """How many cores *processes* had on average."""
    return sum(run.cpu[name] for name in processes) / run.seconds


def costs(runs: Sequence[Run]) -> Mapping[str, Cost]:
    """Of each server: a straight line through what it used at each speed. One run has no line."""
    rates = [run.visits / run.seconds for run in runs]
    found = {}
    for name in SERVERS:
        used = [cores_used(run, name) for run in runs]
        if len(set(rates)) > 1:
            slope, at_rest = linear_regression(rates, used)
        else:
            slope, at_rest = used[0] / rates[0] if rates[0] else 0.0, 0.0
        found[name] = Cost(max(at_rest, 0.0), 1000 * slope)
    return found


def holds(run: Run) -> bool:
    """Whether a run at this speed was as a hall needs it."""
    whole = not (run.faults or run.errors or run.never)
    return whole and run.board.p99 <= SHOWN_WITHIN and run.outbox <= TOLD_WITHIN


def per_visit(run: Run, amount: float) -> float:
    return amount / max(run.visits, 1)
