"""What dispatch says when somebody should look (topic ``talon.calls``)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from contracts.envelope import Fact


class AlarmKind(StrEnum):
    """What is wrong."""

    OVER_NORM = "over_norm"  # the first of a line waits longer than the norm
    BOOKING_LATE = "booking_late"  # a booked visitor still waits after the slot
    FORGOTTEN = "forgotten"  # somebody waits far too long
    NOBODY_SERVES = "nobody_serves"  # people wait whom no open window can serve
    IDLE = "idle"  # a window calls nobody while people wait whom it could serve
    SHORT_VISITS = "short_visits"  # an operator's visits are too short to be visits
    SILENT = "silent"  # a console with a visitor gives no sign of life


class AlarmRaised(Fact):
    """Somebody should look."""

    TYPE: ClassVar[str] = "talon.alarm.raised"

    kind: AlarmKind
    subject: str  # a line, a ticket, a window or an operator


class AlarmCleared(Fact):
    """It is over."""

    TYPE: ClassVar[str] = "talon.alarm.cleared"

    kind: AlarmKind
    subject: str
