"""When tickets are likely to be called, as dispatch said last; soon forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from contracts.values import branch_of
from services.chassis import hashes
from services.chassis.moments import from_ms, to_ms
from services.chassis.redis import Redis
from services.ticketing.store.keys import Keys

KEPT = timedelta(minutes=2)
"""Real time; a forecast comes every few seconds."""

Range = tuple[datetime, datetime]
"""Eight of ten calls fall between the two."""


class Forecasts:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def put(self, branch: str, tickets: Mapping[str, Range]) -> None:
        """Replace what is expected in *branch*."""
        texts = {id: f"{to_ms(a)} {to_ms(b)}" for id, (a, b) in tickets.items()}
        await hashes.replace(self._redis, Keys(branch).forecast, texts, KEPT)

    async def get(self, ticket: str) -> Range | None:
        """When *ticket* is likely to be called; None if nobody knows."""
        found = await self._redis.hget(Keys(branch_of(ticket)).forecast, ticket)
        if found is None:
            return None
        earliest, latest = str(found).split()
        return from_ms(earliest), from_ms(latest)
