"""The life of a window: which command leads from which states to which.

One table; the guard in ``store/move_window.lua``, the refusals and the tests all read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """What happens at a window."""

    CLOSED = "closed"
    FREE = "free"  # open, asked for nobody
    READY = "ready"  # asked, and nobody suitable waits: the next arrival comes here
    CALLING = "calling"  # a visitor was called and has not come yet
    SERVING = "serving"
    PAUSED = "paused"


class Command(StrEnum):
    """What an operator may ask."""

    OPEN = "open"
    NEXT = "next"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    NO_SHOW = "no-show"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Move:
    """From any of some states to one."""

    come_from: tuple[State, ...]
    to: State


_IDLE = (State.FREE, State.READY)

MOVES: Final[Mapping[Command, Move]] = {
    Command.OPEN: Move((State.CLOSED,), State.FREE),
    Command.NEXT: Move(_IDLE, State.CALLING),  # or READY, when nobody suitable waits
    Command.RECALL: Move((State.CALLING,), State.CALLING),
    Command.START: Move((State.CALLING,), State.SERVING),
    Command.FINISH: Move((State.SERVING,), State.FREE),
    Command.NO_SHOW: Move((State.CALLING,), State.FREE),
    Command.PAUSE: Move(_IDLE, State.PAUSED),
    Command.RESUME: Move((State.PAUSED,), State.FREE),
    Command.CLOSE: Move((*_IDLE, State.PAUSED), State.CLOSED),
}


def legal(state: State) -> tuple[Command, ...]:
    """The commands that *state* allows."""
    return tuple(command for command, move in MOVES.items() if state in move.come_from)
