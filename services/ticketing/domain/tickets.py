"""The life of a ticket as ticketing sees it.

Ticketing says that a ticket waits or was cancelled; dispatch that it was called, served, missed,
set aside, or waits again. The two stories have no common order, so the last word of each is kept
and the word of higher rank is the state: it is the same whichever was heard first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.ticketing.domain.names import Name


class State(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    DEFERRED = "deferred"  # waits for an hour that its visitor named
    FINISHED = "finished"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


MOVES: Final[dict[State, frozenset[State]]] = {
    State.WAITING: frozenset({State.CALLED, State.DEFERRED, State.CANCELLED}),
    State.CALLED: frozenset(
        {State.SERVING, State.NO_SHOW, State.WAITING, State.DEFERRED, State.CANCELLED}
    ),
    State.SERVING: frozenset({State.FINISHED, State.WAITING, State.DEFERRED}),
    State.DEFERRED: frozenset({State.WAITING, State.CANCELLED}),
    State.FINISHED: frozenset(),
    State.NO_SHOW: frozenset({State.WAITING}),  # who missed a call may return
    State.CANCELLED: frozenset(),
}

CANCELLABLE: Final = tuple(state for state in State if State.CANCELLED in MOVES[state])

AT_A_WINDOW: Final = (State.CALLED, State.SERVING)

IN_LINE: Final = (State.WAITING, State.DEFERRED)
"""Whose visitor is at no window and may still be called: the end of the day cancels them."""

OWN_RANK: Final = {State.WAITING: 0, State.CANCELLED: 2}
"""How much ticketing's own word weighs."""

DISPATCH_RANK: Final = {
    State.WAITING: 1,  # again
    State.DEFERRED: 1,
    State.CALLED: 1,  # a visitor who gave the ticket up is not called any more
    State.SERVING: 3,  # but whoever stood at a window did come
    State.FINISHED: 3,
    State.NO_SHOW: 3,
    State.CANCELLED: 3,
}
"""How much dispatch's word weighs: it sees the hall."""


def settled(own: State, dispatch: State | None) -> State:
    """Return the state of a ticket from the last word of each side.

    Twin of store/apply_call.lua, which compares the ranks given here.
    """
    if dispatch is None or OWN_RANK[own] > DISPATCH_RANK[dispatch]:
        return own
    return dispatch


@dataclass(frozen=True, slots=True)
class Word:
    """What dispatch said last about a ticket."""

    state: State
    window: str | None = None  # None: at no window
    called_at: datetime | None = None  # said with the call
    until: datetime | None = None  # said with a deferral

    @property
    def rank(self) -> int:
        return DISPATCH_RANK[self.state]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as its holder may see it."""

    id: str
    number: str
    state: State
    branch: str
    service: str
    service_name: Name
    issued_at: datetime
    window: str | None = None  # while called or served there
    called_at: datetime | None = None
    deferred_until: datetime | None = None  # while it is
