"""What dispatch says about windows (topic ``talon.calls``, one story with the calls)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import AwareDatetime

from contracts.envelope import Fact
from contracts.values import Value, WindowNumber


class PauseReason(StrEnum):
    """Why a window does not serve for a while."""

    LUNCH = "lunch"
    TECHNICAL = "technical"
    BACK_OFFICE = "back_office"
    CONSOLE_LOST = "console_lost"  # no sign of life: not a wish of the operator


class CloseReason(StrEnum):
    """Why a window closed."""

    OPERATOR = "operator"
    DAY_END = "day_end"
    TAKEN_OVER = "taken_over"  # the operator went to another window, or another came


class WindowOpened(Fact):
    """An operator begins to serve at a window."""

    TYPE: ClassVar[str] = "talon.window.opened"

    window: WindowNumber
    operator: str
    skills: tuple[str, ...]
    helps: tuple[str, ...] = ()


class WindowReady(Fact):
    """The operator asked for a visitor and nobody suitable waits: the next arrival goes here."""

    TYPE: ClassVar[str] = "talon.window.ready"

    window: WindowNumber
    operator: str


class WindowPaused(Fact):
    """The operator takes a break."""

    TYPE: ClassVar[str] = "talon.window.paused"

    window: WindowNumber
    operator: str
    reason: PauseReason


class WindowResumed(Fact):
    """The break is over."""

    TYPE: ClassVar[str] = "talon.window.resumed"

    window: WindowNumber
    operator: str


class BreakGranted(Fact):
    """A break begins when the visitor who is at the window has left."""

    TYPE: ClassVar[str] = "talon.break.granted"

    window: WindowNumber
    operator: str
    reason: PauseReason
    minutes: int


class BreakWithdrawn(Fact):
    """A break that was granted and has not begun is not wanted."""

    TYPE: ClassVar[str] = "talon.break.withdrawn"

    window: WindowNumber
    operator: str


class PlannedBreak(Value):
    """When an operator means to rest."""

    operator: str
    at: AwareDatetime
    minutes: float


class BreaksPlanned(Fact):
    """The break plan of a branch, whole, as it is from now on."""

    TYPE: ClassVar[str] = "talon.breaks.planned"

    breaks: tuple[PlannedBreak, ...]


class WindowClosed(Fact):
    """Nobody serves at the window any more."""

    TYPE: ClassVar[str] = "talon.window.closed"

    window: WindowNumber
    operator: str
    reason: CloseReason
