"""What is watched over in a hall: signs of life of consoles, visits of the day, alarms."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from contracts.alarms import AlarmKind
from services.chassis.lua import LuaScript
from services.chassis.moments import from_ms, span_ms, span_of, to_ms
from services.dispatch.domain.alarms import Alarm
from services.dispatch.domain.breaks import BreakPlan, Rest
from services.dispatch.domain.load import Kind, Visit
from services.dispatch.store.keys import Keys

_SET_ALARMS = LuaScript(Path(__file__).with_name("set_alarms.lua"))

MOST_A_DAY = 2_000
"""Visits; the largest centre has some 1,500."""


class Watch:
    """Typed face of what the jobs of dispatch keep."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def alive(self, branch: str, window: str, *, real_now: datetime) -> None:
        """A console of *window* is there; by real time, for a browser knows no other."""
        await self._redis.zadd(Keys(branch).seen, {window: to_ms(real_now)})

    async def gone(self, branch: str, window: str) -> None:
        """Nobody expects a sign of life any more."""
        await self._redis.zrem(Keys(branch).seen, window)

    async def silent(self, branch: str, since: datetime) -> frozenset[str]:
        """Windows that had a console, and no sign of life *since*."""
        found = await self._redis.zrange(Keys(branch).seen, "-inf", to_ms(since), byscore=True)
        return frozenset(map(str, found))

    async def visits(self, branch: str, since: datetime) -> list[Visit]:
        """Services given *since*, by the branch's clock, oldest first."""
        found: Any = await self._redis.xrevrange(Keys(branch).visits, count=MOST_A_DAY)
        visits = [_visit(fields) for _, fields in reversed(found or [])]
        return [visit for visit in visits if visit.began >= since]

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

    async def plan_breaks(self, branch: str, plan: BreakPlan) -> None:
        """Replace the break plan of the branch."""
        key = Keys(branch).breaks
        texts: Any = {
            operator: json.dumps({"at": to_ms(rest.starts), "length": span_ms(rest.length)})
            for operator, rest in plan.items()
        }
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(key)
            if texts:
                pipe.hset(key, mapping=texts)
            await pipe.execute()

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

    async def alarms(self, branch: str) -> Mapping[Alarm, datetime]:
        """What is wrong, and since when."""
        found = await self._redis.hgetall(Keys(branch).alarms)
        raised = {}
        for key, since in found.items():
            kind, _, subject = str(key).partition(" ")
            raised[Alarm(AlarmKind(kind), subject)] = from_ms(str(since))
        return raised


def _visit(fields: Mapping[str, str]) -> Visit:
    length: timedelta = span_of(fields["length"])
    began, kind = from_ms(fields["began"]), Kind(fields["kind"])
    return Visit(fields["operator"], fields["service"], began, length, kind)
