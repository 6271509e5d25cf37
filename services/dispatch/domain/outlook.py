"""A branch's real state as a forecast needs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.dispatch.domain.arrivals import NOBODY_YET, Arrivals, by_standing
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.breaks import BreakPlan
from services.dispatch.domain.durations import Durations, Minutes, mixed
from services.dispatch.domain.presence import open_windows
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.snapshot import Snapshot, Stream, Waiting
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import Window

UNKNOWN = 15  # minutes of a service that the catalogue has lost
AHEAD = timedelta(hours=1)
"""Who may still come is drawn for so long: whoever comes later is called after those who wait."""


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
    arrivals: Arrivals = NOBODY_YET,
) -> Snapshot:
    """The snapshot *now*; *known* are the tickets that are at windows, *plan* the day's breaks."""
    visits = {ticket.id: _visit(branch, ticket, durations) for ticket in known.values()}
    return Snapshot(
        now=now,
        rules=rules,
        waiting=tuple(_waiting(branch, ticket, durations) for ticket in waiting),
        windows=tuple(
            open_windows(branch, windows, visits, plan, closes=closing(branch, now), now=now)
        ),
        streams=tuple(_streams(branch, arrivals, durations, now)),
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


def _streams(
    branch: Branch, arrivals: Arrivals, durations: Durations, now: datetime
) -> Iterator[Stream]:
    """Those who may still come, by line and standing."""
    local = now.astimezone(branch.zone_info)
    opening = branch.opening(local.date())
    rates = arrivals.rates(opening, local) if opening else None
    if opening is None or rates is None or now >= opening.last_ticket:
        return
    until = min(now + AHEAD, opening.last_ticket)
    for line in sorted(rates.lines):
        per_hour = rates.between(line, now, until) * (AHEAD / (until - now))
        for standing, some in by_standing(arrivals.mix(line)).items():
            share = sum(some.values())
            visits = [
                (part / share, durations.visit(service, minutes_of(branch, service)))
                for service, part in some.items()
            ]
            yield Stream(line, standing, per_hour * share, until, mixed(visits))
