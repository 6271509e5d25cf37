"""docs/region-figures.md: what a region's hour took, and what one visit costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from tests.bench.tables import table
from tests.region.catalogue import LEAST, MOST
from tests.region.costs import (
    COMMANDS,
    LOOKS,
    SERVERS,
    SHOWN_WITHIN,
    TOLD_WITHIN,
    cores_used,
    costs,
    holds,
    per_visit,
)
from tests.region.run import Run

NOISE = (
    "Kafka, Valkey, the three services and the load share the cores of this one machine. What the"
    " load itself used stands apart. Absolute figures of a shared machine differ by 20 % from run"
    " to run, the slowest hundredth and the maximum by more."
)


def report(
    runs: Sequence[Run], machine: Mapping[str, str], command: str, at: datetime, load: str
) -> str:
    """The whole document."""
    asked = runs[0].plan.asked
    facts = [
        ("command", f"`{command}`"),
        ("begun", at.strftime("%Y-%m-%d %H:%M UTC")),
        ("load of the machine before", load),
        *machine.items(),
    ]
    parts = [
        "# A region's peak hour: figures",
        "Written by `make region`; do not edit. In words, and what follows from it:"
        " [region.md](region.md).",
        table(("", ""), facts),
        NOISE,
        f"{asked.branches} branches of {LEAST} to {MOST} windows, {asked.windows:,} windows"
        f" together, each asked for {asked.visits:g} visits an hour; {runs[0].pages:,} live pages"
        " are open: a console at each window, a board in each hall, a shift head's page in each"
        f" branch. Seed {asked.seed}. ×3: the same hour, lived three times as fast.",
        *_of_speeds(runs),
        *_of_commands(runs),
        *_of_processes(runs),
        *_of_visits(runs),
    ]
    return "\n\n".join(parts) + "\n"


def summary(run: Run) -> str:
    """A run in two lines."""
    commands = run.count(*COMMANDS) / run.seconds
    servers, load = cores_used(run, *SERVERS), cores_used(run, "load")
    used = ", ".join(f"{name} {cores_used(run, name):.2f}" for name in SERVERS)
    return (
        f"×{run.plan.times:g}: {run.count('issue')} tickets in {run.seconds:.0f} s, {commands:.1f}"
        f" commands/s; click to board p50 {run.board.p50:.1f}, p99 {run.board.p99:.1f} ms; oldest"
        f" event {run.outbox:.1f} s, lag {run.lag:.0f}; load late p99 {run.late.p99:.0f} ms\n"
        f"   servers {servers:.2f} cores ({used}), load {load:.2f}"
    )


def _of_speeds(runs: Sequence[Run]) -> Iterable[str]:
    yield "## How fast the hour may go"
    yield table(
        ("", *(f"×{run.plan.times:g}" for run in runs)),
        [
            ("seconds that count", *(f"{run.seconds:.0f}" for run in runs)),
            ("tickets a second", *(f"{run.count('issue') / run.seconds:.2f}" for run in runs)),
            ("visits that ended, a second", *(f"{run.ended / run.seconds:.2f}" for run in runs)),
            ("calls a second", *(f"{run.count('next') / run.seconds:.2f}" for run in runs)),
            ("commands a second", *(f"{run.count(*COMMANDS) / run.seconds:.1f}" for run in runs)),
            ("click to board p50, ms", *(f"{run.board.p50:.1f}" for run in runs)),
            ("p99, ms", *(f"{run.board.p99:.1f}" for run in runs)),
            ("calls that no board showed", *(run.never for run in runs)),
            ("oldest unsent event, at worst, s", *(f"{run.outbox:.1f}" for run in runs)),
            ("events a reader is behind, at worst", *(f"{run.lag:.0f}" for run in runs)),
            ("errors, and what did not agree", *(_faults(run) for run in runs)),
            ("refused by a rule", *(sum(run.refused.values()) for run in runs)),
            ("the load late, p99, ms", *(f"{run.late.p99:.0f}" for run in runs)),
            ("cores of the servers", *(f"{cores_used(run, *SERVERS):.2f}" for run in runs)),
            ("cores of the load", *(f"{cores_used(run, 'load'):.2f}" for run in runs)),
            ("as a hall needs it", *("yes" if holds(run) else "**no**" for run in runs)),
        ],
    )
    yield (
        "*As a hall needs it*: no error, all three services count the same in every branch and as"
        " the clients know it, every ticket has the state that it was told, every call is on a"
        f" board, 99 of 100 within {SHOWN_WITHIN:.0f} ms of the click, and no event waits longer"
        f" than {TOLD_WITHIN:.0f} s for Kafka. *Refused*: a visitor gave the ticket back just as it"
        " was called."
    )


def _faults(run: Run) -> str:
    return str(len(run.faults) + sum(run.errors.values()))


def _of_commands(runs: Sequence[Run]) -> Iterable[str]:
    yield "## What was asked"
    yield "Answers, milliseconds: p50 / p95 / p99, behind the count."
    kinds = [kind for kind in (*COMMANDS, *LOOKS) if any(kind in run.commands for run in runs)]
    yield table(
        ("", *(f"×{run.plan.times:g}" for run in runs)),
        [(kind, *(_answers(run, kind) for run in runs)) for kind in kinds],
    )
    yield (
        "*look*: phones that read their ticket; *services*: kiosks that look what is offered. The"
        " rest are commands."
    )


def _answers(run: Run, kind: str) -> str:
    if kind not in run.commands:
        return "–"
    count, spread = run.commands[kind]
    return f"{count}: {spread.p50:.1f} / {spread.p95:.1f} / {spread.p99:.1f}"


def _of_processes(runs: Sequence[Run]) -> Iterable[str]:
    yield "## What each process took"
    yield "Percent of one core, and MB of memory at the end. *forecasts* is a child of dispatch."
    yield table(
        ("", *(f"×{run.plan.times:g}" for run in runs), "MB"),
        [
            (
                name,
                *(f"{cores_used(run, name):.1%}" for run in runs),
                f"{runs[-1].memory[name]:.0f}" if name in runs[-1].memory else "",
            )
            for name in (*SERVERS, "load")
        ],
    )


def _log(run: Run) -> str:
    """Valkey writes its log anew when it has grown long; how much was added is not known then."""
    grew = run.store_log > 0
    return f"{per_visit(run, run.store_log):,.0f}" if grew else "written anew meanwhile"


def _of_visits(runs: Sequence[Run]) -> Iterable[str]:
    first, last = runs[0], runs[-1]
    yield "## What one visit costs"
    yield "A visit: half for a ticket that was taken, half for one that came to its end."
    if len(runs) > 1:
        yield (
            "A line through what each process used at each speed: *standing* is what it takes that"
            " all pages are open and jobs go round, whoever comes; *a visit* is what each one adds,"
            " from its ticket to its end."
        )
    found = costs(runs)
    rows = [(name, f"{cost.standing:.1%}", f"{cost.visit:.1f} ms") for name, cost in found.items()]
    standing, visit = (sum(getattr(c, n) for c in found.values()) for n in ("standing", "visit"))
    yield table(
        ("process", "standing, of a core", "a visit, of a core"),
        [*rows, ("all", f"{standing:.1%}", f"{visit:.1f} ms")],
    )
    requests = {kind: per_visit(last, last.count(kind)) for kind in (*COMMANDS, *LOOKS)}
    kafka = {topic: per_visit(last, size) for topic, size in last.kafka.items() if size > 0}
    yield table(
        (f"a visit, at ×{last.plan.times:g}", ""),
        [
            ("requests over HTTP", f"{sum(requests.values()):.1f}"),
            *((f"… {kind}", f"{n:.2f}") for kind, n in requests.items() if n >= 0.005),
            ("bytes in Kafka, one copy", f"{sum(kafka.values()):,.0f}"),
            *((f"… {topic}", f"{size:,.0f}") for topic, size in sorted(kafka.items())),
            ("bytes of Valkey's memory", f"{per_visit(last, last.store_memory):,.0f}"),
            ("bytes of Valkey's log", _log(last)),
        ],
    )
    yield (
        f"Forecasts are made as often as there is time, whoever comes: at ×{first.plan.times:g}"
        f" they are {per_visit(first, first.kafka.get('talon.forecasts', 0)):,.0f} bytes in Kafka"
        " a visit."
    )
