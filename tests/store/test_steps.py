"""Steps of a store: prepared first, then made alone or together."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from services.chassis.lua import LuaScript, Step, together

APPEND = """\
local list = KEYS[1] -- list
local word = ARGV[1]

if word == "bad" then return redis.error_reply("ERR no such word") end
return redis.call("RPUSH", list, word)
"""


@pytest.fixture
def append(tmp_path: Path) -> LuaScript:
    path = tmp_path / "append.lua"
    path.write_text(APPEND, "utf-8")
    return LuaScript(path)


async def test_a_step_is_made_when_it_is_awaited(redis: Redis, append: LuaScript):
    """And not before."""
    step = append.step(redis, list="l", word="a").then(lambda length: f"length {length}")
    assert not await redis.exists("l")
    assert await step == "length 1"


async def test_steps_together_keep_their_order_and_each_has_its_answer(
    redis: Redis, append: LuaScript
):
    """One that fails stops no other; and a store that knows no script is taught it."""
    await redis.script_flush()
    steps: list[Step[int]] = [append.step(redis, list="l", word=word) for word in ("a", "bad", "b")]
    first, second, third = await together(steps)
    assert (first, third) == (1, 2)
    assert isinstance(second, ResponseError)
    assert await redis.lrange("l", 0, -1) == ["a", "b"]


async def test_no_steps_are_no_trouble():
    """No store is asked."""
    assert await together([]) == []
