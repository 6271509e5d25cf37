"""Following the story that a topic tells: what the store answers about events that are missing."""

from __future__ import annotations

from pathlib import Path

from contracts.envelope import Missing, Position
from services.chassis.lua import LuaScript, Step
from services.chassis.redis import Redis

_PASS_BY = LuaScript(Path(__file__).with_name("pass_by.lua"))


def pass_by(redis: Redis, heard: str, at: Position) -> Step[Missing]:
    """Hear an event that changes nothing here; *heard* is the key of its story's newest event."""
    return _PASS_BY.step(redis, heard=heard, id=at.id, previous=at.previous).then(missing_in)


def missing_in(reply: object) -> Missing:
    """What a script that follows a story answers second: ``{"waits", missing, …}``."""
    match reply:
        case [str(), (str() | None) as missing, *_]:
            return missing
    raise AssertionError(f"unexpected answer {reply!r}")
