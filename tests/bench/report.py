"""docs/benchmarks.md: what was seen, beside what was aimed at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from tests.bench import forward
from tests.bench.copies import Way, Written
from tests.bench.figures import Clicks, Figures, Throughput
from tests.bench.forward import Forward
from tests.bench.step import Step
from tests.bench.tables import Spread, table

AIM_P50, AIM_P99 = 12, 30  # ms at AIM_WINDOWS and AIM_RATE
AIM_WINDOWS, AIM_RATE = 300, 100
AIM_RATIO = 1.5
AIM_FORECAST = 200  # ms
AIM_DAYS = 10  # s

PROCESSES = ("ticketing", "dispatch", "notify", "kafka", "valkey")


def report(
    figures: Figures, machine: Mapping[str, str], command: str, at: datetime, load: str
) -> str:
    """The whole document."""
    facts = machine | {"Valkey": figures.store}
    parts = [
        "# Benchmarks",
        "Written by `make bench`; do not edit. Nothing here is asserted by a test.",
        table(
            ("", ""),
            [
                ("command", f"`{command}`"),
                ("begun", at.strftime("%Y-%m-%d %H:%M UTC")),
                ("load of the machine before", load),
                *facts.items(),
            ],
        ),
        NOISE,
        *_of_clicks(figures.clicks),
        *_of_throughput(figures.throughput),
        *_of_steps(figures.steps),
        *_of_copies(figures.written),
        *_of_forward(figures.forward),
        *_of_processes(figures),
    ]
    return "\n\n".join(parts) + "\n"


NOISE = (
    "Everything runs on this one machine and shares its cores: Kafka, Valkey, the three services"
    " and the load. Absolute figures of a shared machine differ by 20 % from run to run, the"
    " slowest hundredth and the maximum by more: one pause of a neighbour is enough. Compare"
    " only figures of one run; ratios are of figures measured in turns in the same run."
)


def _of_clicks(runs: Sequence[Clicks]) -> Iterable[str]:
    yield '## From the click "next" to the board'
    yield (
        "One branch; a board hears its server-sent events. Clicks come at random at the given"
        " rate, whatever was answered before, from windows that call, start and finish: three"
        " requests and three events a call. Tickets were issued before. Milliseconds."
    )
    yield table(
        (
            "windows", "calls/s", "reached", "calls", "board p50", "p99", "max",
            "click p50", "p99", "max", "outbox to state, mean", "load late, p99",
        ),
        [
            (
                run.windows, f"{run.rate:g}", f"{run.reached:.1f}", run.count,
                *_spread(run.board), *_spread(run.click), f"{run.spine:.1f}", f"{run.late:.1f}",
            )
            for run in runs
        ],
    )  # fmt: skip
    yield (
        "*board*: from the request leaving to the event `call` at the board. *click*: the part"
        " until the operator has the answer. *outbox to state*: the part from the step in"
        " dispatch through Kafka to the step in notify, calls and recalls only. *load late*: how"
        " late the load itself sent its clicks. *reached* below *calls/s*: the windows were"
        " busy, or chance had it so in a run of few clicks."
    )
    for run in runs:
        if (run.windows, run.rate) == (AIM_WINDOWS, AIM_RATE):
            yield _aim(run)
            yield _cores("What each process used of a core meanwhile:", run.used)
    lost = [f"{r.windows}/{r.rate:g}: {r.never}" for r in runs if r.never]
    yield f"Calls that the board did not show: {', '.join(lost) or 'none'}."
    refused = [f"{r.windows}/{r.rate:g}: {r.refused}" for r in runs if r.refused]
    if refused:
        yield f"Clicks that called nobody, by status: {'; '.join(refused)}."


def _aim(run: Clicks) -> str:
    rows = [
        (name, f"≤ {aim} ms", f"{seen:.1f} ms", _met(seen <= aim))
        for name, aim, seen in (
            ("p50", AIM_P50, run.board.p50),
            ("p99", AIM_P99, run.board.p99),
        )
    ]
    title = f"click to board, {AIM_WINDOWS} windows, {AIM_RATE} calls/s"
    return table((title, "aim", "seen", ""), rows)


def _of_throughput(runs: Sequence[Throughput]) -> Iterable[str]:
    yield "## Tickets and calls a second"
    yield (
        "Each client asks again as soon as it has its answer. A call goes on with its start and"
        " its finish: three requests. *caught up*: when, after the end, all three services"
        " agreed on every ticket."
    )
    yield table(
        ("", "clients", "a second", "answer p50", "p99", "max", "caught up", "used of a core"),
        [
            (
                run.what, run.clients, f"{run.each_second:.0f}", *_spread(run.answer),
                f"{run.caught_up:.1f} s",
                ", ".join(f"{name} {percent:.0f} %" for name, percent in run.used.items()),
            )
            for run in runs
        ],
    )  # fmt: skip
    refused = [f"{r.what} at {r.clients}: {r.refused}" for r in runs if r.refused]
    if refused:
        yield f"Refused, by status: {'; '.join(refused)}."


def _of_steps(steps: Sequence[Step]) -> Iterable[str]:
    yield "## The step that calls"
    yield (
        "Medians in microseconds. *store*: the script alone, by the store's own clock. *service*:"
        " window read, script called, answers decoded. The halls of one row take turns."
    )
    rows = []
    for lines in dict.fromkeys(step.lines for step in steps):
        few, many = [step for step in steps if step.lines == lines]
        rows += [
            (
                lines, part, f"{a:.0f}", f"{b:.0f}", f"{b / a:.2f}", f"≤ {AIM_RATIO}",
                _met(b / a <= AIM_RATIO),
            )
            for part, a, b in (
                ("store", few.store, many.store),
                ("service", few.client, many.client),
            )
        ]  # fmt: skip
    few, many = (f"{n:,} waiting" for n in (steps[0].waiting, steps[1].waiting))
    yield table(("lines", "", few, many, "ratio", "aim", ""), rows)


def _of_copies(written: Sequence[Written]) -> Iterable[str]:
    yield "## On disk, and on a replica, before the answer"
    yield (
        "The step that issues a ticket, from its caller to its answer. *copies*: replicas that must"
        " have it. *sentinel*: a master with a replica; *cluster*: three, each with one. The ways"
        " take turns; ratios are to one server that writes to disk before it answers, which is what"
        " Talon ships. On real machines a replica adds its network, and has a disk of its own."
    )
    base = {w.clients: w for w in written if w.way == Way("one", "always", 0)}
    yield table(
        (
            "store", "appendfsync", "copies", "clients",
            "a second", "ratio", "p50, ms", "ratio", "p99, ms", "ratio",
        ),
        [_way(one, base[one.clients]) for one in written],
    )  # fmt: skip


def _way(seen: Written, base: Written) -> Sequence[object]:
    cells: list[object] = [seen.way.servers, seen.way.fsync, seen.way.copies, seen.clients]
    mine, shipped = Spread.of(seen.times), Spread.of(base.times)
    for value, of in (
        (len(seen.times) / seen.took, len(base.times) / base.took),
        (mine.p50, shipped.p50),
        (mine.p99, shipped.p99),
    ):
        cells += [f"{value:.0f}" if value > 100 else f"{value:.2f}", f"{value / of:.2f}"]
    return cells


def _of_forward(seen: Forward | None) -> Iterable[str]:
    if seen is None:
        return
    yield "## A branch run forward"
    yield (
        f"On one core. A forecast: {forward.WAITING} waiting, {forward.WINDOWS} windows, every one"
        f" busy and open to a quarter of the lines, 200 runs; median of {forward.TIMES}."
        f" Days of the simulator: {forward.BRANCH} under our own order."
    )
    rows = [
        (f"forecast, {lines} lines", f"{1000 * took:.0f} ms", f"≤ {AIM_FORECAST} ms",
         _met(1000 * took <= AIM_FORECAST))
        for lines, took in seen.forecasts.items()
    ]  # fmt: skip
    days = (
        f"{forward.DAYS} days",
        f"{seen.days:.1f} s",
        f"≤ {AIM_DAYS} s",
        _met(seen.days <= AIM_DAYS),
    )
    yield table(("", "seen", "aim", ""), [*rows, days])


def _of_processes(figures: Figures) -> Iterable[str]:
    yield "## Memory, and rest"
    yield "After all of the above; then nobody asks anything for a while."
    yield table(
        ("process", "resident, MB", "idle, % of a core"),
        [(name, f"{figures.memory[name]:.0f}", f"{figures.idle[name]:.1f}") for name in PROCESSES],
    )


def _cores(title: str, used: Mapping[str, float]) -> str:
    return f"{title} " + ", ".join(f"{name} {percent:.0f} %" for name, percent in used.items())


def _spread(spread: Spread) -> tuple[str, str, str]:
    return f"{spread.p50:.1f}", f"{spread.p99:.1f}", f"{spread.max:.1f}"


def _met(is_met: bool) -> str:
    return "met" if is_met else "**missed**"
