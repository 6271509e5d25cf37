"""The branches that dispatch knows: what was published of each, kept in the store."""

from __future__ import annotations

from pathlib import Path

from contracts.catalogue import BranchPublished
from contracts.envelope import Event
from services.chassis.fresh import Fresh
from services.chassis.lua import LuaScript
from services.chassis.redis import Redis
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.errors import UnknownBranch
from services.dispatch.store.keys import BRANCHES, Keys

_PUBLISH_BRANCH = LuaScript(Path(__file__).with_name("publish_branch.lua"))
_LIST_BRANCH = LuaScript(Path(__file__).with_name("list_branch.lua"))


class Branches:
    """Reads are shared for a moment, for a branch is asked for with every command."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._made: dict[str, tuple[str, Branch]] = {}  # with the id of what it was made from
        self._fresh = Fresh(self._read)

    async def publish(self, event: Event[BranchPublished]) -> None:
        """Keep a newer version of a branch."""
        await _PUBLISH_BRANCH(
            self._redis,
            published=Keys(event.branch).published,
            data=event.data.model_dump_json(),
            id=event.id,
        )
        await _LIST_BRANCH(self._redis, branches=BRANCHES, branch=event.branch)
        self._fresh.forget(event.branch)

    async def codes(self) -> list[str]:
        """All branches heard of."""
        return sorted(str(code) for code in await self._redis.smembers(BRANCHES))

    async def get(self, code: str) -> Branch:
        """Return the branch.

        Raises:
            UnknownBranch: nobody published it.
        """
        return await self._fresh.get(code)

    async def _read(self, code: str) -> Branch:
        id = await self._redis.hget(Keys(code).published, "id")
        if id is None:
            raise UnknownBranch(code)
        made_from, branch = self._made.get(code, ("", None))
        if branch is None or made_from != id:
            data = await self._redis.hget(Keys(code).published, "data")
            branch = Branch.of(BranchPublished.model_validate_json(str(data)))
            self._made[code] = str(id), branch
        return branch
