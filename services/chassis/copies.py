"""Calls of scripts as one server gets them, and how many replicas must have what they wrote.

``WAIT`` waits for what its own connection wrote. A script that only repeats an answer wrote
nothing, though the first answer may not have been copied yet, so something is written before each
``WAIT``: the answer then leaves when the replicas have all that the server wrote until then.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha1
from typing import Any

from redis.exceptions import ConnectionError as Disconnected

Command = tuple[str | int | bytes, ...]

PATIENCE = timedelta(seconds=1)
"""How long replicas may take; a caller that is told no asks again with the same key."""

_TAG = re.compile(r"\{[^}]+\}")
_MS = timedelta(milliseconds=1)


class TooFewCopies(Disconnected):
    """What was written may be lost if the server dies now, so nobody may be told of it."""


class Script:
    """The text of a script, and the name by which a server knows it once it has run."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.sha = sha1(text).hexdigest()  # noqa: S324  # the store's own name for it


@dataclass(frozen=True, slots=True)
class Call:
    """A script with the values for one run."""

    script: Script
    keys: Sequence[Any]
    args: Sequence[Any]

    def command(self, *, known: bool) -> Command:
        """As the server takes it; with the text if the script may be unknown to it."""
        name = ("EVALSHA", self.script.sha) if known else ("EVAL", self.script.text)
        return (*name, len(self.keys), *self.keys, *self.args)


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
        sent += [("SET", _mark(str(calls[0].keys[0])), ""), wait]
    return sent


def confirmed(replies: Sequence[Any], copies: int) -> None:
    """Look at the *replies* to what `commands` put behind the calls.

    Raises:
        TooFewCopies: the replicas do not have what was written.
    """
    if not copies:
        return
    reached = replies[-1]
    if isinstance(reached, Exception):
        raise reached
    if reached < copies:
        raise TooFewCopies(f"{reached} of {copies} replicas have what was written")


def _mark(key: str) -> str:
    """String: what is written before a WAIT; one for each hash tag, for ever."""
    tag = _TAG.search(key)
    return f"copied:{tag[0]}" if tag else "copied"
