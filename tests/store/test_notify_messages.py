"""Messages: one of a kind, only what is true, in one sender's hands, and none in a wrong place."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from contracts import topics
from contracts.messages import FailReason, MessageKind
from services.notify.domain.messages import MessageState
from services.notify.domain.receipts import Next
from services.notify.store.keys import Keys
from services.notify.store.messages import Claim, Due
from tests.store.notify_hall import (
    BRANCH,
    PHONE,
    Hall,
    a_ticket,
    called,
    cancelled,
    deferred,
    everything,
    finished,
    issued,
    no_show,
    published,
    recalled,
    requeued,
    started,
    story,
)

SENT = Next(MessageState.SENT)


@pytest.fixture
async def hall(redis: Redis) -> Hall:
    hall = Hall(redis)
    await hall.tell(published())
    return hall


def due(n: int, kind: MessageKind) -> Due:
    return Due(a_ticket(n), kind)


async def claim(
    hall: Hall, n: int, kind: MessageKind, name: str = "sender", *, keyed: bool = True
) -> Claim | None:
    return await hall.messages.claim(due(n, kind), name, keyed=keyed, now=hall.now)


async def states(hall: Hall) -> dict[str, int]:
    return {state.value: n for state, n in (await hall.messages.summary()).items() if n}


async def lease_runs_out(hall: Hall, n: int, kind: MessageKind) -> None:
    """Thirty real seconds pass."""
    await hall.redis.zadd(Keys(BRANCH).queue, {f"{a_ticket(n)}:{kind.value}": 1})


async def test_the_holder_of_a_phone_is_told_of_each_kind_once(hall: Hall) -> None:
    """Issued, called, recalled; a second recall writes to nobody."""
    await hall.give_phone(1)
    await hall.tell(issued(1))
    assert await hall.queued() == ["1:issued"]
    await hall.tell(called(1), recalled(1, times=1), recalled(1, times=2))
    assert await hall.queued() == ["1:called", "1:issued", "1:recalled"]
    told = [fact["message"] for type, fact in await hall.told() if type == "talon.message.queued"]
    assert told == [f"{a_ticket(1)}:{kind}" for kind in ("issued", "called", "recalled")]


async def test_a_message_that_was_sent_is_not_made_again(hall: Hall) -> None:
    """Repeats of facts and of the contact come at any later time."""
    facts = [issued(1), called(1)]
    await hall.give_phone(1)
    await hall.tell(*facts)
    for kind in (MessageKind.ISSUED, MessageKind.CALLED):
        if got := await claim(hall, 1, kind):
            await hall.messages.record(got, SENT, "", now=hall.now)
    assert await states(hall) == {"sent": 1, "skipped": 1}
    await hall.hear(*story(facts))
    await hall.tell(called(1))
    await hall.give_phone(1, command="again")
    assert await hall.queued() == []


async def test_without_a_phone_nothing_is_queued(hall: Hall) -> None:
    """Most visitors give none."""
    await hall.tell(issued(1), called(1), recalled(1))
    assert await hall.queued() == []
    assert await hall.told() == []


async def test_a_ticket_already_called_is_not_told_that_it_waits(hall: Hall) -> None:
    """Also when the call is heard before the ticket."""
    await hall.give_phone(1)
    await hall.tell(called(1))
    await hall.tell(issued(1))
    assert await hall.queued() == ["1:called"]
    await hall.tell(issued(2), called(2))
    await hall.give_phone(2)
    assert await hall.queued() == ["1:called"]


async def test_what_is_over_is_not_sent(hall: Hall) -> None:
    """The state is checked when it is sent, not when it is queued."""
    for n in range(1, 6):
        await hall.give_phone(n)
    await hall.tell(*(issued(n) for n in range(1, 6)), *(called(n) for n in (2, 3, 4)))
    await hall.tell(cancelled(1), started(2), no_show(3), started(4), finished(4))
    assert await claim(hall, 1, MessageKind.ISSUED) is None
    for n in (2, 3, 4):
        assert await claim(hall, n, MessageKind.CALLED) is None
    assert await claim(hall, 5, MessageKind.ISSUED) is not None
    failed = [fact for type, fact in await hall.told() if type == "talon.message.failed"]
    assert {fact["reason"] for fact in failed} == {FailReason.OVERTAKEN}
    assert len(failed) == 4


async def test_a_call_that_was_taken_back_is_not_sent(hall: Hall) -> None:
    """The visitor waits again, elsewhere or for an hour: the window of the message is wrong."""
    for n in (1, 2):
        await hall.give_phone(n)
    await hall.tell(*(fact for n in (1, 2) for fact in (issued(n), called(n))))
    await hall.tell(requeued(1, call="c1"), deferred(2, call="c2"))
    for n in (1, 2):
        assert await claim(hall, n, MessageKind.CALLED) is None
    assert await hall.queued() == ["1:issued", "2:issued"]


async def test_who_waits_again_gets_no_message_of_a_kind_again(hall: Hall) -> None:
    """At most one of each: the board and the second call say the rest."""
    await hall.give_phone(1)
    await hall.tell(issued(1), called(1), requeued(1, call="c1"), called(1, call="again"))
    told = [fact["message"] for type, fact in await hall.told() if type == "talon.message.queued"]
    assert told == [f"{a_ticket(1)}:{kind}" for kind in ("issued", "called")]


@pytest.mark.parametrize(("seconds", "sent"), [(179, True), (180, False)])
async def test_a_call_is_told_within_three_minutes_or_not(
    hall: Hall, seconds: int, sent: bool
) -> None:
    """A late call sends people to a window that has moved on."""
    await hall.give_phone(1)
    await hall.tell(issued(1), called(1))
    hall.now += timedelta(seconds=seconds)
    assert (await claim(hall, 1, MessageKind.CALLED) is not None) is sent
    assert (await states(hall)).get("skipped", 0) == (not sent)


async def test_one_sender_has_a_message_at_a_time(hall: Hall) -> None:
    """A hundred instances look at the queue at once."""
    await hall.give_phone(1)
    await hall.tell(issued(1))
    claims = await asyncio.gather(
        *(claim(hall, 1, MessageKind.ISSUED, f"s{n}") for n in range(100))
    )
    (got,) = [c for c in claims if c]
    assert await hall.messages.due(10) == []
    await hall.messages.record(got, SENT, "", now=hall.now)
    assert await claim(hall, 1, MessageKind.ISSUED, "later") is None
    assert await states(hall) == {"sent": 1}


async def test_a_claim_that_is_asked_again_is_the_same_claim(hall: Hall) -> None:
    """The client repeats a script whose answer got lost."""
    await hall.give_phone(1)
    await hall.tell(issued(1))
    first = await claim(hall, 1, MessageKind.ISSUED, "s")
    assert first is not None
    assert await claim(hall, 1, MessageKind.ISSUED, "s") == first


async def test_a_sender_that_died_leaves_its_message_to_a_keyed_gateway(hall: Hall) -> None:
    """The gateway knows the message by its id, so a repeat is harmless."""
    await hall.give_phone(1)
    await hall.tell(issued(1))
    dead = await claim(hall, 1, MessageKind.ISSUED, "dead")
    await lease_runs_out(hall, 1, MessageKind.ISSUED)
    again = await claim(hall, 1, MessageKind.ISSUED, "heir")
    assert dead is not None
    assert again is not None
    assert again.tries == 2
    await hall.messages.record(
        dead, Next(MessageState.FAILED, FailReason.REFUSED), "", now=hall.now
    )
    assert await states(hall) == {"sending": 1}, "the dead one's word counts no more"
    await hall.messages.record(again, SENT, "", now=hall.now)
    assert await states(hall) == {"sent": 1}


async def test_a_sender_that_died_leaves_a_doubt_with_any_other_gateway(hall: Hall) -> None:
    """Perhaps it was sent: it is not sent again, and it is counted."""
    await hall.give_phone(1)
    await hall.tell(issued(1))
    assert await claim(hall, 1, MessageKind.ISSUED, "dead", keyed=False)
    await lease_runs_out(hall, 1, MessageKind.ISSUED)
    assert await claim(hall, 1, MessageKind.ISSUED, "heir", keyed=False) is None
    assert await states(hall) == {"unknown": 1}
    assert (await hall.told())[-1][1]["reason"] == FailReason.IN_DOUBT
    assert await hall.queued() == []


async def test_a_doubt_about_what_is_over_stays_a_doubt(hall: Hall) -> None:
    """Skipped would say that it was not sent, and nobody knows that."""
    await hall.give_phone(1)
    await hall.tell(issued(1), called(1))
    assert await claim(hall, 1, MessageKind.CALLED, "dead")
    await hall.tell(started(1))
    await lease_runs_out(hall, 1, MessageKind.CALLED)
    assert await claim(hall, 1, MessageKind.CALLED, "heir") is None
    assert (await states(hall))["unknown"] == 1


async def test_a_message_that_is_tried_again_waits_for_its_pause(hall: Hall) -> None:
    """And it is checked again before the next try."""
    await hall.give_phone(1)
    await hall.tell(issued(1), called(1))
    got = await claim(hall, 1, MessageKind.CALLED)
    assert got is not None
    again = Next(MessageState.QUEUED, pause=timedelta(minutes=1))
    await hall.messages.record(got, again, "HTTP 503", now=hall.now)
    assert await claim(hall, 1, MessageKind.CALLED, "soon") is None
    await hall.tell(started(1))
    await lease_runs_out(hall, 1, MessageKind.CALLED)
    assert await claim(hall, 1, MessageKind.CALLED, "later") is None
    assert (await states(hall))["skipped"] == 1


async def a_whole_day(hall: Hall) -> None:
    """Four visitors with phones, every way a message can go."""
    for n in range(1, 5):
        await hall.give_phone(n)
    await hall.tell(*(issued(n) for n in range(1, 5)), called(1), recalled(1), called(2))
    for kind in (MessageKind.CALLED, MessageKind.RECALLED):
        got = await claim(hall, 1, kind)
        assert got is not None
        await hall.messages.record(got, SENT, "", now=hall.now)
    refused = await claim(hall, 2, MessageKind.CALLED)
    assert refused is not None
    no = Next(MessageState.FAILED, FailReason.REFUSED)
    await hall.messages.record(refused, no, "HTTP 422", now=hall.now)
    await hall.tell(started(1), no_show(2), finished(1), cancelled(3))
    assert await claim(hall, 3, MessageKind.ISSUED) is None


async def test_a_phone_stands_in_its_contact_and_nowhere_else(hall: Hall) -> None:
    """Not in an event, a stream, an answer or a message."""
    await a_whole_day(hall)
    holders = {
        key
        for key, value in (await everything(hall.redis)).items()
        if PHONE[1:] in json.dumps(value) or PHONE[1:] in key
    }
    assert holders == {Keys(BRANCH).contact(a_ticket(n)) for n in range(1, 5)}


async def test_no_key_is_left_without_an_expiry_or_an_owner(hall: Hall) -> None:
    """What belongs to a visitor goes; what stays belongs to the branch or its shard."""
    await a_whole_day(hall)
    await hall.give_phone(9)
    keys = Keys(BRANCH)
    owned = {keys.queue, keys.states, keys.outbox, keys.told, keys.catalogue, keys.days}
    owned |= {keys.calls, keys.order, keys.waits, keys.live}
    owned |= {keys.heard(topic.name) for topic in (topics.TICKETS, topics.CALLS)}
    forever = {key async for key in hall.redis.scan_iter("*") if await hall.redis.pttl(key) == -1}
    waiting = {key for key in forever if ":message:" in key}
    assert forever - waiting == owned
    assert len(waiting) == len(await hall.queued()), "a queued message is the queue's"


async def test_every_told_fact_is_one_of_the_contract(hall: Hall) -> None:
    """With exactly the members that the contract has, each queued message with one outcome."""
    await a_whole_day(hall)
    models = {fact.TYPE: fact for fact in topics.MESSAGES.facts}
    outcomes: dict[str, list[str]] = {}
    for type, data in await hall.told():
        assert models[type].model_validate(data).model_dump(mode="json") == data
        outcomes.setdefault(data["message"], []).append(type.removeprefix("talon.message."))
    ended = {message: told for message, told in outcomes.items() if told[1:]}
    assert all(told[0] == "queued" and len(told) <= 2 for told in outcomes.values())
    assert len(outcomes) - len(ended) == len(await hall.queued())
