"""A store in canonical form: alike for two stores that hold the same, however they came to it.

Left out is what differs without a difference: a field that counts nothing, ids of entries of
streams other than outboxes, how far in how many pieces a relay came, when exactly a key expires.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from services.chassis.rebuild import is_made_again
from services.chassis.redis import Redis

Value = Any
"""What a key holds, as JSON would have it."""

_STREAMS_BY_ID: Final = ("outbox",)
_UNTOLD: Final = ("relayed", "gaps")


async def dump(redis: Redis, service: str, left: Sequence[str]) -> dict[str, Value]:
    """What *service* holds and a rebuild makes, by key."""
    found = {}
    async for key in _keys(redis, service):
        name = key.rpartition(":")[2]
        if is_made_again(key, left) and name not in _UNTOLD:
            value = await _value(redis, key)
            if value not in ({}, []):
                found[key] = {"is": value, "expires": await redis.pttl(key) >= 0}
    return dict(sorted(found.items()))


async def _keys(redis: Redis, service: str) -> AsyncIterator[str]:
    async for key in redis.scan_iter(f"{service}:*", count=1000):
        yield str(key)


async def _value(redis: Redis, key: str) -> Value:
    match str(await redis.type(key)):
        case "string":
            return _read(str(await redis.get(key)))
        case "hash":
            found: Any = await redis.hgetall(key)
            return {field: _read(text) for field, text in sorted(found.items()) if text != "0"}
        case "set":
            return sorted(await redis.smembers(key))
        case "zset":
            ranked: Any = await redis.zrange(key, 0, -1, withscores=True)
            return [[one, score] for one, score in ranked]
        case "list":
            return await redis.lrange(key, 0, -1)
        case "stream":
            entries: Any = await redis.xrange(key)
            by_id = key.endswith(_STREAMS_BY_ID)
            return [[id, _fields(some)] if by_id else _fields(some) for id, some in entries]
        case kind:
            raise AssertionError(f"{key} is a {kind}")


def _fields(entry: dict[str, str]) -> dict[str, Value]:
    return {field: _read(text) for field, text in sorted(entry.items())}


def _read(text: str) -> Value:
    """JSON written in another way is the same."""
    if text[:1] in {"{", "["}:
        return json.loads(text)
    return text
