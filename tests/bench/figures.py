"""The measures, in their order, and what was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tests.bench import branch, copies, forward, step
from tests.bench.branch import Example
from tests.bench.copies import Written
from tests.bench.forward import Forward
from tests.bench.step import Step
from tests.bench.tables import Spread
from tests.bench.talon import Advance, Talon, a_talon
from tests.stack import a_store

ISSUERS = 8  # clients that issue tickets before a run
RESERVE = 600  # tickets more than a run needs, so that every operator finds a suitable one
WARM_UP = 4.0  # seconds
OFTEN = 50.0  # calls a second at which a run needs no more time


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure, and for how long."""

    windows: Sequence[int] = (1, 50, 300)
    rates: Sequence[float] = (5, 50, 100)
    clients: Sequence[int] = (1, 16)
    waiting: Sequence[int] = (100, 100_000)
    seconds: float = 10
    steps: int = 1_000
    idle: float = 10

    def lasts(self, rate: float) -> float:
        """A slow run goes on for longer, for the sake of its percentiles."""
        return self.seconds * (2 if rate < OFTEN else 1)


@dataclass(frozen=True, slots=True)
class Clicks:
    """One open-loop run."""

    windows: int
    rate: float
    count: int
    reached: float  # calls a second
    click: Spread
    board: Spread
    spine: float  # ms, mean: from the outbox of dispatch to the board's state in notify
    late: float  # ms, p99: how late the load itself was
    never: int  # calls that the board did not show
    refused: dict[str, int]
    used: dict[str, float]  # percent of one core, by process


@dataclass(frozen=True, slots=True)
class Throughput:
    """One closed-loop run."""

    what: str
    clients: int
    each_second: float
    answer: Spread
    caught_up: float  # seconds until all three services agreed
    refused: dict[str, int]
    used: dict[str, float]


@dataclass
class Figures:
    """Everything that was seen."""

    clicks: list[Clicks] = field(default_factory=list)
    throughput: list[Throughput] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    forward: Forward | None = None
    written: list[Written] = field(default_factory=list)
    memory: dict[str, float] = field(default_factory=dict)
    idle: dict[str, float] = field(default_factory=dict)
    store: str = "unknown"


