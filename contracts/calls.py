"""What dispatch says about calls and visits (topic ``talon.calls``)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import AwareDatetime

from contracts.envelope import Fact
from contracts.values import TicketId, Value, WindowNumber


class Rule(StrEnum):
    """The rule that decided a call."""

    EARLIEST_PROMISE = "earliest_promise"


class Considered(Value):
    """The head of a line that was looked at for a call."""

    ticket: TicketId
    line: str  # the skills it needs, "ISSUE+PASS"
    promise: AwareDatetime


class Decision(Value):
    """Why this ticket and no other: the heads of the lines open to the operator, best first."""

    rule: Rule
    considered: tuple[Considered, ...]


class TicketCalled(Fact):
    """A ticket is called to a window."""

    TYPE: ClassVar[str] = "talon.ticket.called"

    call: str
    ticket: TicketId
    number: str
    window: WindowNumber
    zone: str
    arrived: AwareDatetime
    called: AwareDatetime
    decision: Decision


class TicketRecalled(Fact):
    """The same call is repeated."""

    TYPE: ClassVar[str] = "talon.ticket.recalled"

    call: str
    ticket: TicketId
    number: str
    window: WindowNumber
    zone: str
    times: int  # 1 for the first repeat


class ServiceStarted(Fact):
    """The visitor came to the window."""

    TYPE: ClassVar[str] = "talon.service.started"

    call: str
    ticket: TicketId
    window: WindowNumber


class ServiceFinished(Fact):
    """The visit at the window is over."""

    TYPE: ClassVar[str] = "talon.service.finished"

    call: str
    ticket: TicketId
    window: WindowNumber


class NoShowReason(StrEnum):
    """Why a called visitor was not served."""

    ABSENT = "absent"  # did not come to the window
    CANCELLED = "cancelled"  # gave the ticket up after the call


class TicketNoShow(Fact):
    """A called visitor was not served, and the window is free again."""

    TYPE: ClassVar[str] = "talon.ticket.no_show"

    call: str
    ticket: TicketId
    window: WindowNumber
    reason: NoShowReason
