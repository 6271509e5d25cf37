"""What a catalogue file says of who works when.

A branch names its shifts; an operator has one of them on every day on which the branch opens,
unless an exception names another one for a weekday. A shift never leaves the opening hours, and a
break that does not fit whole into what is left of it (a short Saturday) is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Final

from services.ticketing.domain.catalogue import Operator, Shift
from services.ticketing.domain.hours import WEEKDAYS, Hours
from services.ticketing.domain.reading import Node, show

LONGEST_BREAK: Final = 180  # minutes

_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_NIGHT: Final = time(0)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A shift as it is named, before it meets a weekday and somebody's break."""

    starts: time
    ends: time
    break_minutes: int


_NONE: Final = _Plan(_NIGHT, _NIGHT, 0)  # stands for a faulty one

_Exceptions = Mapping[str, Mapping[str, _Plan]]
"""By weekday, then by operator."""


def rostered(
    branch: Node, operators: Sequence[Operator], week: Sequence[Hours | None]
) -> tuple[Operator, ...]:
    """Return *operators* with their shifts; faults are noted in *branch*."""
    plans = {name: _plan(node) for name, node in _optional(branch.field("shifts"))}
    known = [operator.operator for operator in operators]
    exceptions = _exceptions(branch.field("weekday_shift_overrides"), known, plans)
    nodes = [node for node in branch.field("operators").items() if node.fields()]
    return tuple(
        replace(operator, shifts=_week_of(node, operator.operator, week, plans, exceptions))
        for node, operator in zip(nodes, operators, strict=True)
    )


def _optional(node: Node) -> list[tuple[str, Node]]:
    return [] if node.absent else [*node.named()]


def _plan(node: Node) -> _Plan:
    if not node.fields():
        return _NONE
    starts, ends = _clock(node.field("start")), _clock(node.field("end"))
    rest = node.field("break_minutes")
    if starts is None or ends is None:
        return _NONE
    if starts >= ends:
        node.wrong("ends before it begins", "write an end that is later on the same day")
        return _NONE
    return _Plan(starts, ends, 0 if rest.absent else rest.number(0, LONGEST_BREAK))


def _clock(node: Node) -> time | None:
    if node.absent:
        node.wrong("is missing", 'write "09:00"')
    elif text := node.text():
        if _CLOCK.fullmatch(text):
            return time.fromisoformat(text)
        node.wrong(f"is {show(text)}, no time of day", 'write "09:00"')
    return None


def _exceptions(node: Node, operators: list[str], plans: Mapping[str, _Plan]) -> _Exceptions:
    found: dict[str, dict[str, _Plan]] = {}
    for day, others in _optional(node):
        if day not in WEEKDAYS:
            others.wrong("is no weekday", f"write one of {', '.join(WEEKDAYS)}")
            continue
        for operator, shift in others.named():
            if operator not in operators:
                shift.wrong("there is no such operator", "name one of the branch's operators")
            found.setdefault(day, {})[operator] = _chosen(shift, plans)
    return found


def _chosen(node: Node, plans: Mapping[str, _Plan]) -> _Plan:
    return plans.get(node.one_of(plans, "shift"), _NONE)


def _week_of(
    node: Node,
    operator: str,
    week: Sequence[Hours | None],
    plans: Mapping[str, _Plan],
    exceptions: _Exceptions,
) -> tuple[Shift | None, ...]:
    named, at = node.field("shift"), node.field("break_at")
    break_at = None if at.absent or at.null else _clock(at)
    if named.absent or named.null:
        if break_at is not None:
            at.wrong("is a break without a shift", "give the operator a shift, or leave this out")
        return ()
    usual = _chosen(named, plans)
    if break_at is not None and usual.break_minutes and _break(usual, break_at, usual) is None:
        at.wrong(
            f"is no hour for a break of {usual.break_minutes} minutes",
            f"choose one within the shift, {usual.starts:%H:%M}-{usual.ends:%H:%M}",
        )
    return tuple(
        _shift(exceptions.get(day, {}).get(operator, usual), hours, break_at)
        for day, hours in zip(WEEKDAYS, week, strict=True)
    )


def _shift(plan: _Plan, hours: Hours | None, break_at: time | None) -> Shift | None:
    if hours is None:
        return None
    clipped = replace(plan, starts=max(plan.starts, hours.opens), ends=min(plan.ends, hours.closes))
    if clipped.starts >= clipped.ends:
        return None
    rest = None if break_at is None else _break(plan, break_at, clipped)
    return Shift(clipped.starts, clipped.ends, rest, plan.break_minutes if rest else 0)


def _break(plan: _Plan, at: time, within: _Plan) -> time | None:
    """*at*, if there is a break and it lies whole within."""
    ends = _minutes(at) + plan.break_minutes
    fits = within.starts <= at and ends <= _minutes(within.ends)
    return at if fits and plan.break_minutes else None


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute
