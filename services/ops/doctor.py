"""`talon doctor`: how a running Talon is, thing by thing, and what to do about what is not well."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.console import Console

from services.ops import broker, halls, place, store
from services.ops.findings import Finding, as_json, graded, print_table, worst

_ROOM_MB: Final = (1_000, 100)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which Talon, and how to tell."""

    state: Path | None = None  # None: the one of the environment
    at: Mapping[str, str] = field(default_factory=dict)  # service -> address, if not as set
    json: bool = False


def run(asked: Asked, console: Console) -> int:
    """Print what is found; 0 all is well, 1 something is to be looked at, 2 something is broken.

    Raises:
        CannotRun: there is no such Talon.
    """
    findings = asyncio.run(examine(asked))
    if asked.json:
        console.out(as_json(findings), highlight=False)
    else:
        print_table(findings, console)
    return worst(findings)


async def examine(asked: Asked) -> list[Finding]:
    """All findings, settings first."""
    found, findings = place.find(asked.state, asked.at)
    looks = [
        broker.examine(found.kafka),
        *map(store.examine, found.stores),
        halls.examine(found.addresses),
    ]
    for some in await asyncio.gather(*looks):
        findings += some
    if found.state is not None:
        findings.append(_disk(found.state))
    return findings


def _disk(state: Path) -> Finding:
    """Room for the data of an embedded run."""
    free = shutil.disk_usage(state).free // 1_000_000
    lack = tuple(-limit for limit in _ROOM_MB)
    found = f"{free:,} MB free for {state}".replace(",", " ")
    mend = "free some, or tickets will be refused"
    return graded("disk", -free, (lack[0], lack[1]), found, mend)
