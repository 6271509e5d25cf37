"""The tables of docs/keeping.md: whose a key of a store is, how long it is kept, its bound."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

PAGE: Final = Path(__file__).parents[1] / "docs" / "keeping.md"
_ROW: Final = re.compile(r"^\| `([^`]+)` \| (\w+) \| ([^|]+) \| ([^|]+) \|([^|]*)\|$", re.MULTILINE)
_WILD: Final = {"shard": r"\{s\d\d\}", "service": "(?:ticketing|dispatch|notify)"}
_NEVER: Final = "–"
_AT_ONCE: Final = 500
_SIZES: Final = {
    "hash": "HLEN",
    "stream": "XLEN",
    "zset": "ZCARD",
    "set": "SCARD",
    "list": "LLEN",
    "string": "EXISTS",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of key."""

    key: str
    kind: str
    expires: bool
    within: timedelta | None  # where the table says so in figures
    most: int | None  # entries, fields or members, likewise

    def fits(self, name: str) -> bool:
        """Whether *name* is a key of this kind."""
        return bool(re.fullmatch(_pattern(self.key), name))

    def faults(self, key: Key) -> Iterator[str]:
        """In what *key* is otherwise than the table says."""
        if key.kind != self.kind:
            yield f"{key.name} is a {key.kind}, not a {self.kind}"
        if (key.left is None) == self.expires:
            yield f"{key.name} {'never expires' if self.expires else 'expires'}"
        if key.left and self.within and key.left > self.within:
            yield f"{key.name} expires in {key.left}, later than {self.within}"
        if self.most is not None and key.size > self.most:
            yield f"{key.name} has {key.size} entries, more than {self.most}"


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it stands in a store."""

    name: str
    kind: str
    left: timedelta | None  # until it expires
    size: int
    bytes: int


def table(page: str | None = None) -> list[Row]:
    """The rows of *page*, by default of docs/keeping.md."""
    rows = _ROW.findall(PAGE.read_text("utf-8") if page is None else page)
    return [
        Row(key, kind, expires.strip() != _NEVER, _span(expires), _number(most))
        for key, kind, _, expires, most in rows
    ]


def faults(keys: Sequence[Key], rows: Sequence[Row]) -> list[str]:
    """Keys without an owner, and those that are not kept as the table says."""
    found = []
    for key in keys:
        row = row_of(key.name, rows)
        found += [f"{key.name} has no owner"] if row is None else row.faults(key)
    return found


def row_of(name: str, rows: Sequence[Row]) -> Row | None:
    """The row that speaks of the key *name*."""
    return next((row for row in rows if row.fits(name)), None)


async def keys_of(redis: Any) -> list[Key]:
    """All keys of the store; one that goes meanwhile is left out."""
    return [key async for key in _keys(redis)]


async def _keys(redis: Any) -> AsyncIterator[Key]:
    names = [name async for name in redis.scan_iter(count=_AT_ONCE)]
    for begin in range(0, len(names), _AT_ONCE):
        some = sorted(names[begin : begin + _AT_ONCE])
        kinds = await _asked(redis, [("TYPE", name) for name in some])
        there = [(name, kind) for name, kind in zip(some, kinds, strict=True) if kind != "none"]
        questions = [
            question
            for name, kind in there
            for question in ((_SIZES[kind], name), ("PTTL", name), ("MEMORY", "USAGE", name))
        ]
        answers = iter(await _asked(redis, questions))
        for (name, kind), size, ttl, taken in zip(there, answers, answers, answers, strict=False):
            if taken is not None:
                left = timedelta(milliseconds=ttl) if ttl >= 0 else None
                yield Key(name, kind, left, size, taken)


async def _asked(redis: Any, questions: Sequence[tuple[str, ...]]) -> list[Any]:
    async with redis.pipeline(transaction=False) as pipe:
        for question in questions:
            pipe.execute_command(*question)
        found: list[Any] = await pipe.execute()
    return found


def _pattern(key: str) -> str:
    parts = re.split(r"<(\w+)>", key)
    literal, wild = parts[::2], parts[1::2]
    written = [re.escape(literal[0])]
    for n, (name, text) in enumerate(zip(wild, literal[1:], strict=True)):
        anything = ".+" if n == len(wild) - 1 and not text else "[^:]+"
        written += [_WILD.get(name, anything), re.escape(text)]
    return "".join(written)


def _span(expires: str) -> timedelta | None:
    """What the words begin with, if with a figure: ``3 days after its end``."""
    found = re.match(r"(\d+) (second|minute|hour|day)s?\b", expires.strip())
    return timedelta(**{f"{found[2]}s": int(found[1])}) if found else None


def _number(most: str) -> int | None:
    first = most.strip().replace(",", "")
    return int(first) if first.isdigit() else None
