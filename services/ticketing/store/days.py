"""The days of a branch: typed face of the Lua files beside this one."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from contracts.tickets import CancelReason
from services.chassis.lua import LuaScript
from services.chassis.moments import span_ms, to_ms
from services.chassis.redis import Redis
from services.ticketing.domain.days import Tally
from services.ticketing.domain.tickets import IN_LINE, OWN_RANK, State
from services.ticketing.store.keys import DAY_KEPT, Keys

_OPEN = LuaScript(Path(__file__).with_name("open_day.lua"))
_CLOSE = LuaScript(Path(__file__).with_name("close_day.lua"))

CHUNK: Final = 200
"""Tickets cancelled in one step, so that no visitor elsewhere waits for it."""


class Days:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def open(self, branch: str, day: date) -> None:
        """Note that *day* has begun, unless it is closed already."""
        keys = Keys(branch)
        await _OPEN(self._redis, day=keys.day(day), open_days=keys.open_days, date=str(day))

    async def still_open(self, branch: str) -> list[date]:
        """The days that have begun and are not closed, oldest first."""
        days: Any = await self._redis.smembers(Keys(branch).open_days)
        return sorted(map(date.fromisoformat, days))

    async def close(self, branch: str, day: date, *, now: datetime) -> int:
        """Cancel what still waits; close *day*, once; return how many were cancelled."""
        keys, cancelled = Keys(branch), 0
        fact = {"day": str(day), "reason": CancelReason.DAY_END}
        while True:
            ids: Any = await self._redis.srandmember(keys.waiting(day), CHUNK)
            reply = await _CLOSE(
                self._redis,
                day=keys.day(day),
                waiting=keys.waiting(day),
                open_days=keys.open_days,
                outbox=keys.outbox,
                told=keys.told,
                tickets=[keys.ticket(id) for id in ids],
                branch=branch,
                date=str(day),
                now=to_ms(now),
                rank=OWN_RANK[State.CANCELLED],
                in_line=json.dumps(IN_LINE),
                day_kept=span_ms(DAY_KEPT),
                ids=json.dumps(ids),
                fact=json.dumps(fact),
            )
            match reply:
                case ["closing", int(some)]:
                    cancelled += some
                case ["closed" | "before", int(some)]:
                    return cancelled + some
                case _:
                    raise AssertionError(f"close_day.lua answered {reply!r}")

    async def tally(self, branch: str, day: date) -> Tally:
        """How many tickets of *day* stand where."""
        counts = await self._redis.hmget(Keys(branch).day(day), list(State))
        return Tally(branch, day, {s: int(n or 0) for s, n in zip(State, counts, strict=True)})
