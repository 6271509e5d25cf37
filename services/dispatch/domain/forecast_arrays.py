"""The shapes of a branch as arrays, for code that plays it many times.

All times are minutes from the beginning of a run; ``NEVER`` is infinity. A visitor's place in
the array settles ties as the ticket id does: visitors stand there by id, windows by number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from contracts.values import Standing
from services.dispatch.domain.rules import MINUTE, Rules

Minutes = NDArray[np.float64]
Numbers = NDArray[np.int64]
Records = Any  # arrays of the kinds below; numpy cannot say more

STANDINGS: Final = tuple(Standing)
STATUTORY: Final = STANDINGS.index(Standing.STATUTORY)
BOOKED: Final = STANDINGS.index(Standing.BOOKED)
LOCAL: Final = STANDINGS.index(Standing.LOCAL)
KINDS: Final = len(STANDINGS)
NEVER: Final = np.inf
NOBODY: Final = -1

VISITOR: Final = np.dtype(
    [
        ("arrives", np.float64),  # below 0: waits already; NEVER: does not come
        ("line", np.int64),
        ("standing", np.int64),
        ("promise", np.float64),
        ("plain", np.float64),
        ("busy", np.float64),  # how long the call takes the window, until it may call again
        ("expects", np.float64),  # what the visit is thought to take
        ("leaves", np.float64),  # gives the ticket back then, if not called before
        ("probe", np.int64),  # asks only when it would be called; takes no window
        ("by", np.float64),  # the promise that counts for the call being decided
        ("behind", np.int64),  # who stands behind
        ("called", np.float64),  # the outcome; NEVER: was not
        ("window", np.int64),  # the outcome
    ]
)
WINDOW: Final = np.dtype(
    [
        ("breadth", np.int64),
        ("count", np.int64),  # lines that it may serve
        ("free", np.float64),  # its next turn
        ("ready", np.int64),
        ("since", np.float64),  # ready since; NEVER: is not
        ("at_work", np.int64),
        ("ends", np.float64),  # the shift
        ("stays", np.int64),  # serves whoever still waits when the shift ends
        ("rest", np.float64),  # from when; NEVER: none ahead
        ("rests", np.float64),  # how long
    ]
)
LINE: Final = np.dtype(
    [
        ("waiting", np.int64),
        ("since", np.int64),  # calls since one went ahead by the centre's own rule
        ("work", np.float64),  # expected minutes of those who wait
        ("able", np.int64),  # windows at work that may serve it
    ]
)
LANE: Final = np.dtype([("first", np.int64), ("last", np.int64)])
"""A lane is a line and a standing."""


class Policy(NamedTuple):
    """The branch's rules, in minutes."""

    local_share: int
    help_before: float
    pressure: float
    most_pressure: float
    booking_lead: float


class Skills(NamedTuple):
    """What the windows can do: windows x lines."""

    levels: Numbers  # 0: may not serve it
    serves: Numbers  # the lines that it may serve, packed to the left


class Course(NamedTuple):
    """Runs to be played, a row each. The outcome is left in *visitors*."""

    visitors: Records  # runs x visitors
    order: Numbers  # the visitors' places by arrival
    windows: Records  # runs x windows; in all runs the same are at work as it begins
    lines: Records
    lanes: Records  # empty
    skills: Skills
    policy: Policy


_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """The same function as machine code, kept on disk beside its module.

    What is kept is thrown away when that module changes, not when another does: so compiled
    functions that call each other stand in one file.
    """
    return cast(_Function, njit(cache=True, nogil=True, error_model="numpy")(function))


def nobody(runs: int, visitors: int) -> Records:
    """Visitors of whom nothing is known yet."""
    records = np.zeros((runs, visitors), VISITOR)
    for name in ("leaves", "called"):
        records[name] = NEVER
    records["window"] = NOBODY
    return records


def by_arrival(visitors: Records) -> Numbers:
    """The order in which they come."""
    return np.argsort(visitors["arrives"], axis=1, kind="stable")


def closed(runs: int, levels: Numbers) -> Records:
    """Windows with these *levels* that do not open."""
    records = np.zeros((runs, len(levels)), WINDOW)
    for name in ("free", "since", "ends", "rest"):
        records[name] = NEVER
    records["count"] = (levels > 0).sum(axis=1)
    return records


def policy_of(rules: Rules) -> Policy:
    """What of *rules* decides a call."""
    return Policy(
        rules.local_share,
        rules.help_before / MINUTE,
        rules.pressure,
        rules.most_pressure / MINUTE,
        rules.booking_lead / MINUTE,
    )


def no_calls(lines: int, rules: Rules) -> Records:
    """So many *lines* of which nobody was called yet."""
    records = np.zeros(lines, LINE)
    records["since"] = rules.local_share
    return records


def no_lanes(lines: Records) -> Records:
    """All lanes of *lines*, with nobody in them."""
    return np.full(len(lines) * KINDS, np.array((NOBODY, NOBODY), LANE))


def skills(levels: Numbers) -> Skills:
    """What windows with these *levels* can do."""
    return Skills(levels, np.argsort(levels == 0, axis=1, kind="stable"))
