"""What dispatch left behind in its own story, and how it is put back into an empty store.

Of each window, ticket, alarm and so on the newest word counts, in whatever order they are heard.
Who waits and was never called stands in ticketing's story instead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from contracts.alarms import AlarmCleared, AlarmRaised
from contracts.envelope import later, place
from contracts.rules import RulesPublished
from contracts.values import Standing
from contracts.windows import BreaksPlanned
from services.chassis.moments import to_ms
from services.chassis.rebuild import Retold
from services.chassis.redis import Redis
from services.dispatch.domain.breaks import Rest
from services.dispatch.domain.tickets import State
from services.dispatch.domain.windows import State as WindowState
from services.dispatch.store.keys import Keys
from services.dispatch.store.watch import rest_json

VISITS_KEPT: Final = 20_000
RANKS: Final = {
    Standing.STATUTORY: "0",
    Standing.LOCAL: "1",
    Standing.ORDINARY: "2",
    Standing.BOOKED: "3",
}
"""As lines.lua has them."""


class Remembered:
    """One branch, folded from its events."""

    def __init__(self, branch: str) -> None:
        self._keys = Keys(branch)
        self._newest: dict[tuple[str, str], tuple[str, Any]] = {}  # kind, name -> id, what is left
        self._visits: dict[str, list[str]] = {}  # by the event that told of it

    def take(self, retold: Retold) -> None:
        """Take in an event."""
        event, at = retold.event, retold.event.id
        for kind, name, left in json.loads(retold.memo) if retold.memo else ():
            if kind == "visit":
                self._visits[at] = left
            else:
                self._put(kind, name, at, left)
        match event.data:
            case RulesPublished(version=version):
                self._put("rules", version, at, event.data.model_dump_json())
            case BreaksPlanned(breaks=breaks):
                self._put("breaks", "", at, breaks)
            case AlarmRaised(kind=alarm, subject=subject):
                self._put("alarm", f"{alarm} {subject}", at, to_ms(event.time))
            case AlarmCleared(kind=alarm, subject=subject):
                self._put("alarm", f"{alarm} {subject}", at, None)
        if len(self._visits) > 2 * VISITS_KEPT:
            self._forget_old_visits()

    async def put_rules(self, redis: Redis) -> None:
        """The rules come first: promises hang on them."""
        rules: Any = self._of("rules")
        if rules:
            await redis.hset(self._keys.rules, mapping=rules)

    async def put(self, redis: Redis) -> None:
        """All else, but for which windows are ready: nobody is called to them yet."""
        self._forget_old_visits()
        keys, tickets, windows = self._keys, self._of("ticket"), self._of("window")
        heard = await self._heard(redis, list(tickets))
        async with redis.pipeline(transaction=False) as pipe:
            for id, ticket in tickets.items():
                self._place(pipe, ticket, heard.get(id))
            tables: Any = {
                keys.tickets: {id: _text(ticket) for id, ticket in tickets.items()},
                keys.windows: {name: _text(window) for name, window in windows.items()},
                keys.operators: {one["operator"]: name for name, one in windows.items()},
                keys.calls_since: self._of("calls_since"),
                keys.breaks: _plan(self._of("breaks").get("", ())),
                keys.alarms: self._of("alarm"),
            }
            for key, fields in tables.items():
                if fields:
                    pipe.hset(key, mapping=fields)
            for id in sorted(self._visits, key=place):
                visit = self._visits[id]
                pipe.xadd(keys.visits, dict(zip(visit[::2], visit[1::2], strict=True)))
            await pipe.execute()
        await self._forget_empty_lines(redis)

    async def put_ready(self, redis: Redis) -> list[str]:
        """Let the ready windows be ready; returns them, the longest ready first."""
        ready = {
            name: window["since"]
            for name, window in self._of("window").items()
            if window["state"] == WindowState.READY
        }
        if ready:
            await redis.zadd(self._keys.ready, ready)
        return sorted(ready, key=lambda name: (ready[name], name))

    def _put(self, kind: str, name: str, at: str, left: Any) -> None:
        known = self._newest.get((kind, name))
        if known is None or later(at, known[0]):
            self._newest[kind, name] = at, left

    def _of(self, kind: str) -> dict[str, Any]:
        """What is left of a kind; what is gone has no name here."""
        return {
            name: left
            for (of, name), (_, left) in self._newest.items()
            if of == kind and left is not None
        }

    async def _heard(self, redis: Redis, tickets: list[str]) -> dict[str, Mapping[str, Any]]:
        """The tickets as ticketing told of them."""
        if not tickets:
            return {}
        found = await redis.hmget(self._keys.tickets, tickets)
        return {id: json.loads(text) for id, text in zip(tickets, found, strict=True) if text}

    def _place(self, pipe: Any, ticket: Mapping[str, Any], heard: Mapping[str, Any] | None) -> None:
        """Who waited at first may stand elsewhere now, or in no line."""
        keys, id, state = self._keys, ticket["ticket"], ticket["state"]
        if heard:
            pipe.zrem(keys.line(_line(heard)), id)
        if state == State.WAITING:
            pipe.zadd(keys.line(_line(ticket)), {id: ticket["promise"]})
            pipe.sadd(keys.peopled, _line(ticket))
        elif state == State.DEFERRED:
            pipe.zadd(keys.deferred, {id: ticket["until"]})

    async def _forget_empty_lines(self, redis: Redis) -> None:
        for name in await redis.smembers(self._keys.peopled):
            if not await redis.exists(self._keys.line(str(name))):
                await redis.srem(self._keys.peopled, name)

    def _forget_old_visits(self) -> None:
        for id in sorted(self._visits, key=place)[:-VISITS_KEPT]:
            del self._visits[id]


def _line(ticket: Mapping[str, Any]) -> str:
    return f"{RANKS[Standing(ticket['standing'])]}:{ticket['line']}"


def _text(record: Any) -> str:
    return json.dumps(record, ensure_ascii=False)


def _plan(breaks: Any) -> dict[str, str]:
    return {
        one.operator: rest_json(Rest(one.at, timedelta(milliseconds=round(one.minutes * 60_000))))
        for one in breaks
    }
