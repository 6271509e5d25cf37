"""All that a shift head looks at, as it stands at a moment."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from services.chassis.clock import real_now
from services.dispatch.api.desk import Desk
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.load import Load
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.tickets import Ticket
from services.dispatch.store.forecasts import Outlook
from services.dispatch.store.glances import Glance


@dataclass(frozen=True, slots=True)
class Sight:
    """All that the page shows. Two are equal if nothing changed but the hour: pages count it."""

    glance: Glance
    silent: Set[str]  # windows
    load: Mapping[str, Load]  # by operator
    outlook: Outlook | None
    named: Mapping[str, Ticket]  # whom alarms are about


async def look(desk: Desk, branch: Branch, glance: Glance) -> Sight:
    """What else is to be seen where all stands as at a *glance*."""
    rules = await desk.rules.in_force(branch.code, desk.now())
    return Sight(
        glance=glance,
        silent=glance.silent(real_now() - rules.lost_console),
        load=await today(desk, branch, rules),
        outlook=await desk.forecasts.get(branch.code),
        named=await desk.lines.find(branch.code, [alarm.subject for alarm in glance.alarms]),
    )


async def today(desk: Desk, branch: Branch, rules: Rules) -> Mapping[str, Load]:
    """What each operator did since midnight."""
    zone = ZoneInfo(branch.published.timezone)
    midnight = desk.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return await desk.watch.load(branch.code, midnight, rules.short_visit)


def average(load: Mapping[str, Load]) -> float:
    """Visits of one operator, of those who served."""
    return round(sum(done.visits for done in load.values()) / len(load), 1) if load else 0.0
