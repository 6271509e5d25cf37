"""`make chaos`: a day is broken by dice, and what is left of it is judged from outside."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from services.embedded.errors import CannotRun
from tests.chaos.builds import beside, older
from tests.chaos.checker.promises import PROMISES, broken
from tests.chaos.day import Lived, clock_for, live
from tests.chaos.faults import SERVICES, THREE_BROKERS, TWO_OF_EACH, Fault, draw, sorts
from tests.chaos.stand import a_stand
from tests.system.rebuilt import otherwise_after_a_loss

SHOWN: Final = 10  # of what shows that a promise was broken
MADE_AGAIN = "a store that is lost is made again as it was"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be lived."""

    clock: str
    seed: int
    faults: tuple[Fault, ...]
    seconds: float
    brokers: int
    instances: int
    older: str | None


def main() -> int:
    asked, console = _arguments(), Console(highlight=False, soft_wrap=True)
    seed = asked.seed if asked.seed is not None else Random().randrange(1_000_000)
    clock = clock_for(asked.minutes, asked.speed)
    brokers = THREE_BROKERS[: asked.brokers]
    services = TWO_OF_EACH if asked.instances > 1 else SERVICES
    faults = draw(Random(seed), 60 * asked.minutes, sorts(brokers, services))
    told = f"--minutes {asked.minutes:g} --seed {seed} --speed {asked.speed:g}"
    told += f" --brokers {asked.brokers}" if asked.brokers > 1 else ""
    told += f" --instances {asked.instances}" if asked.instances > 1 else ""
    told += f" --older {asked.older}" if asked.older else ""
    console.print(f"seed {seed}: {len(faults)} faults, a day from {clock}")
    console.print(f'again: make chaos ARGS="{told}"\n')
    folder = Path(tempfile.mkdtemp(prefix="talon-chaos-"))
    kept = True
    try:
        seconds, many = 60 * asked.minutes, (asked.brokers, asked.instances)
        plan = Plan(clock, seed, faults, seconds, *many, asked.older)
        lived, otherwise = _lived(plan, folder, console)
        kept = not _tell(lived, otherwise, seed, console)
    except CannotRun as error:
        console.print(str(error), style="red", markup=False)
    except KeyboardInterrupt:
        kept = False
        return 130
    finally:
        if kept:
            console.print(f"journals, stores and logs are kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return int(kept)


def _lived(plan: Plan, folder: Path, console: Console) -> tuple[Lived, list[str]]:
    """The day, and what is otherwise in the stores once they were lost and made again.

    An older release told without memos, so nothing is made again of its day.
    """
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)
        many = functools.partial(a_stand, brokers=plan.brokers, instances=plan.instances)
        builds = beside(older(plan.older, folder / "older")) if plan.older else {}
        with many(plan.clock, folder / "state", builds) as stand:
            bar.update(task, description="the day", total=plan.seconds)

            async def live_and_show() -> Lived:
                async with _moving(bar, task):
                    return await live(stand, folder, plan.seed, plan.faults, console.print)

            lived = asyncio.run(live_and_show())
            bar.update(task, description="all stores are lost and made again", total=None)
            stand.stop_services()
            return lived, [] if plan.older else asyncio.run(otherwise_after_a_loss(stand))


@contextlib.asynccontextmanager
async def _moving(bar: Progress, task: TaskID) -> AsyncIterator[None]:
    async def move() -> None:
        while True:
            await asyncio.sleep(1)
            bar.advance(task)

    moving = asyncio.create_task(move())
    try:
        yield
    finally:
        moving.cancel()


def _tell(lived: Lived, otherwise: list[str], seed: int, console: Console) -> bool:
    """Print the verdict; whether every promise was kept."""
    faults, evidence = broken(lived.evidence), lived.evidence
    faults |= {MADE_AGAIN: otherwise} if otherwise else {}
    issued = sum(one.command == "issue" and one.done for one in evidence.journal)
    events = {topic: len(told) for topic, told in evidence.log.items()}
    repeats = sum(len(told) - len(evidence.heard(topic)) for topic, told in evidence.log.items())
    console.print(
        f"\n{issued} tickets, {len(evidence.journal)} commands acknowledged, {lived.retries} asked"
        f" again ({lived.answers_lost} answers lost), {sum(events.values())} events in Kafka,"
        f" {repeats} of them repeats, {evidence.stores.on_phones.total()} SMS,"
        f" {lived.deaths} processes ended by themselves, the board came back"
        f" {lived.board_returns} times"
    )
    if not lived.calm:
        console.print("not all came to rest: something is still on its way", style="yellow")
    for promise in (*PROMISES, MADE_AGAIN):
        console.print(f"  [red]✗[/] {promise}" if promise in faults else f"  [green]✓[/] {promise}")
        for fault in faults.get(promise, [])[:SHOWN]:
            console.print(f"      {fault}", markup=False)
    kept = lived.calm and not faults
    console.print(f"seed {seed}: {'every promise was kept' if kept else 'broken promises'}")
    return kept


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=3, help="length of the storm (default: 3)")
    parser.add_argument("--seed", type=int, help="which faults, which visitors (default: any)")
    parser.add_argument("--speed", type=float, default=240, help="of the day (default: 240)")
    parser.add_argument("--brokers", type=int, choices=(1, 3), default=1, help="of Kafka")
    parser.add_argument("--instances", type=int, choices=(1, 2), default=1, help="of each service")
    parser.add_argument("--older", metavar="COMMIT", help="the second instances are of this commit")
    asked = parser.parse_args()
    asked.instances = 2 if asked.older else asked.instances
    if not 0.5 <= asked.minutes <= 720:
        parser.error("--minutes: from 0.5 to 720, for the branch is open twelve hours")
    if not 1 <= asked.speed <= 1000:
        parser.error("--speed: from 1 to 1000")
    return asked


if __name__ == "__main__":
    sys.exit(main())
