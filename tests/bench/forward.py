"""What it costs to run a branch forward: a forecast, and days of the simulator."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final

import numpy as np

from contracts.values import Standing
from services.dispatch.domain.durations import Minutes
from services.dispatch.domain.forecast import forecast
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import Abilities
from services.dispatch.domain.snapshot import Booking, OpenWindow, Snapshot, UnderWay, Waiting
from services.dispatch.simulation.engine import play
from services.dispatch.simulation.invented import days
from services.dispatch.simulation.policies import Promises
from services.embedded.data import EXAMPLE
from services.world.catalogue import read

NOW: Final = datetime(2026, 11, 23, 6, tzinfo=UTC)
LINES: Final = (40, 180)
WAITING, WINDOWS, BOOKED = 200, 60, 30
TIMES: Final = 9
DAYS: Final = 100
BRANCH: Final = "BR-D"


@dataclass(frozen=True, slots=True)
class Forward:
    """What was seen, in seconds."""

    forecasts: dict[int, float]  # lines -> median of one forecast
    days: float  # all of them, under our order of calling


def run(advance: Callable[[float], None]) -> Forward:
    """Measure on one core."""
    found = {}
    for lines in LINES:
        found[lines] = _forecast(busy(lines))
        advance(1)
    catalogue = read(EXAMPLE)
    drawn = days(catalogue, catalogue.branch(BRANCH), date(2026, 1, 11), DAYS, seed=1)
    policy, begun = Promises(Rules()), time.perf_counter()
    for day in drawn:
        play(day, policy)
    lived = time.perf_counter() - begun
    advance(1)
    return Forward(found, lived)


def _forecast(snapshot: Snapshot) -> float:
    seen = []
    for _ in range(TIMES + 1):
        begun = time.perf_counter()
        forecast(snapshot, np.random.default_rng(1))
        seen.append(time.perf_counter() - begun)
    return statistics.median(seen[1:])  # the first one compiles


def busy(count: int) -> Snapshot:
    """Sixty windows, each with a visitor and open to a quarter of *count* lines."""
    dice = Random(1)  # a hall that never was
    lines = [f"S{n:03}" for n in range(count)]
    visit, each = Minutes(12, 0.5), count // 4
    standings = dice.choices(list(Standing), [4, 20, 3, 73], k=WAITING)
    return Snapshot(
        NOW,
        Rules(),
        tuple(
            Waiting(
                f"T{n:03}", dice.choice(lines), standing, _at(dice.uniform(-15, 15)), _at(20), visit
            )
            for n, standing in enumerate(standings)
        ),
        tuple(
            OpenWindow(
                str(n),
                Abilities(dict.fromkeys(dice.sample(lines, each), 1)),
                NOW,
                _at(400),
                UnderWay(_at(-dice.uniform(0, 15)), visit),
                stays=True,
            )
            for n in range(WINDOWS)
        ),
        tuple(
            Booking(dice.choice(lines), _at(dice.uniform(0, 60)), visit, 0.85)
            for _ in range(BOOKED)
        ),
        lines=tuple(lines),
    )


def _at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)
