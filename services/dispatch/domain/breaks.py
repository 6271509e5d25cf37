"""When operators may rest: the plan of a shift, the centre's limits, and the answer to a request.

A plan is judged with the others' breaks in it: of every skill some must stay at work, and not too
many may rest at once. A break asked for now is judged in the same way, and by what the forecast
says of the lines; if it cannot begin, the answer is a later hour and the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from services.dispatch.domain.rules import MINUTE


class Reason(StrEnum):
    """Why a break cannot begin at an hour."""

    TOO_EARLY = "too_early"  # the centre's hours for breaks
    TOO_LATE = "too_late"
    NEAR_SHIFT_EDGE = "near_shift_edge"
    TOO_MANY_REST = "too_many_rest"
    SKILL_STAYS = "skill_stays"  # too few others with a skill would be at work
    LINES_SUFFER = "lines_suffer"  # by the forecast, more promises would be broken


@dataclass(frozen=True, slots=True)
class OnShift:
    """An operator's working hours of a day."""

    operator: str
    skills: frozenset[str]
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Rest:
    """A break; it starts after the visitor who is at the window then."""

    starts: datetime
    length: timedelta

    @property
    def ends(self) -> datetime:
        return self.starts + self.length

    def meets(self, other: Rest) -> bool:
        """Whether both rest at some moment."""
        return self.starts < other.ends and other.starts < self.ends


BreakPlan = Mapping[str, Rest]
"""Who rests when, by operator: one break of a shift each."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The centre's own limits."""

    earliest: datetime  # a break may begin
    latest: datetime  # a break may begin
    from_shift: timedelta = 60 * MINUTE  # at least, from the shift's beginning and to its end
    at_once: int | None = None  # so many may rest
    staying: Mapping[str, int] = field(default_factory=dict)  # with a skill, at work; else one
    grid: timedelta = 15 * MINUTE
    harm: float = 0.5  # promises that a break asked for may break, by the forecast

    def starts(self) -> Iterator[datetime]:
        """The hours at which a break may be planned to begin."""
        at = self.earliest
        while at <= self.latest:
            yield at
            at += self.grid


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that a plan does not keep."""

    operator: str
    reason: Reason
    skill: str | None = None


def breaches(plan: BreakPlan, shift: Sequence[OnShift], limits: Limits) -> Iterator[Breach]:
    """All that is wrong with *plan*."""
    for one in shift:
        if one.operator in plan and (found := breach(one, plan, shift, limits)):
            yield found


def breach(
    one: OnShift, plan: BreakPlan, shift: Sequence[OnShift], limits: Limits
) -> Breach | None:
    """What first speaks against the break of *one* in *plan*."""
    rest = plan[one.operator]
    if rest.starts < limits.earliest:
        return Breach(one.operator, Reason.TOO_EARLY)
    if rest.starts > limits.latest:
        return Breach(one.operator, Reason.TOO_LATE)
    if (
        not one.starts + limits.from_shift
        <= rest.starts
        <= one.ends - limits.from_shift - rest.length
    ):
        return Breach(one.operator, Reason.NEAR_SHIFT_EDGE)
    together = [other for other in plan.values() if other is not rest and rest.meets(other)]
    begins = [other.starts for other in together] + [other.ends for other in shift]
    moments = [rest.starts, *(at for at in begins if rest.starts < at < rest.ends)]
    resting = {moment: _resting(plan, moment) for moment in moments}
    if limits.at_once is not None and max(map(len, resting.values())) > limits.at_once:
        return Breach(one.operator, Reason.TOO_MANY_REST)
    for moment, who in resting.items():
        for skill in sorted(one.skills):
            if _too_few_stay(skill, moment, who, shift, limits):
                return Breach(one.operator, Reason.SKILL_STAYS, skill)
    return None


def _resting(plan: BreakPlan, at: datetime) -> frozenset[str]:
    return frozenset(who for who, rest in plan.items() if rest.starts <= at < rest.ends)


def _too_few_stay(
    skill: str,
    at: datetime,
    resting: Iterable[str],
    shift: Sequence[OnShift],
    limits: Limits,
) -> bool:
    """Of those on shift. One may always rest, or the only one with a skill never could."""
    holders = {one.operator for one in shift if skill in one.skills and one.starts <= at < one.ends}
    needed = min(limits.staying.get(skill, 1), len(holders) - 1)
    return len(holders.difference(resting)) < needed


@dataclass(frozen=True, slots=True)
class Request:
    """An operator asks to rest now."""

    operator: str
    at: datetime
    length: timedelta


@dataclass(frozen=True, slots=True)
class Trial:
    """What the forecast says of a break that begins at an hour."""

    starts: datetime
    broken: float  # promises more than without it


@dataclass(frozen=True, slots=True)
class Granted:
    """The break may begin now."""

    until: datetime


@dataclass(frozen=True, slots=True)
class PutOff:
    """The break may not begin now, and why."""

    until: datetime | None  # when it may; None: not in this shift
    reason: Reason
    skill: str | None = None


def answer(
    request: Request,
    plan: BreakPlan,
    shift: Sequence[OnShift],
    limits: Limits,
    trials: Sequence[Trial] = (),
) -> Granted | PutOff:
    """Answer *request*. *plan* holds the breaks of the others, those that rest now included.

    *trials*: what the forecast says of beginning now and at later hours; an hour between two is
    judged by the earlier one.
    """
    (one,) = (someone for someone in shift if someone.operator == request.operator)

    def against(starts: datetime) -> Breach | None:
        asked = {**plan, request.operator: Rest(starts, request.length)}
        return breach(one, asked, shift, limits) or _suffering(one, starts, trials, limits)

    now = against(request.at)
    if now is None:
        return Granted(request.at + request.length)
    later = (at for at in _later(request.at, limits) if against(at) is None)
    return PutOff(next(later, None), now.reason, now.skill)


def _later(at: datetime, limits: Limits) -> Iterator[datetime]:
    """Hours to be offered: on the grid, after *at*."""
    return (start for start in limits.starts() if start > at)


def _suffering(
    one: OnShift, starts: datetime, trials: Sequence[Trial], limits: Limits
) -> Breach | None:
    known = [trial for trial in trials if trial.starts <= starts]
    if known and max(known, key=lambda trial: trial.starts).broken > limits.harm:
        return Breach(one.operator, Reason.LINES_SUFFER)
    return None
