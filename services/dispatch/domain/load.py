"""How much each operator did today: fair shares, and visits that are none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

NOTHING = timedelta(0)


class Kind(StrEnum):
    """What took its time."""

    VISIT = "visit"
    CAME = "came"  # from the call until the visitor was there
    MISSED = "missed"  # from the call until the visitor was given up
    TIDIED = "tidied"  # from the end of a visit until the next call, while somebody waited


@dataclass(frozen=True, slots=True)
class Visit:
    """A service that was given at a window, or how long something around it took."""

    operator: str
    service: str
    began: datetime
    length: timedelta
    kind: Kind


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
        if visit.kind is not Kind.VISIT:
            continue
        load = known.get(visit.operator, Load())
        known[visit.operator] = replace(
            load,
            visits=load.visits + 1,
            served=load.served + visit.length,
            short=load.short + (visit.length < short),
        )
    return known
