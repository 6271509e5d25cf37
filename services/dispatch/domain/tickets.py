"""The life of a ticket, as dispatch sees it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a visitor is."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    FINISHED = "finished"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


FINAL: Final = (State.FINISHED, State.NO_SHOW, State.CANCELLED)
