"""What dispatch says about calls and visits (topic ``talon.calls``)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import AwareDatetime

from contracts.envelope import Fact
from contracts.values import ServiceCode, Standing, TicketId, Value, WindowNumber


class Rule(StrEnum):
    """The rule that decided a call."""

    EARLIEST_PROMISE = "earliest_promise"
    STATUTORY = "statutory"  # ahead of the queue, by law
    ONLY_ONE = "only_one"  # nobody else waited whom this window may serve
    HELPS_OUT = "helps_out"  # nobody waited for the window's main skills, or a promise was near
    OUT_OF_ORDER = "out_of_order"  # by hand, with a reason


class OutOfOrder(StrEnum):
    """Why a ticket was called by hand before its turn."""

    CONTINUED = "continued"  # a visit that was interrupted goes on
    TOGETHER = "together"  # belongs to a visitor who is being served
    HEALTH = "health"  # is not well
    MISTAKE = "mistake"  # of the centre, made good
    SHIFT_HEAD = "shift_head"  # by order


class Considered(Value):
    """The head of a line that was looked at for a call."""

    ticket: TicketId
    line: str  # what it needs, "ISSUE+PASS"
    promise: AwareDatetime
    standing: Standing = Standing.ORDINARY
    level: int = 1  # of the window's skills for it: 1 own work, 2 helping out
    weighed: AwareDatetime | None = None  # the promise that counted in this call


class Decision(Value):
    """Why this ticket and no other: the heads of the lines open to the operator, best first."""

    rule: Rule
    considered: tuple[Considered, ...]
    rules: str = ""  # version of the centre's rules
    reason: OutOfOrder | None = None


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
    service: ServiceCode | None = None


class Outcome(StrEnum):
    """How a service ended."""

    DONE = "done"
    NO_DOCUMENTS = "no_documents"
    ADVICE = "advice"  # asked, and was told
    GAVE_UP = "gave_up"
    DAY_END = "day_end"  # nobody said how


class ServiceFinished(Fact):
    """A service is over; the visit too, unless it goes on to another."""

    TYPE: ClassVar[str] = "talon.service.finished"

    call: str
    ticket: TicketId
    window: WindowNumber
    outcome: Outcome = Outcome.DONE
    then: ServiceCode | None = None  # the visit goes on to this service


class NoShowReason(StrEnum):
    """Why a called visitor was not served."""

    ABSENT = "absent"  # did not come to the window
    CANCELLED = "cancelled"  # gave the ticket up after the call
    DAY_END = "day_end"


class TicketNoShow(Fact):
    """A called visitor was not served, and the window is free again."""

    TYPE: ClassVar[str] = "talon.ticket.no_show"

    call: str
    ticket: TicketId
    window: WindowNumber
    reason: NoShowReason
    return_until: AwareDatetime | None = None  # until then the visitor may return to the line


class Requeued(StrEnum):
    """Why a ticket waits again."""

    TRANSFERRED = "transferred"  # to another service or window
    RETURNED = "returned"  # after a missed call
    RESUMED = "resumed"  # after a deferral
    NEXT_SERVICE = "next_service"
    NOT_CONFIRMED = "not_confirmed"  # the priority
    CONSOLE_LOST = "console_lost"  # the window that had called fell silent


class TicketRequeued(Fact):
    """A ticket waits again, with the promise it had."""

    TYPE: ClassVar[str] = "talon.ticket.requeued"

    ticket: TicketId
    number: str
    reason: Requeued
    service: ServiceCode
    line: str
    standing: Standing
    promise: AwareDatetime
    call: str | None = None  # the call that is over with this
    window: WindowNumber | None = None  # which that call was to


class TicketDeferred(Fact):
    """A ticket waits for an hour that its visitor named; it keeps its promise."""

    TYPE: ClassVar[str] = "talon.ticket.deferred"

    ticket: TicketId
    number: str
    until: AwareDatetime
    call: str | None = None
    window: WindowNumber | None = None
