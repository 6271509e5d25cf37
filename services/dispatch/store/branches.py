"""The branches that dispatch knows: what was published of each, kept in the store."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

from redis.asyncio import Redis

from contracts.catalogue import BranchPublished
from contracts.envelope import Event
from services.chassis.lua import LuaScript
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.errors import UnknownBranch
from services.dispatch.store.keys import BRANCHES, Keys

_PUBLISH_BRANCH = LuaScript(Path(__file__).with_name("publish_branch.lua"))

FRESH = timedelta(seconds=1)
"""How long an instance may use what it read of a branch before it looks for a newer version."""


class Branches:
    """Reads are shared for a moment, for a branch is asked for with every command."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._read: dict[str, tuple[float, str, Branch]] = {}

    async def publish(self, event: Event[BranchPublished]) -> None:
        """Keep a newer version of a branch."""
        await _PUBLISH_BRANCH(
            self._redis,
            published=Keys(event.branch).published,
            data=event.data.model_dump_json(),
            id=event.id,
        )
        await self._redis.sadd(BRANCHES, event.branch)

    async def codes(self) -> list[str]:
        """All branches heard of."""
        return sorted(str(code) for code in await self._redis.smembers(BRANCHES))

    async def get(self, code: str) -> Branch:
        """Return the branch.

        Raises:
            UnknownBranch: nobody published it.
        """
        known = self._read.get(code)
        if known and time.monotonic() - known[0] < FRESH.total_seconds():
            return known[2]
        id = await self._redis.hget(Keys(code).published, "id")
        if id is None:
            raise UnknownBranch(code)
        if known and known[1] == id:
            branch = known[2]
        else:
            data = await self._redis.hget(Keys(code).published, "data")
            branch = Branch.of(BranchPublished.model_validate_json(str(data)))
        self._read[code] = (time.monotonic(), str(id), branch)
        return branch
