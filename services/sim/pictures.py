"""The comparison as pictures: SVG files that open in any browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from services.dispatch.simulation.contenders import Kind
from services.dispatch.simulation.measures import by
from services.sim.results import Result

COLOURS: Final = {
    Kind.KNOWN: "#8a8f98",
    Kind.MIXED: "#4c78a8",
    Kind.OURS: "#0b6e4f",
    Kind.BOUND: "#c9a227",
}
LONGEST: Final = 60  # minutes that are drawn


def draw(results: Sequence[Result], title: str, folder: Path) -> list[Path]:
    """Write all pictures into *folder*; return their paths."""
    pictures = {"missed": _missed, "tails": _tails, "hours": _hours}
    return [
        _written(picture, results, title, folder / f"{name}.svg")
        for name, picture in pictures.items()
    ]


def _written(
    picture: Callable[[Axes, Sequence[Result]], None],
    results: Sequence[Result],
    title: str,
    path: Path,
) -> Path:
    same_again = "talon"  # the same comparison is the same file
    with mpl.rc_context({"svg.hashsalt": same_again, "font.size": 9, "axes.spines.right": False}):
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        axes = figure.subplots()
        picture(axes, results)
        axes.set_title(title, loc="left")
        figure.savefig(path, metadata={"Date": None})
    return path


def _missed(axes: Axes, results: Sequence[Result]) -> None:
    """Bars: whose norm is missed, and who waits over the norm for everybody."""
    names = [result.contender.name for result in results]
    figures = [result.figures for result in results]
    colours = [COLOURS[result.contender.kind] for result in results]
    places = range(len(names))
    missed = [100 * one.missed for one in figures]
    over = [100 * one.over for one in figures]
    bars = axes.barh([p - 0.2 for p in places], missed, 0.4, color=colours)
    axes.bar_label(bars, fmt=" %.2f")
    axes.barh([p + 0.2 for p in places], over, 0.3, color=colours, alpha=0.45)
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.set_xlabel("% of visitors: called later than the own norm; pale: waited over 15 minutes")


def _tails(axes: Axes, results: Sequence[Result]) -> None:
    """Lines: how many wait longer than so many minutes."""
    minutes = range(LONGEST + 1)
    for result, style in _styled(results):
        waits = [wait.minutes for wait in result.waits]
        longer = [100 * sum(one > m for one in waits) / len(waits) for m in minutes]
        axes.plot(minutes, longer, style, label=result.contender.name)
    axes.set_yscale("log")
    axes.set_ylim(0.01, 30)
    axes.set_xlabel("minutes")
    axes.set_ylabel("% of visitors who wait longer")
    axes.legend(ncols=2, frameon=False)


def _hours(axes: Axes, results: Sequence[Result]) -> None:
    """Lines: when the norms are missed."""
    for result, style in _styled(results):
        found = by(result.waits, lambda wait: f"{wait.hour:02}")
        missed = [100 * one.missed for one in found.values()]
        axes.plot([int(hour) for hour in found], missed, style, label=result.contender.name)
    axes.set_xlabel("hour of arrival")
    axes.set_ylabel("% of visitors called later than their own norm")
    axes.legend(ncols=2, frameon=False)


def _styled(results: Sequence[Result]) -> Iterator[tuple[Result, str]]:
    """Each result with a line of its own: dots for bounds, dashes for others' rules."""
    strokes = {Kind.KNOWN: "--", Kind.MIXED: "-.", Kind.OURS: "-", Kind.BOUND: ":"}
    for number, result in enumerate(results):
        yield result, f"C{number % 10}{strokes[result.contender.kind]}"
