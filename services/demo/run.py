"""`talon demo`: the whole system on this machine, with a simulated day in it."""

import asyncio
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from rich.console import Console

from services.chassis.clock import Clock, real_now
from services.demo import days
from services.demo.journal import Journal
from services.embedded.data import EXAMPLE
from services.embedded.errors import CannotRun
from services.embedded.options import Options
from services.embedded.ports import DEFAULT_BASE, Ports
from services.embedded.revive import keep_alive
from services.embedded.stack import Stack
from services.world import catalogue
from services.world.catalogue import Catalogue

SERVICES_START: Final = 8.0  # real seconds that the services need before the doors open
JOURNAL: Final = "journal.jsonl"

ONLY_SIMULATED_PHONES: Final = {"TALON_SMS": "simulator"}
"""Invented numbers may be somebody's: whatever the environment says, nothing leaves the machine."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What `talon demo` may be told."""

    branches: tuple[str, ...] = ("BR-D",)
    speed: float = 20
    seed: int = 1
    state: Path | None = None  # None: a folder of its own, gone when all went well
    ports: int = DEFAULT_BASE
    until_end: bool = False


def run(options: DemoOptions) -> int:
    """Run the demo; return the exit code: 1 if a day did not end as it should.

    Raises:
        CannotRun: with what is wrong and its mend.
    """
    console, published = Console(), _published(options)
    state = options.state or Path(tempfile.mkdtemp(prefix="talon-demo-"))
    worth_keeping = True
    try:
        code = _run_on(state, published, options, console)
        worth_keeping = code != 0
    except KeyboardInterrupt:
        worth_keeping = False
        raise
    finally:
        if options.state is None:
            _leave(state, console, worth_keeping=worth_keeping)
    return code


def _run_on(state: Path, published: Catalogue, options: DemoOptions, console: Console) -> int:
    lived_before = (state / JOURNAL).exists()
    stack = Stack(
        Options(
            state=state,
            ports=Ports.from_base(options.ports),
            clock=None if lived_before else _first_clock(published, options, real_now()),
            branches=options.branches,
            environment=ONLY_SIMULATED_PHONES,
        ),
        console,
    )
    with stack, Journal(state / JOURNAL) as journal:
        clock = Clock.parse(stack.clock)
        world = days.World(published, options.branches, stack.addresses, clock, options.seed)
        return asyncio.run(_watched(world, stack, journal, console, until_end=options.until_end))


def _published(options: DemoOptions) -> Catalogue:
    published = catalogue.read(EXAMPLE)
    try:
        for code in options.branches:
            published.branch(code)
    except ValueError as unknown:
        raise CannotRun(f"--branch: {unknown}") from None
    return published


async def _watched(
    world: days.World, stack: Stack, journal: Journal, console: Console, *, until_end: bool
) -> int:
    """Live the days while somebody watches over the processes."""
    watch = asyncio.create_task(keep_alive(stack, console))
    life = asyncio.create_task(days.live(world, journal, console, until_end=until_end))
    try:
        await asyncio.wait({watch, life}, return_when=asyncio.FIRST_COMPLETED)
        if watch.done():
            watch.result()  # ends only by what cannot be mended
        return life.result()
    finally:
        watch.cancel()
        life.cancel()
        await asyncio.gather(watch, life, return_exceptions=True)


def _first_clock(published: Catalogue, options: DemoOptions, now: datetime) -> str:
    """Return the clock of a new state: the first doors open when the services are up."""
    openings = []
    for branch in map(published.branch, options.branches):
        today = now.astimezone(ZoneInfo(branch.timezone)).date()
        hours = branch.opening(branch.working_day_after(today))
        assert hours is not None, "a working day without hours"
        openings.append(hours[0])
    start = min(openings) - timedelta(seconds=SERVICES_START * options.speed)
    return f"{start.isoformat()}@{options.speed:g}"


def _leave(state: Path, console: Console, *, worth_keeping: bool) -> None:
    if worth_keeping:
        console.print(f"journal and logs are kept in {state}", soft_wrap=True)
    else:
        shutil.rmtree(state, ignore_errors=True)
