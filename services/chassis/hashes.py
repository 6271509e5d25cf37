"""Small hashes that are written whole or by the field, without a rule of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from services.chassis.lua import LuaScript
from services.chassis.moments import span_ms
from services.chassis.redis import Redis

_WRITE = LuaScript(Path(__file__).with_name("write_hash.lua"))


async def replace(
    redis: Redis, key: str, fields: Mapping[str, str | int], keep: timedelta = timedelta()
) -> None:
    """Let *key* have these fields and no others, for ever or so long."""
    await _WRITE(redis, hash=key, whole="yes", keep=span_ms(keep), fields=_told(fields))


async def put(redis: Redis, key: str, field: str, value: str | None) -> None:
    """Let *field* have a value, or none; the others stay."""
    await _WRITE(redis, hash=key, whole="no", keep=0, fields=_told({field: value}))


def _told(fields: Mapping[str, str | int | None]) -> str:
    return json.dumps({f: False if value is None else str(value) for f, value in fields.items()})
