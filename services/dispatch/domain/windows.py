"""The life of a window: which command leads where, and what becomes of who is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.windows import PauseReason
from services.dispatch.domain.skills import NONE, Abilities
from services.dispatch.domain.tickets import Move as TicketMove


class State(StrEnum):
    """What happens at a window."""

    CLOSED = "closed"
    FREE = "free"  # open, asked for nobody
    READY = "ready"  # asked, and nobody suitable waits: the next arrival comes here
    CALLING = "calling"  # a visitor was called and has not come yet
    SERVING = "serving"
    TIDYING = "tidying"  # after a visit; the operator goes on when it is done
    PAUSED = "paused"


class Command(StrEnum):
    """What may be asked of a window."""

    OPEN = "open"
    NEXT = "next"
    CALL = "call"  # a certain ticket, out of order
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    GO_ON = "go-on"  # with the visitor's next service, here
    NO_SHOW = "no-show"
    TRANSFER = "transfer"
    DEFER = "defer"
    NOT_CONFIRMED = "not-confirmed"  # the priority
    LOSE = "lose"  # the console gives no sign of life
    PAUSE = "pause"
    BREAK = "break"  # asked for and granted
    WITHDRAW_BREAK = "withdraw-break"  # before it began
    RESUME = "resume"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Move:
    """From any of some states to one."""

    come_from: tuple[State, ...]
    to: State | None  # None: the window stays as it is
    ticket: TicketMove | None = None  # what becomes of the visitor who is there
    later: tuple[State, ...] = ()  # from these, when the visitor who is there has left

    @property
    def possible(self) -> tuple[State, ...]:
        """The states in which it may be asked for."""
        return (*self.come_from, *self.later)


_IDLE: Final = (State.FREE, State.READY, State.TIDYING)
_WITH_A_VISITOR: Final = (State.CALLING, State.SERVING)

MOVES: Final[Mapping[Command, Move]] = {
    Command.OPEN: Move((State.CLOSED,), State.FREE),
    Command.NEXT: Move(_IDLE, State.CALLING, TicketMove.CALL),  # or READY: nobody suitable waits
    Command.CALL: Move(_IDLE, State.CALLING, TicketMove.CALL),
    Command.RECALL: Move((State.CALLING,), State.CALLING),
    Command.START: Move((State.CALLING,), State.SERVING, TicketMove.START),
    Command.FINISH: Move((State.SERVING,), State.TIDYING, TicketMove.FINISH),  # or GO_ON
    Command.GO_ON: Move((State.SERVING,), State.SERVING),
    Command.NO_SHOW: Move((State.CALLING,), State.FREE, TicketMove.MISS),
    Command.TRANSFER: Move(_WITH_A_VISITOR, State.TIDYING, TicketMove.TRANSFER),
    Command.DEFER: Move(_WITH_A_VISITOR, State.TIDYING, TicketMove.DEFER),
    Command.NOT_CONFIRMED: Move(_WITH_A_VISITOR, State.TIDYING, TicketMove.PUT_BACK),
    Command.LOSE: Move((State.READY, State.CALLING), State.PAUSED, TicketMove.PUT_BACK),
    Command.PAUSE: Move(_IDLE, State.PAUSED),
    Command.BREAK: Move(_IDLE, State.PAUSED, later=_WITH_A_VISITOR),
    Command.WITHDRAW_BREAK: Move(_WITH_A_VISITOR, None),
    Command.RESUME: Move((State.PAUSED,), State.FREE),
    Command.CLOSE: Move((*_IDLE, State.PAUSED), State.CLOSED),
}
"""One table: the guards, the refusals, the drawing in the docs and the tests read it."""

ASKED_BY_HAND: Final = tuple(command for command in Command if command is not Command.LOSE)


@dataclass(frozen=True, slots=True)
class BreakDue:
    """A break that was granted while somebody was at the window: it begins when they have left."""

    granted: datetime
    length: timedelta
    reason: PauseReason


@dataclass(frozen=True, slots=True)
class Window:
    """What happens at a window; a closed one has no operator."""

    window: str
    zone: str
    state: State
    operator: str | None = None
    abilities: Abilities = NONE
    since: datetime | None = None
    reason: str | None = None
    ticket: str | None = None
    number: str | None = None
    call: str | None = None
    recalls: int = 0
    recalled: datetime | None = None
    due: BreakDue | None = None


def legal(state: State) -> tuple[Command, ...]:
    """The commands that *state* allows to people."""
    return tuple(c for c in ASKED_BY_HAND if state in MOVES[c].possible)
