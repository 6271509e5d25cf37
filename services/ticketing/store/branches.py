"""The branches as they were last published: typed face of the Lua files beside this one."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from contracts.catalogue import BranchPublished
from services.chassis import shards
from services.chassis.commands import ANSWER_KEPT
from services.chassis.lua import LuaScript
from services.chassis.moments import span_ms, to_ms
from services.chassis.redis import Redis
from services.ticketing.domain.catalogue import Branch
from services.ticketing.domain.errors import IdempotencyKeyReused, UnknownBranch
from services.ticketing.store.keys import Keys, branches_of

_PUBLISH = LuaScript(Path(__file__).with_name("publish_branch.lua"))
_BRANCH = TypeAdapter(Branch)


class Branches:
    """Keeps what it read last of each branch, and reads it again when it was published anew."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._read: dict[str, tuple[str, Branch]] = {}  # code -> digest, branch

    async def publish(
        self, branch: Branch, fact: BranchPublished, *, asked: str, command: str, now: datetime
    ) -> bool:
        """Take over *branch* and tell the others; return whether anything changed.

        Raises:
            IdempotencyKeyReused: the command came before with another catalogue than *asked*.
        """
        keys = Keys(branch.code)
        json = _BRANCH.dump_json(branch).decode()
        reply = await _PUBLISH(
            self._redis,
            published=keys.published,
            branches=keys.branches,
            answer=keys.answer(command),
            outbox=keys.outbox,
            told=keys.told,
            branch=branch.code,
            asked=asked,
            json=json,
            digest=sha256(json.encode()).hexdigest(),
            fact=fact.model_dump_json(),
            now=to_ms(now),
            answer_kept=span_ms(ANSWER_KEPT),
        )
        match reply:
            case ["changed"]:
                return True
            case ["same"]:
                return False
            case ["reused"]:
                raise IdempotencyKeyReused
        raise AssertionError(f"publish_branch.lua answered {reply!r}")

    async def get(self, code: str) -> Branch:
        """Return the branch *code*.

        Raises:
            UnknownBranch: the catalogue has none.
        """
        key = Keys(code).published
        digest, (read, branch) = await self._digest(key), self._read.get(code, (None, None))
        if digest is None:
            raise UnknownBranch(code)
        if branch is None or digest != read:
            found: Any = await self._redis.hmget(key, ["digest", "json"])  # of one moment
            digest, branch = str(found[0]), _BRANCH.validate_json(found[1])
            self._read[code] = (digest, branch)
        return branch

    async def all(self) -> list[Branch]:
        """Every branch, by code."""
        pipeline = self._redis.pipeline(transaction=False)
        for shard in shards.all_shards():
            pipeline.smembers(branches_of(shard))
        codes = {code for members in await pipeline.execute() for code in members}
        return [await self.get(code) for code in sorted(codes)]

    async def _digest(self, key: str) -> str | None:
        digest: Any = await self._redis.hget(key, "digest")
        return None if digest is None else str(digest)
