"""One run: a region's hour at one speed, and what was seen of it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from services.embedded.options import Options
from services.embedded.ports import Ports
from services.embedded.stack import Stack
from tests.bench.loading import told_by
from tests.bench.tables import Spread
from tests.region import check
from tests.region.catalogue import PEAK, Asked, region
from tests.region.watch import Moment, Watch

HOUR: Final = datetime.fromisoformat(f"2026-11-23T{PEAK}:00:00+05:00")  # a Monday
STARTING: Final = 30.0  # seconds for the services to know all branches
LONGEST: Final = 3600.0  # seconds of the region's day: the peak is an hour

Tell = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """One run."""

    asked: Asked
    seconds: float
    times: float
    fill: float = 30.0  # seconds in which halls fill before the hour begins

    @property
    def lasts(self) -> float:
        """Seconds that count; a fast hour is over sooner."""
        return min(self.seconds, LONGEST / self.times)


@dataclass(frozen=True, slots=True)
class Run:
    """What was seen."""

    plan: Plan
    seconds: float
    commands: Mapping[str, tuple[int, Spread]]  # count and time of each kind
    board: Spread  # from the click to the board, ms
    never: int  # clicks that no board showed
    cpu: Mapping[str, float]  # seconds, by process
    memory: Mapping[str, float]  # MB, by process
    outbox: float  # age of the oldest event at worst, seconds
    lag: float  # events behind at worst
    kafka: Mapping[str, float]  # bytes, by topic
    store_memory: int
    store_log: int
    refused: Mapping[str, int]
    errors: Mapping[str, int]
    retries: int
    pages: int
    late: Spread  # of the load itself, ms
    tickets: int  # all of them, also those before
    faults: tuple[str, ...]

    def count(self, *kinds: str) -> int:
        return sum(self.commands[kind][0] for kind in kinds if kind in self.commands)

    @property
    def ended(self) -> int:
        """Visits that ended, whenever they began."""
        return self.count("finish", "no-show", "cancel")

    @property
    def visits(self) -> float:
        """Whole visits' worth of work: some began before, and some end after."""
        return (self.count("issue") + self.ended) / 2


def run(plan: Plan, tell: Tell) -> Run:
    """Bring up a Talon with a region of its own, and live the hour; nothing of it stays.

    Raises:
        ValueError: there is no such region.
        CannotRun: Talon does not come up.
    """
    content = region(plan.asked)
    with tempfile.TemporaryDirectory(prefix="talon-region-") as folder:
        catalogue = Path(folder, "catalogue.json")
        catalogue.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        before = timedelta(seconds=(STARTING + plan.fill) * plan.times)
        options = Options(
            state=Path(folder, "state"),
            ports=Ports.free(),
            clock=f"{(HOUR - before).isoformat()}@{plan.times:g}",
            catalogue=catalogue,
            environment={"TALON_SMS": "simulator"},
        )
        tell({"phase": "start"})
        with Stack(options, Console(quiet=True)) as stack, Watch(stack) as watch:
            job = {
                "addresses": dict(stack.addresses),
                "clock": stack.clock,
                "catalogue": str(catalogue),
                "journal": str(Path(folder, "journal.jsonl")),
                "begins": HOUR.isoformat(),
                "seconds": plan.lasts,
                "fill": plan.fill,
                "seed": plan.asked.seed,
            }
            return _watched(plan, stack, watch, job, tell)


def _watched(plan: Plan, stack: Stack, watch: Watch, job: Mapping[str, Any], tell: Tell) -> Run:
    moments: dict[str, Moment] = {}
    memory: dict[str, float] = {}
    result: dict[str, Any] = {}
    for said in told_by("tests.region.load", job):
        stack.check()
        tell(said)
        if (phase := said.get("phase")) in {"live", "end"}:
            moments[phase] = watch.moment()
        if phase == "live":
            watch.forget()
        elif phase == "end":
            watch.look()
            memory, worst = watch.memory(), watch.worst
        result = said.get("result", result)
    watch.look()
    begun, ended = moments["live"], moments["end"]
    took = {kind: (len(some), Spread.of(some)) for kind, some in result["took"].items()}
    faults = [*result["faults"], *check.of_metrics(watch.worst.texts)]
    return Run(
        plan=plan,
        seconds=ended.at - begun.at,
        commands=took,
        board=Spread.of(result["boards"]),
        never=result["never"],
        cpu=_less(ended.cpu, begun.cpu) | {"load": result["cpu"]},
        memory=memory,
        outbox=worst.outbox,
        lag=worst.lag,
        kafka=_less(ended.kafka, begun.kafka),
        store_memory=ended.store_memory - begun.store_memory,
        store_log=ended.store_log - begun.store_log,
        refused=result["refused"],
        errors=result["errors"],
        retries=result["retries"],
        pages=result["pages"],
        late=Spread.of(result["late"]),
        tickets=result["tickets"],
        faults=tuple(faults),
    )


def _less(now: Mapping[str, float], then: Mapping[str, float]) -> dict[str, float]:
    return {name: value - then.get(name, 0) for name, value in now.items()}
