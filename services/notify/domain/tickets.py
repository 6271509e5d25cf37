"""Where a ticket stands, for one who hears of it from two sides in any order.

Ticketing says that it waits or was cancelled, dispatch that it was called, served or missed, was
set aside, or waits again.
The two topics have no common order, so each side's last word is kept, and the state is that
of the two which outranks the other: it is the same whichever was heard first.
``store/settle.lua`` compares the ranks given here; the test of the two drives both.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class TicketState(StrEnum):
    """The states that people are told of."""

    WAITING = "waiting"
    DEFERRED = "deferred"
    CALLED = "called"
    CANCELLED = "cancelled"
    SERVING = "serving"
    FINISHED = "finished"
    NO_SHOW = "no_show"


RANK: Final = {
    TicketState.WAITING: 0,  # the first time, or again
    TicketState.DEFERRED: 1,
    TicketState.CALLED: 1,
    TicketState.CANCELLED: 2,  # a visitor who cancelled is not called any more
    TicketState.SERVING: 3,  # but whoever stands at a window is not gone
    TicketState.FINISHED: 3,
    TicketState.NO_SHOW: 3,
}


def settled(ticketing: TicketState, dispatch: TicketState | None) -> TicketState:
    """Return the state of a ticket from the last word of each side."""
    if dispatch is None or RANK[ticketing] > RANK[dispatch]:
        return ticketing
    return dispatch
