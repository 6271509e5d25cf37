"""Events that were not heard: said loudly, and noted until they are.

The story goes on meanwhile, for people wait for what it tells.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from contracts.envelope import FIRST, Event, later
from services.chassis import shards
from services.chassis.lua import LuaScript
from services.chassis.moments import from_ms, to_ms
from services.chassis.redis import Redis
from services.chassis.telemetry import GAPS

log = logging.getLogger(__name__)

_SWAP = LuaScript(Path(__file__).with_name("swap_gap.lua"))

SOONEST = timedelta(seconds=10)
LATEST = timedelta(minutes=5)
"""Between two asks: twice as long each time, for what is not told soon is not told by asking."""


async def report(event: Event[Any], after: str) -> None:
    """Alarm that *event* does not follow *after*, the newest event heard before it.

    Either events between the two are missing, or the source forgot what it had told: its
    store was restored to an earlier moment.
    """
    kind = "forgotten" if later(after, event.previous) else "missing"
    GAPS.labels(event.topic, kind).inc()
    log.error(
        "a story has a gap",
        extra={
            "kind": kind,
            "topic": event.topic,
            "partitionkey": event.partitionkey,
            "after": after,
            "before": event.id,
            "previous": event.previous,
        },
    )


@dataclass(frozen=True, slots=True)
class Gap:
    """What was told of *partitionkey* in *topic* after one event, up to another, is missing."""

    topic: str
    partitionkey: str
    after: str
    until: str
    asked: tuple[datetime, datetime] | None = None  # the first time and the last

    @property
    def told(self) -> datetime:
        """When the last of what is missing was told."""
        return from_ms(self.until.partition("-")[0])

    @property
    def begins_in_the_middle(self) -> bool:
        """Nothing was ever heard before it: the log, or the reader, began later than the story."""
        return self.after == FIRST

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to ask for it."""
        if self.asked is None:
            return True
        first, last = self.asked
        return now - last >= min(max(last - first, SOONEST), LATEST)

    def asked_for(self, now: datetime) -> Gap:
        """The same gap, after it was asked for once more."""
        return replace(self, asked=(self.asked[0] if self.asked else now, now))

    @property
    def field(self) -> str:
        """As the store names it."""
        return f"{self.topic} {self.partitionkey} {self.after}"

    @property
    def value(self) -> str:
        """As the store keeps it; the inverse of `_gap`."""
        return " ".join([self.until, *(str(to_ms(one)) for one in self.asked or ())])


async def open_gaps(redis: Redis, service: str) -> list[Gap]:
    """All that *service* has not heard of what it knows to have been told."""
    async with redis.pipeline(transaction=False) as pipe:
        for shard in shards.all_shards():
            pipe.hgetall(shards.gaps(service, shard))
        noted: list[dict[str, str]] = await pipe.execute()
    return [_gap(field, value) for some in noted for field, value in some.items()]


async def put(redis: Redis, service: str, was: Gap, now: Gap | None) -> bool:
    """Note *now* in place of *was*, or nothing; False if the gap has moved or closed meanwhile."""
    gaps = shards.gaps(service, shards.shard_of(was.partitionkey))
    match await _SWAP(
        redis, gaps=gaps, field=was.field, was=was.value, now=now.value if now else ""
    ):
        case [str(word)]:
            return word == "put"
    raise AssertionError("swap_gap.lua answers with a word")


def _gap(field: str, value: str) -> Gap:
    topic, partitionkey, after = field.split(" ")
    until, *asked = value.split(" ")
    moments = [from_ms(one) for one in asked]
    return Gap(topic, partitionkey, after, until, (moments[0], moments[1]) if moments else None)
