"""The sums that look ahead, whole: a worker does each in one go, on values alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import numpy as np

from contracts.catalogue import Operator, Window
from services.dispatch.domain.advice import Advice, advise
from services.dispatch.domain.breaks import Rest, Trial
from services.dispatch.domain.forecast import Forecast, forecast
from services.dispatch.domain.rules import MINUTE
from services.dispatch.domain.snapshot import Snapshot

TRIED: Final = (0, 15, 30, 45, 60)  # minutes from now at which a break might begin


@dataclass(frozen=True, slots=True)
class Ahead:
    """A forecast, what could be done, and how many seconds the forecast took."""

    forecast: Forecast
    advice: Sequence[Advice]
    took: float


def look_ahead(
    places: Sequence[Window],
    snapshot: Snapshot,
    idle: Sequence[Operator],
    *,
    seed: int,
    seconds: float,
    clock: Callable[[], float],
) -> Ahead:
    """Forecast, and try as many pieces of advice as fit into some *seconds* of *clock*.

    *places*: all windows of the branch; *idle*: operators who could be asked to help. All trials
    have the same dice, so that two differ by what was changed alone.
    """
    began = clock()
    made = forecast(snapshot, np.random.default_rng(seed))
    took = clock() - began

    def late(of: Snapshot) -> Mapping[str, float]:
        return made.broken if of is snapshot else forecast(of, np.random.default_rng(seed)).broken

    return Ahead(made, advise(places, snapshot, idle, late, int(seconds / took)), took)


def try_breaks(snapshot: Snapshot, window: str, length: timedelta, seed: int) -> list[Trial]:
    """How many more would wait past their promise, if *window* rested from some hours on."""

    def late(rest: Rest | None) -> float:
        windows = tuple(
            replace(w, rest=rest) if w.window == window else w for w in snapshot.windows
        )
        made = forecast(replace(snapshot, windows=windows), np.random.default_rng(seed))
        return sum(made.broken.values())

    without = late(None)
    hours = [snapshot.now + minutes * MINUTE for minutes in TRIED]
    return [Trial(at, late(Rest(at, length)) - without) for at in hours]
