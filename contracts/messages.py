"""What notify says about messages (topic ``talon.messages``): never a phone number or a text."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from contracts.envelope import Fact
from contracts.values import TicketId


class MessageKind(StrEnum):
    """What a message is about; a ticket gets at most one of each kind."""

    ISSUED = "issued"
    CALLED = "called"
    RECALLED = "recalled"


class MessageFact(Fact):
    """What every fact about a message says."""

    message: str  # "<ticket>:<kind>"
    ticket: TicketId
    kind: MessageKind


class MessageQueued(MessageFact):
    """A message is to be sent."""

    TYPE: ClassVar[str] = "talon.message.queued"


class MessageSent(MessageFact):
    """The gateway took the message."""

    TYPE: ClassVar[str] = "talon.message.sent"


class MessageDelivered(MessageFact):
    """The phone has the message."""

    TYPE: ClassVar[str] = "talon.message.delivered"


class FailReason(StrEnum):
    """Why a message did not reach its phone."""

    REFUSED = "refused"  # by the gateway, for good
    UNREACHABLE = "unreachable"  # the gateway, after all tries
    EXPIRED = "expired"  # too late to be of use
    OVERTAKEN = "overtaken"  # what it says is no longer so
    IN_DOUBT = "in_doubt"  # sent or not, nobody can tell: not sent again


class MessageFailed(MessageFact):
    """The message was not delivered, and why."""

    TYPE: ClassVar[str] = "talon.message.failed"

    reason: FailReason
