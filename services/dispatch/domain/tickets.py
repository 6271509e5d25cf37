"""The life of a ticket, as dispatch sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from contracts.values import Standing
from services.dispatch.domain.routing import Decision


class State(StrEnum):
    """Where a visitor is."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    DEFERRED = "deferred"  # waits for an hour, papers or a payment; keeps the promise
    FINISHED = "finished"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class Move(StrEnum):
    """What may become of a ticket."""

    CALL = "call"
    START = "start"
    FINISH = "finish"
    GO_ON = "go_on"  # to the next service of the visit
    MISS = "miss"
    PUT_BACK = "put_back"  # into its line, as if it had not been called
    TRANSFER = "transfer"
    DEFER = "defer"
    RESUME = "resume"
    RETURN = "return"  # after a missed call
    CANCEL = "cancel"
    END = "end"  # with the day


MOVES: Final[Mapping[Move, tuple[tuple[State, ...], State]]] = {
    Move.CALL: ((State.WAITING,), State.CALLED),
    Move.START: ((State.CALLED,), State.SERVING),
    Move.FINISH: ((State.SERVING,), State.FINISHED),
    Move.GO_ON: ((State.SERVING,), State.WAITING),
    Move.MISS: ((State.CALLED,), State.NO_SHOW),
    Move.PUT_BACK: ((State.CALLED, State.SERVING), State.WAITING),
    Move.TRANSFER: ((State.WAITING, State.CALLED, State.SERVING), State.WAITING),
    Move.DEFER: ((State.WAITING, State.CALLED, State.SERVING), State.DEFERRED),
    Move.RESUME: ((State.DEFERRED,), State.WAITING),
    Move.RETURN: ((State.NO_SHOW,), State.WAITING),
    Move.CANCEL: ((State.WAITING, State.CALLED, State.DEFERRED), State.CANCELLED),
    Move.END: ((State.SERVING,), State.FINISHED),
}
"""From which states to which: the guard, the drawing in the docs and the tests read it."""

FINAL: Final = (State.FINISHED, State.NO_SHOW, State.CANCELLED)
AT_A_WINDOW: Final = (State.CALLED, State.SERVING)


@dataclass(frozen=True, slots=True)
class Ticket:
    """All that dispatch knows of one visitor's visit."""

    id: str
    number: str
    service: str
    line: str  # what it needs
    day: date
    arrived: datetime
    standing: Standing
    promise: datetime
    plain: datetime  # the promise without privilege
    state: State = State.WAITING
    since: datetime | None = None  # of its state; None: since it arrived
    further: tuple[str, ...] = ()  # services that come after this one
    accessible: bool = False
    slot: datetime | None = None
    window: str | None = None  # where it was called to last
    called: datetime | None = None
    missed: datetime | None = None
    returns: int = 0
    given_up: bool = False  # by its visitor, too late to be taken back
    until: datetime | None = None  # of a deferral
    decision: Decision | None = None  # of its last call


def legal(state: State) -> tuple[Move, ...]:
    """The moves that *state* allows."""
    return tuple(move for move, (come_from, _) in MOVES.items() if state in come_from)
