"""What ticketing says about tickets (topic ``talon.tickets``)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar

from pydantic import AwareDatetime

from contracts.envelope import Fact
from contracts.values import ServiceCode, Standing, TicketId


class CancelReason(StrEnum):
    """Why a ticket will not be called."""

    VISITOR = "visitor"  # gave it up
    DAY_END = "day_end"  # the centre closed first


class TicketIssued(Fact):
    """A visitor holds a new ticket and waits."""

    TYPE: ClassVar[str] = "talon.ticket.issued"

    ticket: TicketId
    number: str  # as people see it: "Д 118"
    service: ServiceCode
    skills: tuple[str, ...]  # an operator needs all of them
    day: date  # of the branch, by its own clock
    arrived: AwareDatetime
    standing: Standing = Standing.ORDINARY
    slot: AwareDatetime | None = None  # of a booking
    accessible: bool = False  # only windows that everybody can reach
    further: tuple[ServiceCode, ...] = ()  # what else the visitor came for, one after the other


class TicketCancelled(Fact):
    """The visitor gave the ticket up, or the day ended."""

    TYPE: ClassVar[str] = "talon.ticket.cancelled"

    ticket: TicketId
    number: str
    day: date
    reason: CancelReason


class DayClosed(Fact):
    """No ticket of this day waits any more."""

    TYPE: ClassVar[str] = "talon.day.closed"

    day: date
    issued: int
    cancelled: int
