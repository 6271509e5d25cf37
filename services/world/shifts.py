"""Which operator sits at which window from when to when, and when they rest.

Pure. A shift never leaves the opening hours, and a break that does not fit whole into what
is left of the shift (a short Saturday) is not taken.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.world.catalogue import Branch, Operator, weekday


@dataclass(frozen=True, slots=True)
class Break:
    """An operator's rest. It starts after the visitor who is at the window then."""

    starts: datetime
    length: timedelta


@dataclass(frozen=True, slots=True)
class Shift:
    """One operator's working day at one window."""

    operator: str
    window: str
    starts: datetime
    ends: datetime
    rest: Break | None
    skills: frozenset[str]
    to_the_last: bool  # ends with the branch, so stays until nobody waits for this operator
    helps: frozenset[str] = frozenset()  # skills of the second level


@dataclass(frozen=True, slots=True)
class Guest:
    """The window and the operator that the simulation leaves to whoever watches it."""

    window: str
    zone: str
    operator: str


def of_day(branch: Branch, day: date, without: str | None = None) -> tuple[Shift, ...]:
    """Return the shifts of *day* without those of the operator *without*."""
    shifts = (_shift(branch, operator, day) for operator in branch.operators)
    return tuple(shift for shift in shifts if shift and shift.operator != without)


def guest(branch: Branch) -> Guest | None:
    """Return the first window that has no operator, and the operator who is missed least.

    Missed least is the one most of whose colleagues have all the same skills. None when
    every window has its operator: a small branch cannot do without one of five.
    """
    staffed = {operator.window for operator in branch.operators}
    spare = next((window for window in branch.windows if window.number not in staffed), None)
    if spare is None:
        return None
    missed_least = max(branch.operators, key=lambda one: (_equals(branch, one), one.id))
    return Guest(window=str(spare.number), zone=spare.zone, operator=missed_least.id)


def _equals(branch: Branch, operator: Operator) -> int:
    return sum(operator.skills <= other.skills for other in branch.operators)


def _shift(branch: Branch, operator: Operator, day: date) -> Shift | None:
    hours = branch.opening(day)
    if hours is None:
        return None
    opens, closes = hours
    override = branch.weekday_shift_overrides.get(weekday(day), {})
    plan = branch.shifts[override.get(operator.id, operator.shift)]
    starts, ends = max(branch.at(day, plan.start), opens), min(branch.at(day, plan.end), closes)
    if starts >= ends:
        return None
    rest = None
    if operator.break_at is not None and plan.break_minutes:
        rest = Break(branch.at(day, operator.break_at), timedelta(minutes=plan.break_minutes))
    if rest and not starts <= rest.starts <= rest.starts + rest.length <= ends:
        rest = None
    return Shift(
        operator=operator.id,
        window=str(operator.window),
        starts=starts,
        ends=ends,
        rest=rest,
        skills=operator.skills,
        to_the_last=ends == closes,
        helps=operator.helps,
    )
