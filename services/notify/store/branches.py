"""The branches of the catalogue, as far as notify needs them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from contracts.envelope import Position
from services.chassis.fresh import Fresh
from services.chassis.lua import LuaScript
from services.chassis.redis import Redis
from services.notify.domain.branch import Branch
from services.notify.domain.errors import UnknownBranch
from services.notify.domain.voice import Letter
from services.notify.store.keys import Keys

_PUBLISH = LuaScript(Path(__file__).with_name("publish_branch.lua"))


class Branches:
    """Typed face of what the catalogue said. Reads are shared for a moment: each call needs one."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._fresh = Fresh(self._read)

    async def publish(self, branch: Branch, *, at: Position) -> None:
        """Keep *branch* as it is from now on."""
        told = json.dumps(asdict(branch), ensure_ascii=False)
        catalogue = Keys(branch.code).catalogue
        match await _PUBLISH(self._redis, catalogue=catalogue, id=at.id, branch=told):
            case ["kept" | "known"]:
                self._fresh.forget(branch.code)
            case reply:
                raise AssertionError(f"publish_branch.lua answered {reply!r}")

    async def find(self, code: str) -> Branch | None:
        """Return a branch, or None when the catalogue has none of this code."""
        try:
            return await self._fresh.get(code)
        except UnknownBranch:
            return None

    async def get(self, code: str) -> Branch:
        """Return a branch.

        Raises:
            UnknownBranch: the catalogue has none of this code.
        """
        return await self._fresh.get(code)

    async def _read(self, code: str) -> Branch:
        told = await self._redis.hget(Keys(code).catalogue, "branch")
        if told is None:
            raise UnknownBranch(code)
        known = json.loads(told)
        letters = {prefix: Letter(**names) for prefix, names in known.pop("letters").items()}
        return Branch(**known, letters=letters)
