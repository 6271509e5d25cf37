"""Lua files that are called by name.

A script opens by naming its slots, in plain Lua::

    local account = KEYS[1] -- hash: state, owner
    local orders  = {unpack(KEYS, 2)} -- zsets

`LuaScript` reads those lines and takes the same names as keyword arguments. A missing
or an unknown name is a TypeError at the call, not a wrong key in the store. What several
scripts of a store do alike stands in files of Lua functions that are loaded before each, and
may name the first slots of all of them.

A script is called at once, or prepared as a `Step`; many steps go to the store in one write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

from services.chassis.copies import Call, Script
from services.chassis.redis import Redis

Value = str | int | Sequence[str | int]

T = TypeVar("T")
U = TypeVar("U")

_PRELUDE = Path(__file__).with_name("prelude.lua").read_text("utf-8")
_SLOT = re.compile(r"^local (\w+)\s*= (?:\{unpack\(|cjson\.decode\()?(KEYS|ARGV)\b", re.MULTILINE)


class LuaScript:
    """One atomic step of a store; *functions* are files of Lua functions that it shares.

    One that *reads* may write nothing, and does not wait for replicas.
    """

    def __init__(self, path: Path, *functions: Path, reads: bool = False) -> None:
        source = path.read_text("utf-8")
        before = _PRELUDE + "".join(file.read_text("utf-8") for file in functions)
        slots = _SLOT.findall(before + source)
        self.name = path.stem
        self.keys = [name for name, table in slots if table == "KEYS"]
        self.args = [name for name, table in slots if table == "ARGV"]
        self._script = Script((before + source).encode(), reads=reads)

    async def __call__(self, redis: Redis, **values: Value) -> Any:
        return await self.step(redis, **values)

    def step(self, redis: Redis, **values: Value) -> Step[Any]:
        """Prepare a call; nothing is sent yet."""
        if mismatch := values.keys() ^ {*self.keys, *self.args}:
            raise TypeError(f"{self.name}.lua: missing or unknown {sorted(mismatch)}")
        keys = _flat(values[name] for name in self.keys)
        args = _flat(values[name] for name in self.args)

        return Step(redis, Call(self._script, keys, args), lambda reply: reply)


class Step(Generic[T]):
    """A call that is prepared, not made: await it alone, or make many `together`."""

    def __init__(self, redis: Redis, call: Call, read: Callable[[Any], T]) -> None:
        self.redis = redis
        self.call = call
        self.read = read

    def then(self, read: Callable[[T], U]) -> Step[U]:
        """The same call; *read* makes more of what it returned."""
        before = self.read
        return Step(self.redis, self.call, lambda reply: read(before(reply)))

    def __await__(self) -> Generator[Any, None, T]:
        return self._alone().__await__()

    async def _alone(self) -> T:
        (made,) = await together([self])
        if isinstance(made, Exception):
            raise made
        return made


async def together(steps: Sequence[Step[T]]) -> list[T | Exception]:
    """Make all *steps*, which are of one store, in their order; what each returned or raised.

    The store serves others between two of them: no transaction, but one write and one wait for
    each of its servers. With several servers those of one partition key keep their order.

    Raises:
        RedisError: the store is away; nobody knows which were made.
    """
    if not steps:
        return []
    replies = await steps[0].redis.make([step.call for step in steps])
    return [
        reply if isinstance(reply, Exception) else step.read(reply)
        for step, reply in zip(steps, replies, strict=True)
    ]


def _flat(values: Any) -> list[Any]:
    flat: list[Any] = []
    for value in values:
        flat.extend([value] if isinstance(value, str | int) else value)
    return flat
