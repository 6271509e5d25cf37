"""Tickets that are given up, on a real store: when they may be, and what is told."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from contracts.tickets import CancelReason, TicketCancelled
from services.ticketing.domain.errors import IdempotencyKeyReused, TicketNotCancellable
from services.ticketing.domain.tickets import State, Word
from services.ticketing.store.tickets import Tickets
from tests.store.test_ticketing_tickets import KEYS, NOON, a_position, an_id, issue, told
from tests.unit.ticketing.builders import MONDAY, at


@pytest.fixture
def tickets(redis: Redis) -> Tickets:
    return Tickets(redis)


async def test_a_visitor_gives_the_ticket_up(tickets, redis):
    """It is told once, with the reason, however often the visitor asks."""
    await issue(tickets)
    cancelled, just_now = await tickets.cancel(an_id(1), command="c", now=at("12:05"))
    assert cancelled.state is State.CANCELLED
    assert just_now
    again, just_now = await tickets.cancel(an_id(1), command="c", now=at("12:06"))
    assert again == cancelled == await tickets.get(an_id(1))
    assert not just_now
    _, event = await told(redis)
    assert TicketCancelled.model_validate_json(event["data"]) == TicketCancelled(
        ticket=an_id(1), number="Б 001", day=MONDAY, reason=CancelReason.VISITOR
    )


async def test_a_called_ticket_can_still_be_given_up(tickets):
    """The window is freed by dispatch, when it hears."""
    await issue(tickets)
    await tickets.apply(an_id(1), Word(State.CALLED, "7", NOON), at=a_position(1))
    cancelled, _ = await tickets.cancel(an_id(1), command="c", now=NOON)
    assert cancelled.state is State.CANCELLED
    assert cancelled.window is None


@pytest.mark.parametrize(
    ("state", "legal"),
    [
        (State.SERVING, [State.DEFERRED, State.FINISHED, State.WAITING]),
        (State.FINISHED, []),
        (State.NO_SHOW, [State.WAITING]),
        (State.CANCELLED, []),
    ],
)
async def test_a_ticket_that_is_served_or_over_cannot_be_given_up(tickets, redis, state, legal):
    """Refused with the state and the legal moves; nothing is told."""
    await issue(tickets)
    await tickets.apply(an_id(1), Word(state, "7"), at=a_position(1))
    with pytest.raises(TicketNotCancellable) as refusal:
        await tickets.cancel(an_id(1), command="c", now=NOON)
    assert (refusal.value.state, refusal.value.legal) == (state, legal)
    assert len(await told(redis)) == 1


@pytest.mark.parametrize("state", [State.WAITING, State.DEFERRED])
async def test_a_ticket_that_waits_again_can_be_given_up(tickets, redis, state):
    """Its visitor may have gone home instead; the day has one ticket less that waits."""
    await issue(tickets)
    for n, word in enumerate([Word(State.SERVING, "7"), Word(state)], 1):
        await tickets.apply(an_id(1), word, at=a_position(n))
    cancelled, _ = await tickets.cancel(an_id(1), command="c", now=NOON)
    assert cancelled.state is State.CANCELLED
    assert await redis.smembers(KEYS.waiting(MONDAY)) == set()


async def test_a_command_that_issued_cannot_cancel(tickets):
    """One key, one request."""
    await issue(tickets, command="c")
    with pytest.raises(IdempotencyKeyReused):
        await tickets.cancel(an_id(1), command="c", now=NOON)
