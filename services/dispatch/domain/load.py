"""How much each operator did today: fair shares, and visits that are none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Visit:
    """A service that was given at a window."""

    operator: str
    service: str
    began: datetime
    length: timedelta


@dataclass(frozen=True, slots=True)
class Load:
    """Of one operator, of a day."""

    visits: int = 0
    served: timedelta = NOTHING
    short: int = 0


def loads(visits: Iterable[Visit], short: timedelta) -> Mapping[str, Load]:
    """By operator; a visit shorter than *short* counts as short."""
    known: dict[str, Load] = {}
    for visit in visits:
        load = known.get(visit.operator, Load())
        known[visit.operator] = replace(
            load,
            visits=load.visits + 1,
            served=load.served + visit.length,
            short=load.short + (visit.length < short),
        )
    return known
