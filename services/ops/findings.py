"""What an examination found: how each thing is, and what to do if it is not well."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text


class Health(IntEnum):
    """How a thing is; the worst one is the exit code."""

    GREEN = 0
    YELLOW = 1
    RED = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    health: Health
    found: str
    mend: str = ""


_STYLES: Final = {Health.GREEN: "green", Health.YELLOW: "yellow", Health.RED: "bold red"}


def graded(what: str, value: float, limits: tuple[float, float], found: str, mend: str) -> Finding:
    """Yellow above the first of *limits*, red above the second; only then there is a mend."""
    health = Health(sum(value > limit for limit in limits))
    return Finding(what, health, found, mend if health else "")


def worst(findings: Sequence[Finding]) -> Health:
    """The health of the whole."""
    return max((one.health for one in findings), default=Health.GREEN)


def print_table(findings: Sequence[Finding], console: Console) -> None:
    """For people."""
    table = Table(box=None, pad_edge=False)
    for heading in ("", "what", "found", "what to do"):
        table.add_column(heading, overflow="fold")
    for one in findings:
        name = one.health.name.lower()
        table.add_row(Text(name, _STYLES[one.health]), Text(one.what), one.found, one.mend)
    console.print(table, markup=False, highlight=False)


def as_json(findings: Sequence[Finding]) -> str:
    """For machines: the health of the whole, and each finding."""
    told = [
        {"what": f.what, "health": f.health.name.lower(), "found": f.found, "mend": f.mend}
        for f in findings
    ]
    return json.dumps(
        {"health": worst(findings).name.lower(), "findings": told}, ensure_ascii=False, indent=2
    )
