"""`make region`: live a region's peak hour, faster and faster, and write what it took."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from services.chassis.clock import real_now
from services.embedded.errors import CannotRun
from tests.bench import machine
from tests.region.catalogue import Asked
from tests.region.report import report, summary
from tests.region.run import Plan, Run, run

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "region-figures.md"
PHASES: Final = {
    "start": "starting",
    "fill": "halls fill",
    "live": "the hour",
    "end": "comparing",
}


def main() -> int:
    asked, console = _arguments(), Console(highlight=False, soft_wrap=True)
    begun, runs = time.monotonic(), list[Run]()
    command = " ".join(["python -m tests.region", *sys.argv[1:]])
    seen_on = machine.description(), command, real_now(), machine.load()
    try:
        for times, minutes in zip(asked.times, asked.minutes, strict=True):
            region = Asked(asked.branches, asked.windows, asked.visits, asked.seed)
            plan = Plan(region, 60 * minutes, times, asked.fill)
            runs.append(_shown(plan, console))
            if asked.out is not None:  # after each, for the next may be the one that breaks
                asked.out.write_text(report(runs, *seen_on), "utf-8")
    except (CannotRun, ValueError) as error:
        console.print(str(error), style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("Stopped")
        return 130
    if asked.out is None:
        console.print(report(runs, *seen_on), markup=False)
    else:
        console.print(f"Wrote {asked.out} after {time.monotonic() - begun:.0f} s")
    return int(any(one.faults or one.errors for one in runs))


def _shown(plan: Plan, console: Console) -> Run:
    """Live one run, and show how far it is."""
    columns = TextColumn("{task.description:<14}"), BarColumn()
    more = TimeElapsedColumn(), TextColumn("{task.fields[status]}")
    with Progress(*columns, *more, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, status="")
        totals = {"fill": plan.fill, "live": plan.lasts}

        def tell(said: Any) -> None:
            if phase := said.get("phase"):
                total = totals.get(phase)
                shown = f"×{plan.times:g} {PHASES[phase]}"
                bar.reset(task, total=total, description=shown, status="")
            bar.update(task, advance=said.get("done", 0), status=said.get("status", ""))

        found = run(plan, tell)
    console.print(summary(found))
    for fault in [*found.faults, *(f"{n} × {what}" for what, n in found.errors.items())]:
        console.print(f"[red]✗[/] {fault}")
    if not found.faults and not found.errors:
        told = f"all three services agree on {found.tickets} tickets, and so do the clients"
        console.print(f"[green]✓[/] {told}")
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.region", description=__doc__)
    usual = Asked()
    parser.add_argument("--branches", type=int, default=usual.branches)
    parser.add_argument("--windows", type=int, default=usual.windows, help="of all branches")
    parser.add_argument("--visits", type=float, default=usual.visits, help="a window and hour")
    parser.add_argument("--seed", type=int, default=usual.seed, help="of branches and people")
    parser.add_argument("--minutes", type=_numbers, help="of each run that count: 10,3,3,3")
    parser.add_argument("--times", type=_numbers, help="how fast the hours go: 1,3,10,15")
    parser.add_argument("--fill", type=float, default=30, help="seconds in which halls fill")
    parser.add_argument("--out", type=Path, help="file to write (default docs/region-figures.md)")
    asked = parser.parse_args()
    whole = len(sys.argv) == 1
    asked.times = asked.times or ((1, 3, 10, 15) if whole else (1,))
    asked.minutes = asked.minutes or ((10, 3, 3, 3) if whole else (1,))
    if len(asked.minutes) == 1:
        asked.minutes *= len(asked.times)
    if len(asked.minutes) != len(asked.times):
        parser.error("--minutes: one for all, or one for each of --times")
    asked.out = asked.out or (DOCUMENT if whole else None)  # a trial overwrites no figures
    return asked


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
