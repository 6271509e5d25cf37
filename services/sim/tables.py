"""The comparison as tables: on the screen, and as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.table import Table

from services.dispatch.simulation.measures import Figures, Wait, by
from services.sim.results import Result

STANDINGS: Final = ("statutory", "booked", "local", "ordinary")
TITLE: Final = """minutes from the arrival, or the booked hour, to the call;
% who waited over 15 minutes, missed their own norm, were overtaken"""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as text."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def shown(self) -> Table:
        table = Table(title=self.title, title_justify="left", header_style="bold", expand=False)
        for number, column in enumerate(self.columns):
            table.add_column(column, justify="right" if number else "left", no_wrap=True)
        for row in self.rows:
            table.add_row(*row)
        return table

    def markdown(self) -> str:
        ruler = ["---", *["---:"] * (len(self.columns) - 1)]
        lines = [self.columns, ruler, *self.rows]
        table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        heading = self.title.replace("\n", " ")
        return f"**{heading}**\n\n{table}\n"


def grids(results: Sequence[Result]) -> list[Grid]:
    """All tables of a comparison, the one that decides first."""
    return [
        _whole(results),
        _groups("missed own norm, %, by standing", results, lambda w: w.standing, STANDINGS),
        _groups("missed own norm, %, by line", results, lambda w: w.line, _busiest_lines(results)),
    ]


def _whole(results: Iterable[Result]) -> Grid:
    columns = ("order", "mean", "p90", "p95", "max", "over 15", "missed", "overtaken")
    rows = []
    for result in results:
        f = result.figures
        times = (f"{f.mean:.2f}", f"{f.p90:.1f}", f"{f.p95:.1f}", f"{f.longest:.0f}")
        shares = (_percent(f.over), _percent(f.missed), _percent(f.overtaken))
        rows.append((result.contender.name, *times, *shares))
    return Grid(TITLE, columns, rows)


def _groups(
    title: str, results: Iterable[Result], group: Callable[[Wait], str], names: Sequence[str]
) -> Grid:
    rows = []
    for result in results:
        found = by(result.waits, group)
        rows.append((result.contender.name, *(_missed(found.get(name)) for name in names)))
    return Grid(title, ("order", *names), rows)


def _busiest_lines(results: Sequence[Result], most: int = 6) -> list[str]:
    """The lines with most misses under the first contender."""
    found = by(results[0].waits, lambda wait: wait.line)
    return sorted(found, key=lambda line: -found[line].missed * found[line].visitors)[:most]


def _missed(figures: Figures | None) -> str:
    return _percent(figures.missed) if figures else "–"


def _percent(share: float) -> str:
    return f"{100 * share:.2f}"
