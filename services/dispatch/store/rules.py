"""The rules of each branch: all versions that were ever published, and the one in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from contracts.rules import RulesPublished
from services.chassis.fresh import Fresh
from services.chassis.lua import LuaScript
from services.chassis.moments import to_ms
from services.chassis.redis import Redis
from services.dispatch.domain.errors import VersionTaken
from services.dispatch.domain.rules import Rules, in_force
from services.dispatch.store.keys import Keys

_PUBLISH = LuaScript(Path(__file__).with_name("publish_rules.lua"))

Versions = tuple[Sequence[RulesPublished], Sequence[Rules]]
"""As they were published, and as they are followed."""


class RuleBook:
    """Reads are shared for a moment, for every command asks."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._fresh = Fresh(self._read)

    async def in_force(self, branch: str, at: datetime) -> Rules:
        """The rules by which *branch* calls."""
        _, rules = await self._fresh.get(branch)
        return in_force(rules, at)

    async def published(self, branch: str) -> Sequence[RulesPublished]:
        """All versions, the newest first."""
        versions, _ = await self._fresh.get(branch)
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
                self._fresh.forget(branch)
            case ["taken"]:
                raise VersionTaken(version.version)
            case reply:
                raise AssertionError(f"publish_rules.lua answered {reply!r}")

    async def _read(self, branch: str) -> Versions:
        texts = await self._redis.hvals(Keys(branch).rules)
        facts = [RulesPublished.model_validate_json(str(text)) for text in texts]
        return facts, [Rules.of(fact) for fact in facts]
