"""What becomes of a message after a gateway answered, or did not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from contracts.messages import FailReason
from services.notify.domain.messages import MessageState

TRIES: Final = 6
FIRST_PAUSE: Final = timedelta(seconds=1)
"""Doubles with each try: with six of them a gateway may be away for half a minute."""


class Answer(StrEnum):
    """How a gateway took a message."""

    SENT = "sent"
    DELIVERED = "delivered"
    REFUSED = "refused"  # for good: a repeat would be refused again
    NOT_NOW = "not_now"  # certainly not sent; a repeat may succeed
    SILENT = "silent"  # no answer: sent or not, nobody can tell


@dataclass(frozen=True, slots=True)
class Receipt:
    """A gateway's answer; *detail* is for people and holds no phone number."""

    answer: Answer
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """The state a message moves to; a queued one is tried again after *pause*."""

    state: MessageState
    reason: FailReason | None = None
    pause: timedelta = timedelta(0)


_UNREACHABLE: Final = Next(MessageState.FAILED, FailReason.UNREACHABLE)
_IN_DOUBT: Final = Next(MessageState.UNKNOWN, FailReason.IN_DOUBT)


def after(answer: Answer, *, tries: int, keyed: bool) -> Next:
    """Return what follows the answer to try number *tries* (from 1).

    A *keyed* gateway knows a repeat by our message id, so silence may be answered by a repeat.
    """
    again = Next(MessageState.QUEUED, pause=FIRST_PAUSE * 2 ** (tries - 1))
    match answer:
        case Answer.SENT:
            return Next(MessageState.SENT)
        case Answer.DELIVERED:
            return Next(MessageState.DELIVERED)
        case Answer.REFUSED:
            return Next(MessageState.FAILED, FailReason.REFUSED)
        case Answer.NOT_NOW:
            return again if tries < TRIES else _UNREACHABLE
        case Answer.SILENT:
            if not keyed:
                return _IN_DOUBT
            return again if tries < TRIES else _UNREACHABLE