class Bench:
    """Measures by a plan, and shows how far it is."""

    def __init__(self, plan: Plan, console: Console) -> None:
        self._plan = plan
        self._console = console
        self._example = Example.read()
        self.figures = Figures()

    def talon(self) -> None:
        """Everything that needs the whole."""
        with ExitStack() as exits:
            with self._console.status("Starting Kafka, Valkey and the services"):
                talon = exits.enter_context(a_talon(self._example, self._console))
            self._warm_up(talon)
            for windows in self._plan.windows:
                for rate in self._plan.rates:
                    self._clicks(talon, windows, rate)
            for clients in self._plan.clients:
                self._throughput(talon, "tickets", clients)
            for clients in self._plan.clients:
                self._throughput(talon, "calls", clients)
            self._at_rest(talon)
            self.figures.store = talon.store_version()

    def store(self) -> None:
        """What needs the store alone."""
        waiting, steps = self._plan.waiting, self._plan.steps
        with a_store() as store, self._bar("call step", step.work(waiting, steps)) as advance:
            seen = step.run(store.url, self._example.needs, waiting, steps, advance)
        self.figures.steps = seen
        for one in seen:
            self._say(f"call step, {one.lines} lines, {one.waiting} waiting: {one.store:.0f} µs")

    def copies(self) -> None:
        """What needs several stores."""
        with self._bar("copies", copies.work()) as advance:
            self.figures.written = copies.run(self._plan.seconds / 2, advance)

    def forward(self) -> None:
        """What needs nothing but a core."""
        with self._bar("forecasts and days", len(forward.LINES) + 1) as advance:
            seen = self.figures.forward = forward.run(advance)
        for lines, seconds in seen.forecasts.items():
            self._say(f"forecast, {lines} lines: {1000 * seconds:.0f} ms")
        self._say(f"{forward.DAYS} days of {forward.BRANCH}: {seen.days:.1f} s")

    def _warm_up(self, talon: Talon) -> None:
        """The first calls pay for imports, connections and the compilers of Java."""
        self._ready(talon, 16, tickets=RESERVE)
        for job in ("tickets", "calls"):
            operators = branch.operators(16)
            with self._bar(f"warming up: {job}", WARM_UP) as advance:
                talon.load(job, advance, clients=16, seconds=WARM_UP, operators=operators)
        talon.settle()

    def _clicks(self, talon: Talon, windows: int, rate: float) -> None:
        seconds = self._plan.lasts(rate)
        self._ready(talon, windows, tickets=int(1.2 * rate * seconds))
        applied, count = talon.told_to_applied()
        with self._bar(f"{windows} windows, {rate:g} calls/s", rate * seconds) as advance:
            seen = talon.load(
                "clicks",
                advance,
                operators=branch.operators(windows),
                rate=rate,
                seconds=seconds,
            )
        applied_now, count_now = talon.told_to_applied()
        run = Clicks(
            windows,
            rate,
            seen["count"],
            seen["count"] / seen["seconds"],
            Spread.of(seen["clicks"]),
            Spread.of(seen["boards"]),
            1000 * (applied_now - applied) / max(count_now - count, 1),
            Spread.of(seen["late"]).p99,
            len(seen["clicks"]) - len(seen["boards"]),
            seen["refused"],
            seen["used"],
        )
        self.figures.clicks.append(run)
        self._say(
            f"{windows} windows, {rate:g} calls/s ({run.reached:.0f} reached): board"
            f" p50 {run.board.p50:.1f}, p99 {run.board.p99:.1f}, max {run.board.max:.1f} ms;"
            f" click p50 {run.click.p50:.1f}, p99 {run.click.p99:.1f} ms"
        )

    def _throughput(self, talon: Talon, what: str, clients: int) -> None:
        self._ready(talon, clients, tickets=0)
        seconds = self._plan.seconds / 2
        with self._bar(f"{what}, {clients} clients", seconds) as advance:
            operators = branch.operators(clients)
            seen = talon.load(what, advance, clients=clients, seconds=seconds, operators=operators)
        rate, caught_up = seen["count"] / seen["seconds"], talon.settle()
        answer = Spread.of(seen["times"])
        self.figures.throughput.append(
            Throughput(what, clients, rate, answer, caught_up, seen["refused"], seen["used"])
        )
        self._say(f"{what}, {clients} clients: {rate:.0f}/s, answer p50 {answer.p50:.1f} ms")

    def _at_rest(self, talon: Talon) -> None:
        self.figures.memory = talon.memory()
        with self._bar("idle", self._plan.idle) as advance:
            self.figures.idle = talon.idle(self._plan.idle, advance)

    def _ready(self, talon: Talon, windows: int, *, tickets: int) -> None:
        """Tickets wait, windows are free, and nothing is on its way any more."""
        if tickets:
            with self._bar("issuing tickets", tickets) as advance:
                talon.load("issue", advance, tickets=tickets, clients=ISSUERS)
            talon.settle()
        with self._bar("opening windows", windows) as advance:
            talon.load("rest", advance, operators=branch.operators(windows))
        talon.settle()

    def _say(self, line: str) -> None:
        self._console.print(line, highlight=False, soft_wrap=True)

    @contextmanager
    def _bar(self, what: str, total: float) -> Iterator[Advance]:
        columns: list[Any] = [
            TextColumn("{task.description:<28}"),
            BarColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        ]
        shown = self._console.is_terminal
        with Progress(
            *columns, console=self._console, transient=True, disable=not shown
        ) as progress:
            task = progress.add_task(what, total=total)
            yield lambda done: progress.advance(task, done)
