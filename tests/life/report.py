"""What many days of life held: a table for the eye, a picture, and the days as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.console import Console

from tests.life.days import Look
from tests.life.flat import Course, courses

ROWS: Final = {
    "memory of the processes, MB": ("memory ",),
    "store: data, MB": ("store ",),
    "keys, by kind": ("keys ",),
    "open files and connections": ("files ",),
    "disk, MB": ("disk ",),
}


def show(looks: Sequence[Look], console: Console) -> list[Course]:
    """Print how every figure went; return those that grow."""
    found = list(courses([look.figures for look in looks]))
    console.print(
        f"{'median of each third of the days':<56}{'first':>10}{'second':>10}{'last':>10}"
    )
    for course in found:
        verdict = "GROWS" if course.grows else "" if course.judged else "(not judged)"
        figures = "".join(f"{value:>10,.1f}" for value in course.thirds)
        style = "red" if course.grows else None
        console.print(f"{course.name:<56}{figures}  {verdict}", markup=False, style=style)
    return [course for course in found if course.grows]


def write(looks: Sequence[Look], title: str, folder: Path) -> None:
    """``days.json`` and ``days.svg`` in *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    told = [{"day": look.day, "figures": look.figures, "faults": look.faults} for look in looks]
    (folder / "days.json").write_text(json.dumps(told, indent=1, ensure_ascii=False), "utf-8")
    with mpl.rc_context({"svg.hashsalt": "talon", "font.size": 8, "axes.spines.right": False}):
        figure = Figure(figsize=(9, 12), layout="constrained")
        figure.suptitle(title, x=0.01, ha="left")
        for axes, (about, begins) in zip(figure.subplots(len(ROWS)), ROWS.items(), strict=True):
            _draw(axes, looks, begins)
            axes.set_title(about, loc="left")
        figure.savefig(folder / "days.svg", metadata={"Date": None})


def _draw(axes: Axes, looks: Sequence[Look], begins: tuple[str, ...]) -> None:
    """A line for each figure whose name so begins; the ten greatest are named."""
    names = sorted({name for look in looks for name in look.figures if name.startswith(begins)})
    rows = {name: [look.figures.get(name, 0) for look in looks] for name in names}
    greatest = sorted(rows, key=lambda name: -max(rows[name]))[:10]
    for name in names:
        label = name.partition(" ")[2] if name in greatest else None
        axes.plot(range(1, len(looks) + 1), rows[name], label=label)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=6, loc="center left", bbox_to_anchor=(1, 0.5))
