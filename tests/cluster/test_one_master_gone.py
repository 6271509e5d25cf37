"""A cluster of which one master is gone for good: the branches of the others are served."""

from __future__ import annotations

from typing import Any

import pytest

from services.chassis import hashes, shards
from services.chassis.redis import connect, is_away
from tests.cluster.servers import Server, Servers, a_cluster, until

pytestmark = pytest.mark.long

KEYS = [f"test:{shard}:x" for shard in shards.all_shards()]


@pytest.mark.parametrize("gone", range(3))
async def test_the_others_serve_also_whoever_comes_now(gone: int):
    """A service that starts then does not insist on the one that is gone."""
    with a_cluster() as servers:
        kept = [key for key in KEYS if servers.master_of(key) is not servers.all[gone]]
        servers.all[gone].kill()
        redis = connect(servers.url)
        try:
            assert await _served(redis, "write") == kept
            assert await _served(redis, "read") == kept
            answers = await redis.each("PING")
            assert sum(answer is True for answer in answers.values()) == 2
            _bring_back(servers, servers.all[gone])
            assert await _served(redis, "write") == KEYS
        finally:
            await redis.aclose()


async def _served(redis: Any, how: str) -> list[str]:
    """Keys at which it can be done."""
    served = []
    for key in KEYS:
        try:
            if how == "write":
                await hashes.replace(redis, key, {"a": "b"})
            else:
                assert await redis.hget(key, "a") == "b"
            served.append(key)
        except Exception as error:
            if not is_away(error):
                raise
    return served


def _bring_back(servers: Servers, server: Server) -> None:
    servers.again(server)
    until("it serves", lambda: any(server.serves(key) for key in KEYS))
