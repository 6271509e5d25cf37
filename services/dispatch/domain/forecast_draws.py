"""What a snapshot does not know, drawn once for every run, and all of it as arrays.

Columns: tickets that wait, one probe for each line that is asked about, bookings, streams. Times
are minutes from now.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from contracts.values import Standing
from services.dispatch.domain import forecast_arrays as arrays
from services.dispatch.domain import durations
from services.dispatch.domain.forecast_arrays import NEVER, STANDINGS, Course, Minutes, Records
from services.dispatch.domain.rules import MINUTE
from services.dispatch.domain.snapshot import Booking, OpenWindow, Snapshot, Stream, Waiting

ALREADY: Final = -1.0  # arrival of those who wait
EARLIEST, USUAL, LATEST = -15.0, -7.0, 10.0  # minutes around the slot at which bookings check in

_TAIL_Z: Final = np.linspace(8.0, -8.0, 3201)
_TAIL: Final = np.array([math.log(0.5 * math.erfc(z / math.sqrt(2))) for z in _TAIL_Z])
"""The normal distribution: the logarithm of the share above each z, rising."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A snapshot as runs, and which columns are what."""

    course: Course
    lines: tuple[str, ...]
    tickets: slice
    probes: slice
    until: Minutes  # runs x visitors: a call keeps the own norm


def draw(snapshot: Snapshot, runs: int, dice: np.random.Generator) -> Drawn:
    """Write *snapshot* down *runs* times, what is not known drawn each time."""
    lines = tuple(sorted(_lines(snapshot)))
    waiting = sorted(snapshot.waiting, key=lambda one: one.ticket)
    windows = sorted(snapshot.windows, key=lambda one: one.window)
    groups = [
        _waiting(waiting, snapshot, runs, lines),
        _probes(snapshot, runs, lines),
        *(_booking(one, snapshot, runs, lines, dice) for one in snapshot.bookings),
        *(_stream(one, snapshot, runs, lines, dice) for one in snapshot.streams),
    ]
