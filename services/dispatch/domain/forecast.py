"""When each waiting ticket is likely to be called: the branch is run forward many times.

What is known is a snapshot: who waits with which promise, what every window is doing, whose break
is due, which bookings are still to come. What is not known is drawn anew for every run: how long
visits take, who does not come, who comes by law ahead of all. The runs follow the same rules as
the calls themselves, so that a forecast knows whatever the rules know.

It takes some milliseconds of a thread, and some seconds of compilation the first time ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from contracts.values import Standing
from services.dispatch.domain.forecast_arrays import STANDINGS, Minutes
from services.dispatch.domain.forecast_draws import Drawn, draw
from services.dispatch.domain.forecast_kernel import forward
from services.dispatch.domain.rules import MINUTE
from services.dispatch.domain.snapshot import Snapshot

RUNS: Final = 200
HORIZON: Final = timedelta(hours=4)
OUTLOOK: Final = timedelta(minutes=30)
NORM_AFTER: Final = (Standing.STATUTORY, Standing.BOOKED)  # whose norm is a while after the promise


@dataclass(frozen=True, slots=True)
class Range:
    """The call falls between p10 and p90 in 80 of 100 cases, and before p50 in half of them.

    None: in more runs than that it did not fall within the horizon.
    """

    p10: datetime
    p50: datetime
    p90: datetime | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the runs say. A ticket that half of them call nowhere has no range."""

    made: datetime
    tickets: Mapping[str, Range]
    lines: Mapping[str, Range]  # a ticket taken now
    broken: Mapping[str, float]  # by line: promises that fall due in the outlook, and break


def forecast(
    snapshot: Snapshot,
    dice: np.random.Generator,
    runs: int = RUNS,
    outlook: timedelta = OUTLOOK,
) -> Forecast:
    """Forecast every ticket of *snapshot*."""
    drawn = draw(snapshot, runs, dice)
    if snapshot.windows:
        forward(drawn.course, HORIZON / MINUTE)
    called = np.sort(drawn.course.visitors["called"], axis=0)
    ranges = [_range(called[:, column], snapshot.now) for column in range(called.shape[1])]
    asked = drawn.tickets + drawn.probes
    known = [(name, found) for name, found in zip(asked, ranges, strict=False) if found]
    return Forecast(
        snapshot.now,
        {name: found for name, found in known if name not in drawn.probes},
        {name: found for name, found in known if name in drawn.probes},
        _broken(drawn, snapshot, outlook),
    )


def _range(called: Minutes, now: datetime) -> Range | None:
    """*called* in rising order."""
    p10, p50, p90 = (float(called[int(share * len(called))]) for share in (0.1, 0.5, 0.9))
    if not np.isfinite(p50):
        return None
    return Range(
        now + p10 * MINUTE, now + p50 * MINUTE, now + p90 * MINUTE if np.isfinite(p90) else None
    )


def _broken(drawn: Drawn, snapshot: Snapshot, outlook: timedelta) -> Mapping[str, float]:
    visitors = drawn.course.visitors
    norm_after = [STANDINGS.index(standing) for standing in NORM_AFTER]
    after = np.where(
        np.isin(visitors["standing"], norm_after), snapshot.rules.booking_norm / MINUTE, 0.0
    )
    until = visitors["promise"] + after
    due = (until >= 0) & (until <= outlook / MINUTE) & (visitors["probe"] == 0)
    late = due & np.isfinite(visitors["arrives"]) & (visitors["called"] > until)
    counts = np.bincount(visitors["line"][late], minlength=len(drawn.lines)) / len(visitors)
    return {line: float(count) for line, count in zip(drawn.lines, counts, strict=True) if count}
