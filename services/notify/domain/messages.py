"""Which messages there are, how long each helps, and whether it is still true when it is sent.

A visitor gets at most one message of a kind about a ticket, so (ticket, kind) names it.
``store/claim_message.lua`` compares these values with the ticket as it is at that moment.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.messages import MessageKind
from services.notify.domain.tickets import TicketState


class MessageState(StrEnum):
    """The life of a message."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"  # sent or not, nobody can tell
    SKIPPED = "skipped"  # no longer true, or too late, when its turn came


TRUE_WHILE: Final = {
    MessageKind.ISSUED: TicketState.WAITING,
    MessageKind.CALLED: TicketState.CALLED,
    MessageKind.RECALLED: TicketState.CALLED,
}
"""The state of the ticket in which a message of this kind says something true."""

VALIDITY: Final = {
    MessageKind.ISSUED: timedelta(minutes=10),
    MessageKind.CALLED: timedelta(minutes=3),
    MessageKind.RECALLED: timedelta(minutes=3),
}
"""How long after its fact a message still helps; later it would only confuse."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text on its way to one phone. `repr` hides the phone, for messages reach logs."""

    id: str
    kind: MessageKind
    to: str
    text: str
    ticket_number: str
    valid_until: datetime

    def __repr__(self) -> str:
        return f"Message({self.id}, {self.kind.value})"


def gateway_id(ticket: str, kind: MessageKind) -> str:
    """Return the message's name for gateways and phones, the same whenever it is made.

    A hash, for whoever knows a ticket's id may cancel the ticket.
    """
    return hashlib.sha256(f"{ticket}:{kind.value}".encode()).hexdigest()[:24]
