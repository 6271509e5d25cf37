"""How well calls are forecast on simulated days, against two rules that anybody could use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import numpy as np

from services.dispatch.domain.accuracy import Accuracy
from services.dispatch.domain.durations import Durations
from services.dispatch.domain.rules import Rules
from services.dispatch.simulation.day import Day
from services.dispatch.simulation.engine import play
from services.dispatch.simulation.foresight import Foresight, rates, with_no_shows
from services.dispatch.simulation.policies import Promises
from services.sim.tables import Grid

TITLE = """forecasts made when the ticket was issued, of all who had to wait
root mean square and mean of the errors in minutes, % of calls between p10 and p90"""


def judged(
    lived: Sequence[Day],
    others: Sequence[Day],
    rules: Rules,
    no_shows: float,
    tell: Callable[[], None],
) -> Accuracy:
    """Live through *lived*; *others* tell at what rate privileged visitors come.

    *no_shows*: the share of those who booked; *tell* is called after every day.
    """
    durations, accuracy, expected = Durations(), Accuracy(), rates(others)
    for number, day in enumerate(lived):
        booked = with_no_shows(day, no_shows, Random(number))  # noqa: S311 - an invented day
        watch = Foresight(
            day,
            rules,
            expected,
            no_shows,
            durations,
            accuracy,
            np.random.default_rng(number),
            booked,
        )
        play(day, Promises(rules), watch)
        durations, accuracy = watch.durations, watch.accuracy
        tell()
    return accuracy


def score(accuracy: Accuracy) -> Grid:
    """The score as a table."""
    rows = [
        ("forecast", accuracy.ours, f"{100 * (accuracy.share_inside or 0):.1f}"),
        ("people ahead × mean / windows", accuracy.ahead, "–"),
        ("wait of the last one called", accuracy.last, "–"),
    ]
    return Grid(
        TITLE,
        ("rule", "tickets", "RMS", "mean", "inside"),
        [
            (
                name,
                str(errors.count),
                f"{errors.root_mean_square or 0:.2f}",
                f"{errors.mean_absolute or 0:.2f}",
                inside,
            )
            for name, errors, inside in rows
        ],
    )
