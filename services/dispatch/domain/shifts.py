"""Who works when on a day, and when they usually rest: as the branch published it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.dispatch.domain.branch import Branch
from services.dispatch.domain.breaks import BreakPlan, OnShift, Rest


@dataclass(frozen=True, slots=True)
class Shift:
    """An operator's working day."""

    operator: str
    starts: datetime
    ends: datetime
    rest: Rest | None  # the usual one


def shift_of(branch: Branch, operator: str, day: date) -> Shift | None:
    """The hours of *operator* on *day*; None: a day off, or nobody knows."""
    known = branch.operators.get(operator)
    published = known.shifts[day.weekday()] if known and known.shifts else None
    if published is None:
        return None
    rest = None
    if published.break_at is not None:
        length = timedelta(minutes=published.break_minutes)
        rest = Rest(branch.at(day, published.break_at), length)
    starts, ends = branch.at(day, published.starts), branch.at(day, published.ends)
    return Shift(operator, starts, ends, rest)


def shifts_on(branch: Branch, day: date) -> Sequence[Shift]:
    """Who works on *day*, in the branch's own order."""
    shifts = (shift_of(branch, operator, day) for operator in branch.operators)
    return [shift for shift in shifts if shift]


def on_shift(branch: Branch, shift: Shift) -> OnShift:
    """What a break of *shift* is judged by."""
    skills = frozenset(branch.operators[shift.operator].skills)
    return OnShift(shift.operator, skills, shift.starts, shift.ends)


def breaks_on(branch: Branch, day: date, planned: BreakPlan) -> BreakPlan:
    """Who rests when on *day*: as *planned*; whom nobody planned for, as usual."""
    usual = {shift.operator: shift.rest for shift in shifts_on(branch, day) if shift.rest}
    return {**usual, **planned}
