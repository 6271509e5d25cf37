"""What is watched over in a hall: signs of life of consoles, visits of the day, alarms."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from contracts.envelope import FIRST
from services.chassis.lua import LuaScript
from services.chassis.moments import from_ms, span_ms, span_of, to_ms
from services.chassis.redis import Entry, Redis
from services.dispatch.domain.alarms import Alarm
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.breaks import BreakPlan, Rest
from services.dispatch.domain.load import Kind, Load, Visit, loads
from services.dispatch.domain.shifts import breaks_on
from services.dispatch.store.keys import Keys

_PLAN_BREAKS = LuaScript(Path(__file__).with_name("plan_breaks.lua"))
_SET_ALARMS = LuaScript(Path(__file__).with_name("set_alarms.lua"))

AT_ONCE = 1_000
"""Entries that are read of a stream in one go."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of a branch's visits before."""

    since: datetime
    last: str = FIRST  # id of the newest entry
    visits: Sequence[Visit] = ()


class Watch:
    """Typed face of what the jobs of dispatch keep."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._read: dict[str, _Read] = {}
        self._loads: dict[str, tuple[Sequence[Visit], timedelta, Mapping[str, Load]]] = {}
        self._heard: defaultdict[str, dict[str, int]] = defaultdict(dict)  # not written down yet

    def heard(self, branch: str, window: str, *, real_now: datetime) -> None:
        """A console of *window* is there; by real time, for a browser knows no other."""
        self._heard[branch][window] = to_ms(real_now)

    async def keep_heard(self, branch: str) -> None:
        """Write a branch's signs of life down, many at once."""
        if heard := self._heard.pop(branch, None):
            await self._redis.zadd(Keys(branch).seen, heard)

    async def gone(self, branch: str, window: str) -> None:
        """Nobody expects a sign of life any more."""
        await self._redis.zrem(Keys(branch).seen, window)

    async def load(
        self, branch: str, since: datetime, short_visit: timedelta
    ) -> Mapping[str, Load]:
        """What each operator did *since*; added up again only when there was another visit."""
        visits = await self.visits(branch, since)
        known = self._loads.get(branch)
        if known is None or known[0] is not visits or known[1] != short_visit:
            known = self._loads[branch] = visits, short_visit, loads(visits, short_visit)
        return known[2]

    async def visits(self, branch: str, since: datetime) -> Sequence[Visit]:
        """All that took its time *since*, by the branch's clock, oldest first.

        What was read is kept, for all that looks on asks for the whole day every few seconds.
        """
        read = self._read.get(branch)
        newer = (
            await self._newer(branch, read.last, since) if read and read.since <= since else None
        )
        if read is None or newer is None:
            read, newer = _Read(since), await self._newer(branch, FIRST, since) or []
        elif not newer and read.since == since:
            return read.visits
        visits = [*read.visits, *(_visit(fields) for _, fields in newer)]
        visits = [visit for visit in visits if visit.began >= since]
        self._read[branch] = _Read(since, newer[-1][0] if newer else read.last, visits)
        return visits

    async def _newer(self, branch: str, last: str, since: datetime) -> list[Entry] | None:
        """Entries after *last* that began *since*, oldest first; None if *last* is forgotten."""
        entries: list[Entry] = []
        before = "+"
        while True:
            key = Keys(branch).visits
            found: Any = await self._redis.xrevrange(key, max=before, min=last, count=AT_ONCE)
            entries += found or []
            if len(found or []) < AT_ONCE or _visit(entries[-1][1]).began < since:
                break
            before = f"({entries[-1][0]}"
        if last != FIRST and (not entries or entries.pop()[0] != last):
            return None
        return entries[::-1]

    async def breaks(self, branch: str, now: datetime) -> BreakPlan:
        """The breaks that are still to come, by operator."""
        found = await self._redis.hgetall(Keys(branch).breaks)
        plan = {}
        for operator, text in found.items():
            kept = json.loads(str(text))
            rest = Rest(from_ms(kept["at"]), span_of(kept["length"]))
            if rest.ends > now:
                plan[str(operator)] = rest
        return plan

    async def day_plan(self, branch: Branch, now: datetime) -> BreakPlan:
        """Who rests when today: as planned, else as usual; also the breaks that are over."""
        today = now.astimezone(branch.zone_info).date()
        planned = await self.breaks(branch.code, branch.at(today, time.min))
        return breaks_on(branch, today, planned)

    async def plan_breaks(self, branch: str, plan: BreakPlan, *, now: datetime) -> None:
        """Replace the break plan of the branch."""
        await self._plan(branch, {one: rest_json(rest) for one, rest in plan.items()}, now, "yes")

    async def plan_break(self, branch: str, operator: str, rest: Rest, *, now: datetime) -> None:
        """Let *operator* rest then; the others as before."""
        await self._plan(branch, {operator: rest_json(rest)}, now)

    async def drop_break(self, branch: str, operator: str, *, now: datetime) -> None:
        """*operator* does not rest after all."""
        await self._plan(branch, {operator: ""}, now)

    async def _plan(
        self, branch: str, changes: Mapping[str, str], now: datetime, whole: str = "no"
    ) -> None:
        keys = Keys(branch)
        await _PLAN_BREAKS(
            self._redis,
            breaks=keys.breaks,
            outbox=keys.outbox,
            told=keys.told,
            branch=branch,
            now=to_ms(now),
            whole=whole,
            changes=json.dumps(changes),
        )

    async def set_alarms(self, branch: str, alarms: Iterable[Alarm], *, now: datetime) -> None:
        """Let *alarms* be raised and no others; what changed is told."""
        keys = Keys(branch)
        await _SET_ALARMS(
            self._redis,
            alarms=keys.alarms,
            outbox=keys.outbox,
            told=keys.told,
            live=keys.live,
            branch=branch,
            wanted=json.dumps(dict.fromkeys((alarm.key for alarm in alarms), True)),
            now=to_ms(now),
        )


def rest_json(rest: Rest) -> str:
    """What is kept of a break of the plan."""
    return json.dumps({"at": to_ms(rest.starts), "length": span_ms(rest.length)})


def _visit(fields: Mapping[str, str]) -> Visit:
    length: timedelta = span_of(fields["length"])
    began, kind = from_ms(fields["began"]), Kind(fields["kind"])
    return Visit(fields["operator"], fields["service"], began, length, kind)
