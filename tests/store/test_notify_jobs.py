"""The sender at work: fast, idle when there is nothing, and careful when something fails."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from contracts.messages import MessageKind
from services.chassis import jobs
from services.notify.domain.messages import Message
from services.notify.domain.receipts import Answer, Receipt
from services.notify.gateways.sender import Sender
from services.notify.gateways.simulator import Simulator
from services.notify.jobs import Outgoing
from services.notify.store.keys import Keys
from tests.store.notify_hall import (
    BRANCH,
    PHONE,
    Hall,
    a_ticket,
    called,
    issued,
    published,
    recalled,
    started,
)


class Gateway:
    """A gateway that answers as the test says."""

    def __init__(self, *answers: Answer, keyed: bool = True) -> None:
        self.keyed = keyed
        self.taken: list[Message] = []
        self.open = asyncio.Event()
        self.open.set()
        self._answers = [*answers]

    async def send(self, message: Message) -> Receipt:
        self.taken.append(message)
        await self.open.wait()
        answer = self._answers.pop(0) if self._answers else Answer.DELIVERED
        return Receipt(answer, "" if answer is Answer.DELIVERED else "HTTP 500")


@pytest.fixture
async def hall(redis: Redis) -> Hall:
    hall = Hall(redis)
    await hall.tell(published())
    return hall


@contextlib.asynccontextmanager
async def sending(hall: Hall, sender: Sender, instances: int = 1) -> AsyncIterator[None]:
    outgoing = [Outgoing(hall.messages, sender, lambda: hall.now).run for _ in range(instances)]
    tasks = jobs.begin({f"outgoing {n}": run for n, run in enumerate(outgoing)})
    try:
        yield
    finally:
        await jobs.end(tasks)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await condition():  # what changes is in the store
            await asyncio.sleep(0.01)


def all_are(hall: Hall, **states: int) -> Callable[[], Awaitable[bool]]:
    async def reached() -> bool:
        found = {s.value: n for s, n in (await hall.messages.summary()).items() if n}
        return found == states

    return reached


async def test_a_call_reaches_the_phone(hall: Hall, redis: Redis) -> None:
    """The words, the language and the number of the ticket."""
    simulator = Simulator(redis, lambda: hall.now)
    async with sending(hall, simulator):
        await hall.tell(issued(118))
        await hall.give_phone(118)
        await until(all_are(hall, delivered=1))
        await hall.tell(called(118))
        await until(all_are(hall, delivered=2))
    call, issue = await simulator.shown()
    assert (issue.phone, issue.kind) == (PHONE, "issued")
    assert call.text == "МФЦ: талон Д 118, вас ждут. Подойдите к окну 14"
    assert call.ticket_number == "Д 118"


async def test_a_rung_bell_is_heard_at_once(hall: Hall) -> None:
    """A visitor is written to well before the next look at the queue would come."""
    gateway = Gateway()
    async with sending(hall, gateway):
        await hall.give_phone(1)
        await hall.tell(issued(1))
        await until(all_are(hall, delivered=1))
        began = asyncio.get_running_loop().time()
        await hall.tell(called(1))
        await until(all_are(hall, delivered=2))
        assert asyncio.get_running_loop().time() - began < 0.8


async def test_what_was_queued_while_no_sender_ran_is_sent(hall: Hall) -> None:
    """Nobody rings for it again."""
    await hall.give_phone(1)
    await hall.tell(issued(1))
    async with sending(hall, Gateway()):
        await until(all_are(hall, delivered=1))


async def test_many_senders_send_each_message_once(hall: Hall) -> None:
    """Instances share the queue."""
    gateway = Gateway()
    for n in range(1, 31):
        await hall.give_phone(n)
    async with sending(hall, gateway, instances=3):
        await hall.tell(*(issued(n) for n in range(1, 31)))
        await until(all_are(hall, delivered=30))
    assert len(gateway.taken) == len({message.id for message in gateway.taken}) == 30


async def test_a_recall_is_sent_while_the_call_is_still_in_hand(hall: Hall) -> None:
    """A slow gateway holds up one message, not the others."""
    gateway = Gateway()
    gateway.open.clear()
    await hall.give_phone(1)
    async with sending(hall, gateway):
        await hall.tell(called(1), recalled(1))

        async def both() -> bool:
            return len(gateway.taken) == 2

        await until(both)
        gateway.open.set()
        await until(all_are(hall, delivered=2))


async def test_a_failed_try_is_repeated_and_then_sent(hall: Hall) -> None:
    """With the same id, so that the gateway knows it."""
    gateway = Gateway(Answer.NOT_NOW, Answer.SILENT)
    await hall.give_phone(1)
    await hall.tell(issued(1))
    async with sending(hall, gateway):
        await until(all_are(hall, delivered=1))
    assert len(gateway.taken) == 3
    assert len({message.id for message in gateway.taken}) == 1


async def test_a_repeat_of_what_is_over_is_not_sent(hall: Hall) -> None:
    """The visitor came while the gateway was away."""
    gateway = Gateway(Answer.NOT_NOW)
    await hall.give_phone(1)
    await hall.tell(called(1))

    async def refused_once() -> bool:
        return bool(gateway.taken) and await all_are(hall, queued=1)()

    async with sending(hall, gateway):
        await until(refused_once)
        await hall.tell(started(1))
        await until(all_are(hall, skipped=1))
    assert len(gateway.taken) == 1


async def test_silence_of_a_gateway_without_keys_ends_in_unknown(hall: Hall) -> None:
    """Perhaps it was sent, so it is not sent again."""
    gateway = Gateway(Answer.SILENT, keyed=False)
    await hall.give_phone(1)
    await hall.tell(issued(1))
    async with sending(hall, gateway):
        await until(all_are(hall, unknown=1))
    assert len(gateway.taken) == 1
    kept = await hall.redis.hgetall(Keys(BRANCH).message(a_ticket(1), MessageKind.ISSUED))
    assert kept["detail"] == "HTTP 500"


async def test_a_stopping_sender_notes_what_it_has_in_hand(hall: Hall) -> None:
    """A stop in the middle must not leave doubts."""
    gateway = Gateway(keyed=False)
    gateway.open.clear()
    await hall.give_phone(1)
    await hall.tell(issued(1))
    tasks = jobs.begin({"outgoing": Outgoing(hall.messages, gateway, lambda: hall.now).run})
    await until(all_are(hall, sending=1))
    asyncio.get_running_loop().call_later(0.5, gateway.open.set)  # after the second cancel
    await jobs.end(tasks)
    assert await all_are(hall, delivered=1)()


async def test_a_late_message_is_skipped(hall: Hall) -> None:
    """Three minutes of the hall's time, however fast that runs."""
    await hall.give_phone(1)
    await hall.tell(called(1))
    hall.now += timedelta(minutes=3)
    gateway = Gateway()
    async with sending(hall, gateway):
        await until(all_are(hall, skipped=1))
    assert gateway.taken == []
