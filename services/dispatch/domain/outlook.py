"""A branch's real state as a forecast needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.dispatch.domain.branch import Branch
from services.dispatch.domain.breaks import BreakPlan
from services.dispatch.domain.durations import Durations, Minutes
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.snapshot import OpenWindow, Snapshot, UnderWay, Waiting
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import State, Window

UNKNOWN = 15  # minutes of a service that the catalogue has lost
PAUSE = timedelta(minutes=30)
"""What is expected of a break of which no plan tells the length."""


def snapshot_of(
    branch: Branch,
    rules: Rules,
    waiting: Sequence[Ticket],
    windows: Iterable[Window],
    known: Mapping[str, Ticket],
    *,
    durations: Durations,
    calls_since: Mapping[str, int],
    plan: BreakPlan,
    now: datetime,
) -> Snapshot:
    """The snapshot *now*; *known* are the tickets that are at windows."""
    ends = closing(branch, now)
    return Snapshot(
        now=now,
        rules=rules,
        waiting=tuple(_waiting(branch, ticket, durations) for ticket in waiting),
        windows=tuple(
            _window(branch, window, known, durations, plan, ends=ends, now=now)
            for window in windows
            if window.state is not State.CLOSED
        ),
        lines=branch.lines,
        calls_since=calls_since,
        habits=durations.habits,
    )


def closing(branch: Branch, now: datetime) -> datetime:
    """When the branch closes today; midnight on a day when it does not open."""
    zone = ZoneInfo(branch.published.timezone)
    local = now.astimezone(zone)
    hours = branch.published.week[local.weekday()]
    if hours is None:
        return branch.end_of(local.date())
    closes = datetime.combine(local.date(), hours.closes, zone)
    return max(closes, now)


def hour(branch: Branch, now: datetime, at: time) -> datetime:
    """An hour of today by the branch's own clock."""
    zone = ZoneInfo(branch.published.timezone)
    return datetime.combine(now.astimezone(zone).date(), at, zone)


def minutes_of(branch: Branch, service: str) -> int:
    """What the catalogue says of *service*."""
    known = branch.services.get(service)
    return known.minutes if known else UNKNOWN


def _visit(branch: Branch, ticket: Ticket, durations: Durations) -> Minutes:
    return durations.visit(ticket.service, minutes_of(branch, ticket.service))


def _waiting(branch: Branch, ticket: Ticket, durations: Durations) -> Waiting:
    return Waiting(
        ticket=ticket.id,
        line=ticket.line,
        standing=ticket.standing,
        promise=ticket.promise,
        plain=ticket.plain,
        visit=_visit(branch, ticket, durations),
    )


def _window(
    branch: Branch,
    window: Window,
    known: Mapping[str, Ticket],
    durations: Durations,
    plan: BreakPlan,
    *,
    ends: datetime,
    now: datetime,
) -> OpenWindow:
    since, rest = window.since or now, plan.get(window.operator or "")
    free, under_way = now, None
    match window.state:
        case State.CALLING | State.SERVING if window.ticket in known:
            visit = _visit(branch, known[window.ticket or ""], durations)
            under_way = UnderWay(since, visit, came=window.state is State.SERVING)
        case State.PAUSED:
            free = max(since + (rest.length if rest else PAUSE), now)
    return OpenWindow(
        window=window.window,
        abilities=window.abilities,
        free=free,
        ends=ends,
        visit=under_way,
        ready=since if window.state is State.READY else None,
        stays=True,
        rest=rest if rest and rest.starts > now else None,
        tidying=since if window.state is State.TIDYING else None,
    )
