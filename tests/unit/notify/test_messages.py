"""Messages and what becomes of them."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.messages import FailReason, MessageKind
from services.notify.domain.messages import (
    TRUE_WHILE,
    VALIDITY,
    Message,
    MessageState,
    gateway_id,
)
from services.notify.domain.receipts import FIRST_PAUSE, TRIES, Answer, Next, after

TICKET = "BR-D-0123456789abcdefghij"


def test_every_kind_has_a_truth_and_a_validity() -> None:
    """A kind without them could be sent about a call that is over."""
    assert TRUE_WHILE.keys() == VALIDITY.keys() == set(MessageKind)
    assert VALIDITY[MessageKind.CALLED] == timedelta(minutes=3)


def test_a_gateway_never_learns_the_tickets_id() -> None:
    """Whoever holds that id may cancel the ticket; the name stays the same all the same."""
    name = gateway_id(TICKET, MessageKind.CALLED)
    assert name == gateway_id(TICKET, MessageKind.CALLED)
    assert name != gateway_id(TICKET, MessageKind.RECALLED)
    assert "0123456789" not in name


def test_a_message_in_a_log_shows_no_phone() -> None:
    """Logs are read by people who need not know it."""
    message = Message(
        "m1", MessageKind.CALLED, "+79123456789", "text", "Д 118", datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert "6789" not in f"{message} {message!r}"


@pytest.mark.parametrize("keyed", [True, False])
@pytest.mark.parametrize("tries", [1, TRIES])
def test_an_answer_for_good_ends_the_message(keyed: bool, tries: int) -> None:
    """Sent, delivered and refused need no further try."""
    assert after(Answer.SENT, tries=tries, keyed=keyed) == Next(MessageState.SENT)
    assert after(Answer.DELIVERED, tries=tries, keyed=keyed) == Next(MessageState.DELIVERED)
    assert after(Answer.REFUSED, tries=tries, keyed=keyed) == Next(
        MessageState.FAILED, FailReason.REFUSED
    )


@pytest.mark.parametrize("keyed", [True, False])
def test_a_busy_gateway_is_asked_again_with_growing_pauses(keyed: bool) -> None:
    """Not for ever: after the last try the message failed, and that is counted."""
    thens = [after(Answer.NOT_NOW, tries=n, keyed=keyed) for n in range(1, TRIES + 1)]
    assert [then.pause for then in thens[:-1]] == [FIRST_PAUSE * 2**n for n in range(TRIES - 1)]
    assert {then.state for then in thens[:-1]} == {MessageState.QUEUED}
    assert thens[-1] == Next(MessageState.FAILED, FailReason.UNREACHABLE)


def test_silence_is_repeated_only_where_a_repeat_is_known() -> None:
    """A second SMS of one kind must never reach a person; a missing one may."""
    assert after(Answer.SILENT, tries=1, keyed=True).state is MessageState.QUEUED
    assert after(Answer.SILENT, tries=TRIES, keyed=True) == Next(
        MessageState.FAILED, FailReason.UNREACHABLE
    )
    assert after(Answer.SILENT, tries=1, keyed=False) == Next(
        MessageState.UNKNOWN, FailReason.IN_DOUBT
    )
