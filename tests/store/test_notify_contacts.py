"""Contacts: whose phone belongs to which ticket, given when, and for how long."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from contracts.messages import MessageKind
from services.notify.domain.errors import IdempotencyKeyReused
from services.notify.domain.texts import CONSENT_VERSION, Language
from services.notify.store.keys import Keys
from services.notify.store.messages import Due
from tests.store.notify_hall import BRANCH, PHONE, Hall, a_ticket, everything, issued, published


@pytest.fixture
async def hall(redis: Redis) -> Hall:
    hall = Hall(redis)
    await hall.tell(published())
    return hall


async def test_a_phone_given_after_the_ticket_is_told_once_too(hall: Hall) -> None:
    """However often the phone is given, and to whichever phone."""
    await hall.tell(issued(1))
    assert await hall.queued() == []
    for n, phone in enumerate([PHONE, PHONE, "+79990000000"]):
        await hall.give_phone(1, phone, command=f"k{n}-")
    assert await hall.queued() == ["1:issued"]
    due = Due(a_ticket(1), MessageKind.ISSUED)
    got = await hall.messages.claim(due, "sender", keyed=True, now=hall.now)
    assert got is not None
    assert got.phone == "+79990000000", "the newest contact counts when it is sent"


async def test_a_repeated_command_changes_nothing(hall: Hall) -> None:
    """And the same key with another phone is found out."""
    await hall.tell(issued(1))
    await hall.give_phone(1)
    before = await everything(hall.redis)
    await hall.give_phone(1)
    assert await everything(hall.redis) == before
    with pytest.raises(IdempotencyKeyReused):
        await hall.give_phone(1, "+79990000000")
    with pytest.raises(IdempotencyKeyReused):
        await hall.give_phone(1, language=Language.EN)
    assert await everything(hall.redis) == before


async def test_a_contact_lives_as_long_as_its_ticket(hall: Hall) -> None:
    """An hour while the ticket is unheard of; then until a day after its day."""
    key = Keys(BRANCH).contact(a_ticket(1))
    await hall.give_phone(1)
    assert 0 < await hall.redis.pttl(key) <= 3_600_000
    await hall.tell(issued(1))
    ticket = await hall.redis.pttl(Keys(BRANCH).ticket(a_ticket(1)))
    assert abs(await hall.redis.pttl(key) - ticket) < 1000
    await hall.give_phone(1, command="again")
    assert abs(await hall.redis.pttl(key) - ticket) < 1000


async def test_a_consent_is_recorded_with_the_words_and_the_moment(hall: Hall) -> None:
    """What was agreed to, and when."""
    await hall.give_phone(1)
    kept = await hall.redis.hgetall(Keys(BRANCH).contact(a_ticket(1)))
    assert kept["consent"] == CONSENT_VERSION
    assert int(kept["consent_at"]) == hall.now.timestamp() * 1000
