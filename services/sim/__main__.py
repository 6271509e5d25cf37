"""`make sim`: live many days of a branch under several orders of calling, and compare them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, time
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Final

from rich.console import Console
from rich.progress import Progress

from services.dispatch.domain.rules import Rules
from services.dispatch.simulation.contenders import Contender, Kind, contenders, run
from services.dispatch.simulation.day import Day
from services.dispatch.simulation.invented import days
from services.embedded.data import EXAMPLE
from services.sim.breaks import planned
from services.sim.forecasts import judged, score
from services.sim.pictures import draw
from services.sim.results import Result
from services.sim.tables import grids
from services.world.catalogue import read

BEGINS: Final = date(2026, 1, 11)  # the days follow; any would do
PRACTICE: Final = 120  # days on which a break plan is searched
REFERENCE: Final = "talon"


def main(argv: Sequence[str] | None = None) -> int:
    """Compare; return the exit code."""
    asked = _arguments(argv)
    console, rules = Console(), Rules()
    try:
        catalogue = read(asked.catalogue)
        branch = catalogue.branch(asked.branch).busier(asked.load)
        draw_days = partial(days, catalogue, branch, BEGINS)
        drawn = draw_days(asked.days, asked.seed)
        if asked.forecast:
            no_shows = branch.appointment_no_show_pct / 100
            return _forecast(asked, drawn, draw_days(PRACTICE, asked.seed + 1), no_shows, console)
        breaks = _breaks(asked, draw_days, rules, console)
        compared = _chosen(asked, contenders(rules, drawn, breaks))
    except (ValueError, OSError) as wrong:
        console.print(f"sim: {wrong}", style="red", markup=False)
        return 2
    visitors = sum(len(day.arrivals) for day in drawn)
    title = f"{asked.branch}, {asked.days} days, seed {asked.seed}, load {asked.load:g}"
    console.print(f"{title}: {visitors} visitors")
    results = _lived(compared, drawn, rules, console)
    _told(results, title, asked.out, console)
    return 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.sim", description=__doc__)
    parser.add_argument("--branch", default="BR-D", metavar="CODE")
    parser.add_argument("--days", type=int, default=100, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--load", type=float, default=1.0, metavar="X", help="times the visitors")
    parser.add_argument("--policies", metavar="A,B", help="names from the table (default: all)")
    parser.add_argument("--search", type=float, default=20, metavar="S", help="for a break plan")
    parser.add_argument(
        "--practice", type=int, default=PRACTICE, metavar="N", help="days to search it on"
    )
    parser.add_argument(
        "--breaks", type=Path, metavar="FILE", help='or a plan of your own: {"D01": "12:30", …}'
    )
    parser.add_argument("--forecast", action="store_true", help="measure the forecast instead")
    parser.add_argument("--catalogue", type=Path, default=EXAMPLE, metavar="FILE")
    parser.add_argument("--out", type=Path, default=Path("sim"), metavar="DIR")
    asked = parser.parse_args(argv)
    if asked.days < 1 or asked.practice < 1 or asked.load <= 0:
        parser.error("--days, --practice and --load must be more than nothing")
    return asked


def _breaks(
    asked: argparse.Namespace,
    draw_days: Callable[[int, int], list[Day]],
    rules: Rules,
    console: Console,
) -> dict[str, time] | None:
    """The plan that was given, or one searched on days that do not judge it; None: no plan."""
    if asked.breaks is not None:
        plan: dict[str, str] = json.loads(asked.breaks.read_text("utf-8"))
        return {operator: time.fromisoformat(at) for operator, at in plan.items()}
    if not asked.search:
        return None
    practice = draw_days(asked.practice, asked.seed + 1)
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("break plan    ", total=asked.search)
        found = planned(practice, rules, asked.search, lambda s: progress.update(bar, completed=s))
    hours = {operator: at.isoformat("minutes") for operator, at in found.items()}
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "breaks.json").write_text(json.dumps(hours, indent=1) + "\n", "utf-8")
    return found


def _forecast(
    asked: argparse.Namespace,
    lived: Sequence[Day],
    others: Sequence[Day],
    no_shows: float,
    console: Console,
) -> int:
    """Measure the forecast on *lived*; return the exit code."""
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("forecast      ", total=len(lived))
        found = score(judged(lived, others, Rules(), no_shows, lambda: progress.advance(bar)))
    console.print(found.shown())
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "forecast.md").write_text(found.markdown(), "utf-8")
    return 0


def _chosen(asked: argparse.Namespace, known: list[Contender]) -> list[Contender]:
    if asked.policies is None:
        return known
    by_name = {contender.name: contender for contender in known}
    names = asked.policies.split(",")
    if unknown := [name for name in names if name not in by_name]:
        raise ValueError(f"no policy {', '.join(unknown)}; there are {', '.join(by_name)}")
    return [by_name[name] for name in names]


def _lived(
    compared: Sequence[Contender], drawn: Sequence[Day], rules: Rules, console: Console
) -> list[Result]:
    results = []
    with Progress(console=console, transient=True) as progress:
        whole = progress.add_task("all", total=len(compared) * len(drawn))
        for contender in compared:
            progress.update(whole, description=f"{contender.name:14}")
            begun, lived = perf_counter(), []
            for waits in run(contender, drawn, rules):
                lived.append(waits)
                progress.advance(whole)
            results.append(Result(contender, lived, perf_counter() - begun))
    return results


def _told(results: Sequence[Result], title: str, folder: Path, console: Console) -> None:
    tables = grids(results)
    for grid in tables:
        console.print(grid.shown())
    says = _verdict(results)
    slowest = max(results, key=lambda result: result.seconds)
    says.append(f"slowest: {slowest.contender.name}, {slowest.seconds:.1f} s")
    console.print("\n".join(says), highlight=False)
    folder.mkdir(parents=True, exist_ok=True)
    legend = [f"- `{r.contender.name}` ({r.contender.kind}): {r.contender.about}" for r in results]
    parts = [f"# {title}\n", "\n".join(legend) + "\n", *(g.markdown() for g in tables), *says]
    (folder / "comparison.md").write_text("\n".join(parts) + "\n", "utf-8")
    pictures = draw(results, title, folder)
    console.print(f"{folder / 'comparison.md'}, {', '.join(path.name for path in pictures)}")


def _verdict(results: Sequence[Result]) -> list[str]:
    """How our order differs from each known one, as far as chance lets us say."""
    ours = {r.contender.name: r for r in results if r.contender.kind is Kind.OURS}
    known = [r for r in results if r.contender.kind is Kind.KNOWN]
    if REFERENCE not in ours:
        return []
    lines = []
    for rival in known:
        less, error = ours[REFERENCE].missed_less_than(rival)
        name = rival.contender.name
        lines.append(f"{REFERENCE} misses {100 * less:+.2f} ± {100 * error:.2f} % less than {name}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
