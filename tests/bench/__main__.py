"""`make bench`: measure a Talon of its own and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from services.chassis.clock import real_now
from services.embedded.errors import CannotRun
from tests.bench import machine
from tests.bench.branch import WINDOWS
from tests.bench.figures import Bench, Plan
from tests.bench.report import report

DOCUMENT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
QUICK = Plan(clients=(1, 4), waiting=(100, 10_000), seconds=2, steps=100, idle=2)


def main() -> int:
    asked = _arguments()
    console, at, load, begun = Console(), real_now(), machine.load(), time.monotonic()
    bench = Bench(_plan(asked), console)
    try:
        bench.talon()
        bench.store()
        bench.copies()
        bench.forward()
    except CannotRun as error:
        console.print(str(error), style="red", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("Stopped; nothing was written")
        return 130
    command = " ".join(["python -m tests.bench", *sys.argv[1:]])
    text = report(bench.figures, machine.description(), command, at, load)
    if asked.out is None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)
    else:
        asked.out.write_text(text, "utf-8")
        console.print(f"Wrote {asked.out} after {time.monotonic() - begun:.0f} s", soft_wrap=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short trial, to see that it works")
    parser.add_argument("--windows", type=_numbers, help="1,50,300")
    parser.add_argument("--rates", type=_numbers, help="calls a second: 5,50,100")
    parser.add_argument("--seconds", type=float, help="length of a run")
    parser.add_argument("--steps", type=int, help="calls of the step that are measured")
    parser.add_argument("--out", type=Path, help="file to write (default docs/benchmarks.md)")
    asked = parser.parse_args()
    if asked.windows and not 1 <= min(asked.windows) <= max(asked.windows) <= WINDOWS:
        parser.error(f"--windows: the branch has 1 to {WINDOWS}")
    whole = not (asked.quick or asked.windows or asked.rates or asked.seconds or asked.steps)
    asked.out = asked.out or (DOCUMENT if whole else None)  # a trial overwrites no figures
    return asked


def _plan(asked: argparse.Namespace) -> Plan:
    plan = QUICK if asked.quick else Plan()
    named = ("windows", "rates", "seconds", "steps")
    return replace(plan, **{n: getattr(asked, n) for n in named if getattr(asked, n)})


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
