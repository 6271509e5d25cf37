"""The rules of each branch: all versions that were ever published, and the one in force."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from redis.asyncio import Redis

from contracts.rules import RulesPublished
from services.chassis.lua import LuaScript
from services.chassis.moments import to_ms
from services.dispatch.domain.errors import VersionTaken
from services.dispatch.domain.rules import Rules, in_force
from services.dispatch.store.keys import Keys

_PUBLISH = LuaScript(Path(__file__).with_name("publish_rules.lua"))

FRESH = timedelta(seconds=1)
"""How long an instance may use what it read before it looks for a newer version."""


class RuleBook:
    """Reads are shared for a moment, for every command asks."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._read: dict[str, tuple[float, Sequence[RulesPublished], Sequence[Rules]]] = {}

    async def in_force(self, branch: str, at: datetime) -> Rules:
        """The rules by which *branch* calls."""
        _, _, rules = await self._versions(branch)
        return in_force(rules, at)

    async def published(self, branch: str) -> Sequence[RulesPublished]:
        """All versions, the newest first."""
        _, versions, _ = await self._versions(branch)
        return sorted(versions, key=lambda v: (v.since, v.version), reverse=True)

    async def publish(self, branch: str, version: RulesPublished, *, now: datetime) -> None:
        """Keep a version and tell of it.

        Raises:
            VersionTaken: there are other rules of this version.
        """
        keys = Keys(branch)
        match await _PUBLISH(
            self._redis,
            rules=keys.rules,
            outbox=keys.outbox,
            told=keys.told,
            live=keys.live,
            branch=branch,
            version=version.version,
            text=version.model_dump_json(),
            now=to_ms(now),
        ):
            case ["kept" | "known"]:
                self._read.pop(branch, None)
            case ["taken"]:
                raise VersionTaken(version.version)
            case reply:
                raise AssertionError(f"publish_rules.lua answered {reply!r}")

    async def _versions(
        self, branch: str
    ) -> tuple[float, Sequence[RulesPublished], Sequence[Rules]]:
        known = self._read.get(branch)
        if known and time.monotonic() - known[0] < FRESH.total_seconds():
            return known
        texts = await self._redis.hvals(Keys(branch).rules)
        facts = [RulesPublished.model_validate_json(str(text)) for text in texts]
        self._read[branch] = (time.monotonic(), facts, [Rules.of(fact) for fact in facts])
        return self._read[branch]
