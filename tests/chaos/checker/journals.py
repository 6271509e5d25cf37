"""What the clients wrote down: each command that was answered, and each that was asked at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

AGAIN = {429, *range(500, 600)}
"""Answers that say: ask again."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A command as the client understood its answer."""

    at: datetime
    branch: str
    actor: str
    command: str
    key: str
    status: int
    window: str | None
    ticket: str | None
    number: str | None

    @property
    def done(self) -> bool:
        return self.status < 400


@dataclass(frozen=True, slots=True)
class Click:
    """A request left, or its answer came."""

    key: str
    asked: str | None
    status: int | None
    ticket: str | None  # just issued
    lost: bool | None  # on its way back

    @property
    def is_the_end(self) -> bool:
        """An answer that nobody repeats the command after."""
        came = self.status is not None and not self.lost
        return came and self.status not in AGAIN


@dataclass(frozen=True, slots=True)
class Shown:
    """A call on a board, as it came or in a picture of all state."""

    id: str  # of the live event; of a picture, the one at which it stands
    call: str
    recall: bool
    live: bool


def shown(path: Path) -> list[Shown]:
    """The record of a board."""
    return [Shown(**_named(line, _SHOWN)) for line in _lines(path)]


def acknowledged(path: Path) -> list[Acknowledged]:
    """The journal of a simulated day."""
    lines = (_named(line, _ACKNOWLEDGED) for line in _lines(path))
    return [Acknowledged(**line | {"at": datetime.fromisoformat(line["at"])}) for line in lines]


def clicks(path: Path) -> list[Click]:
    """The record of the clients' network."""
    return [Click(**_named(line, _CLICK)) for line in _lines(path)]


_ACKNOWLEDGED = [field.name for field in fields(Acknowledged)]
_SHOWN = [field.name for field in fields(Shown)]
_CLICK = [field.name for field in fields(Click)]


def _named(line: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: line.get(name) for name in names}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """A last line that was cut short is none."""
    for line in path.read_text("utf-8").split("\n")[:-1]:
        yield json.loads(line)
