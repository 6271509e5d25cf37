"""Small hashes that are written whole, without a rule of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from services.chassis.lua import LuaScript
from services.chassis.moments import span_ms
from services.chassis.redis import Redis

_REPLACE = LuaScript(Path(__file__).with_name("replace_hash.lua"))


async def replace(
    redis: Redis, key: str, fields: Mapping[str, str | int], keep: timedelta = timedelta()
) -> None:
    """Let *key* have these fields and no others, for ever or so long."""
    texts = json.dumps({field: str(value) for field, value in fields.items()})
    await _REPLACE(redis, hash=key, keep=span_ms(keep), fields=texts)
