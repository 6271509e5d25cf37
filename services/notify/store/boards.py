"""What the boards of a branch show, read in one step."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Final

from services.chassis.moments import from_ms, rfc3339, span_of
from services.chassis.redis import Redis
from services.notify.domain.board import Call, CallState, Hall, Wait
from services.notify.domain.tickets import TicketState
from services.notify.domain.voice import Spoken
from services.notify.store.keys import Keys

CALLS_KEPT: Final = 60
"""Of all zones together: enough for twelve in each of several halls."""


class Boards:
    """The common state of a branch's boards."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @staticmethod
    def live(branch: str) -> str:
        """Return the stream that boards follow."""
        return Keys(branch).live

    async def hall(self, branch: str, day: date) -> tuple[Hall, str | None]:
        """Return what boards have in common, and the id of the live event it stands at."""
        keys = Keys(branch)
        async with self._redis.pipeline(transaction=True) as step:
            step.xrevrange(keys.live, count=1)
            step.hgetall(keys.calls)
            step.zrange(keys.order, 0, -1, desc=True)
            step.lrange(keys.waits, 0, -1)
            step.hget(keys.days, f"{day.isoformat()}:{TicketState.WAITING.value}")
            newest, calls, order, waits, waiting = await step.execute()
        hall = Hall(
            calls=tuple((_call(calls[c]), CallState(calls[f"{c}:state"])) for c in order),
            waits=tuple(_wait(told) for told in waits),
            waiting=int(waiting or 0),
        )
        return hall, newest[0][0] if newest else None

    async def figures(self, branch: str, day: date) -> Hall:
        """Return the hall without its calls."""
        keys = Keys(branch)
        async with self._redis.pipeline(transaction=True) as step:
            step.lrange(keys.waits, 0, -1)
            step.hget(keys.days, f"{day.isoformat()}:{TicketState.WAITING.value}")
            waits, waiting = await step.execute()
        return Hall((), tuple(_wait(told) for told in waits), int(waiting or 0))


def as_told(call: Call) -> dict[str, object]:
    """Return *call* as boards hear it."""
    return {
        "call": call.call,
        "number": call.number,
        "window": call.window,
        "zone": call.zone,
        "recall": call.recall,
        "called_at": rfc3339(call.called_at),
        "spoken": {"ru": call.spoken.ru, "en": call.spoken.en},
    }


def _call(told: str) -> Call:
    known = json.loads(told)
    spoken, called_at = Spoken(**known["spoken"]), datetime.fromisoformat(known["called_at"])
    return Call(**(known | {"spoken": spoken, "called_at": called_at}))


def _wait(told: str) -> Wait:
    called_at, _, waited = told.partition(":")
    return Wait(from_ms(called_at), span_of(waited))
