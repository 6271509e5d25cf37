"""Lua files that are called by name.

A script opens by naming its slots, in plain Lua::

    local account = KEYS[1] -- hash: state, owner
    local orders  = {unpack(KEYS, 2)} -- zsets

`LuaScript` reads those lines and takes the same names as keyword arguments. A missing
or an unknown name is a TypeError at the call, not a wrong key in the store. What several
scripts of a store do alike stands in a file of Lua functions that is loaded before each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

Value = str | int | Sequence[str | int]

_PRELUDE = Path(__file__).with_name("prelude.lua").read_text("utf-8")
_SLOT = re.compile(r"^local (\w+)\s*= (?:\{unpack\(|cjson\.decode\()?(KEYS|ARGV)\b", re.MULTILINE)


class LuaScript:
    """One atomic step of a store; *functions* are files of Lua functions that it shares."""

    def __init__(self, path: Path, *functions: Path) -> None:
        source = path.read_text("utf-8")
        before = _PRELUDE + "".join(file.read_text("utf-8") for file in functions)
        slots = _SLOT.findall(source)
        self.name = path.stem
        self.keys = [name for name, table in slots if table == "KEYS"]
        self.args = [name for name, table in slots if table == "ARGV"]
        self._script = AsyncScript(None, (before + source).encode())  # type: ignore[arg-type]  # bound per call

    async def __call__(self, redis: Redis, **values: Value) -> Any:
        if mismatch := values.keys() ^ {*self.keys, *self.args}:
            raise TypeError(f"{self.name}.lua: missing or unknown {sorted(mismatch)}")
        return await self._script(
            keys=_flat(values[name] for name in self.keys),
            args=_flat(values[name] for name in self.args),
            client=redis,
        )


def _flat(values: Any) -> list[Any]:
    flat: list[Any] = []
    for value in values:
        flat.extend([value] if isinstance(value, str | int) else value)
    return flat
