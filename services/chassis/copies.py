"""Calls of scripts as one server gets them, and how many replicas must have what they wrote.

``WAIT`` waits for what its own connection wrote. A script that only repeats an answer wrote
nothing, though the first answer may not have been copied yet, so something is written before each
``WAIT``: the answer then leaves when the replicas have all that the server wrote until then.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha1
from typing import Any, TypeAlias

from redis.exceptions import NoScriptError, RedisError, ResponseError

from services.chassis.telemetry import TOO_FEW_COPIES

Command: TypeAlias = tuple[str | int | bytes, ...]

Send: TypeAlias = Callable[[Sequence[Command]], Awaitable[list[Any]]]
"""Gives commands to one server, in one write; returns what each returned, or its error."""

PATIENCE = timedelta(seconds=1)
"""How long replicas may take; a caller that is told no asks again with the same key."""

_TAG = re.compile(r"\{[^}]+\}")
_MS = timedelta(milliseconds=1)


class TooFewCopies(RedisError):
    """What was written may be lost if the server dies now, so nobody may be told of it."""


def is_lonely(reply: Any) -> bool:
    """Whether a server without its replicas says so: another one may be the master by now."""
    refused = isinstance(reply, ResponseError) and str(reply).startswith("NOREPLICAS")
    return refused or isinstance(reply, TooFewCopies)


class Script:
    """The text of a script, and the name by which a server knows it once it has run.

    The server itself sees to it that one that *reads* writes nothing.
    """

    def __init__(self, text: bytes, *, reads: bool = False) -> None:
        self.text = text
        self.sha = sha1(text).hexdigest()  # noqa: S324  # the store's own name for it
        self.reads = reads


@dataclass(frozen=True, slots=True)
class Call:
    """A script with the values for one run."""

    script: Script
    keys: Sequence[Any]
    args: Sequence[Any]

    def command(self, *, known: bool) -> Command:
        """As the server takes it; with the text if the script may be unknown to it."""
        name, text = ("EVALSHA", self.script.sha) if known else ("EVAL", self.script.text)
        how = f"{name}_RO" if self.script.reads else name
        return (how, text, len(self.keys), *self.keys, *self.args)


async def run(send: Send, calls: Sequence[Call], copies: int) -> list[Any]:
    """Run *calls* on the server behind *send*; what each returned, or its error.

    If fewer than *copies* replicas have what was written, that is the error of each of them. One
    alone is tried by its name first: if it is unknown there, it has stopped no other. Where all
    only read, there is nothing to wait for: what they show may be lost, and nobody is promised it.
    """
    copies = 0 if all(call.script.reads for call in calls) else copies
    replies = await send(commands(calls, known=len(calls) == 1, copies=copies))
    if isinstance(replies[0], NoScriptError):
        replies = await send(commands(calls, known=False, copies=copies))
    made, confirmation = replies[: len(calls)], replies[len(calls) :]
    lack = _lack(confirmation, copies)
    if lack is None:
        return made
    return [reply if isinstance(reply, Exception) else lack for reply in made]


def commands(calls: Sequence[Call], *, known: bool, copies: int) -> list[Command]:
    """*calls* in their order. The first of each script that may be unknown brings its text: one
    that failed for want of it would be overtaken by those behind it.
    """
    told: set[str] = set()
    sent = []
    for call in calls:
        sent.append(call.command(known=known or call.script.sha in told))
        told.add(call.script.sha)
    if copies:
        wait: Command = ("WAIT", copies, PATIENCE // _MS)
        sent += [("SET", mark(str(calls[0].keys[0])), ""), wait]
    return sent


def _lack(confirmation: Sequence[Any], copies: int) -> Exception | None:
    """Why what was written does not count, from the replies to what stands behind the calls."""
    for reply in confirmation:
        if isinstance(reply, Exception):
            return reply
    if copies and confirmation[-1] < copies:
        TOO_FEW_COPIES.inc()
        return TooFewCopies(f"{confirmation[-1]} of {copies} replicas have what was written")
    return None


def mark(key: str) -> str:
    """String: what is written before a WAIT; one for each hash tag, for ever."""
    tag = _TAG.search(key)
    return f"copied:{tag[0]}" if tag else "copied"
