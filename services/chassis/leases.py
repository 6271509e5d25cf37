"""The leases of a service's shards, held by somebody who is no relay: nothing of it runs then."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

from services.chassis import shards
from services.chassis.lua import LuaScript, together
from services.chassis.moments import span_ms
from services.chassis.redis import Redis

_HERE = Path(__file__).parent
HOLD = LuaScript(_HERE / "hold_lease.lua")
RELEASE = LuaScript(_HERE / "release_lease.lua")

_TTL: Final = timedelta(seconds=15)
_RENEWED: Final = timedelta(seconds=3)


class LeaseTaken(Exception):
    """A relay of the service works on the shard that the text names."""


@contextlib.asynccontextmanager
async def holding(redis: Redis, service: str) -> AsyncIterator[None]:
    """Hold the leases of all shards of *service*.

    Raises:
        LeaseTaken: somebody else holds one.
    """
    token = uuid4().hex
    try:
        await _hold(redis, service, token)
        renewing = asyncio.create_task(_renew(redis, service, token))
        try:
            yield
        finally:
            renewing.cancel()
    finally:
        await together(
            [
                RELEASE.step(redis, lease=shards.lease(service, shard), token=token)
                for shard in shards.all_shards()
            ]
        )


async def _hold(redis: Redis, service: str, token: str) -> None:
    answers = await together(
        [
            HOLD.step(
                redis,
                lease=shards.lease(service, shard),
                checkpoint=shards.checkpoint(service, shard),
                token=token,
                ttl=span_ms(_TTL),
            )
            for shard in shards.all_shards()
        ]
    )
    for shard, answer in zip(shards.all_shards(), answers, strict=True):
        if isinstance(answer, Exception):
            raise answer
        if answer[0] != "held":
            raise LeaseTaken(shards.lease(service, shard))


async def _renew(redis: Redis, service: str, token: str) -> None:
    while True:
        await asyncio.sleep(_RENEWED.total_seconds())
        await _hold(redis, service, token)
