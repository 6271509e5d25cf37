"""Gateways: one behaviour for all of them, and what only HTTP has."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import httpx
import pytest
from redis.asyncio import Redis

from contracts.messages import MessageKind
from services.notify.domain.messages import Message
from services.notify.domain.receipts import Answer
from services.notify.gateways.http import HttpGateway, client
from services.notify.gateways.sender import Sender
from services.notify.gateways.simulator import KEPT, Simulator
from tests.store.notify_gateway import SmsCentre, an_sms_centre

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
MESSAGE = Message(
    id="m1",
    kind=MessageKind.CALLED,
    to="+79123456789",
    text="МФЦ: талон Д 118, вас ждут. Подойдите к окну 14",
    ticket_number="Д 118",
    valid_until=NOW,
)


@pytest.fixture
def centre() -> Iterator[SmsCentre]:
    with an_sms_centre() as centre:
        yield centre


@pytest.fixture
async def http(centre: SmsCentre) -> AsyncIterator[HttpGateway]:
    async with client("secret") as connection:
        yield HttpGateway(connection, centre.url, keyed=True)


@dataclass
class Way:
    """A gateway, and what phones show behind it."""

    sender: Sender
    phones: Callable[[], Awaitable[list[tuple[str, str]]]]


@pytest.fixture(params=["simulator", "http"])
def way(request: pytest.FixtureRequest, redis: Redis, http: HttpGateway, centre: SmsCentre) -> Way:
    simulator = Simulator(redis, lambda: NOW)

    async def simulated() -> list[tuple[str, str]]:
        return [(shown.phone, shown.text) for shown in await simulator.shown()]

    async def reached() -> list[tuple[str, str]]:
        return [(message["to"], message["text"]) for message in centre.phones.values()]

    ways = {"simulator": Way(simulator, simulated), "http": Way(http, reached)}
    return ways[request.param]


async def test_a_message_reaches_its_phone(way: Way) -> None:
    """As it is, to the phone it is for."""
    receipt = await way.sender.send(MESSAGE)
    assert receipt.answer in {Answer.SENT, Answer.DELIVERED}
    assert await way.phones() == [(MESSAGE.to, MESSAGE.text)]


async def test_a_repeated_message_reaches_a_keyed_gateways_phone_once(way: Way) -> None:
    """Its id is the key: the sender may repeat after a doubt."""
    assert way.sender.keyed
    for _ in range(3):
        assert (await way.sender.send(MESSAGE)).answer in {Answer.SENT, Answer.DELIVERED}
    await way.sender.send(replace(MESSAGE, id="m2"))
    assert len(await way.phones()) == 2


async def test_the_simulator_shows_the_newest_first_and_forgets_the_oldest(redis: Redis) -> None:
    """Its keys are bounded and go with their time."""
    simulator = Simulator(redis, lambda: NOW)
    for n in range(KEPT + 3):
        await simulator.send(replace(MESSAGE, id=f"m{n:05}"))
    shown = await simulator.shown()
    assert len(shown) == KEPT
    assert (shown[0].id, shown[-1].id) == (f"m{KEPT + 2:05}", "m00003")
    assert shown[0].state == "delivered"
    assert all([await redis.pttl(key) > 0 async for key in redis.scan_iter("*")])


async def test_the_gateway_is_asked_as_its_contract_says(
    http: HttpGateway, centre: SmsCentre
) -> None:
    """The body, the key and the token."""
    await http.send(MESSAGE)
    ((body, headers),) = centre.asked
    assert body == {
        "id": "m1",
        "to": "+79123456789",
        "text": MESSAGE.text,
        "valid_until": "2026-11-23T04:00:00+00:00",
    }
    assert headers["idempotency-key"] == "m1"
    assert headers["authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, {"state": "sent"}, Answer.SENT),
        (202, {}, Answer.SENT),
        (200, {"state": "delivered"}, Answer.DELIVERED),
        (302, {}, Answer.REFUSED),
        (400, {"error": "bad number"}, Answer.REFUSED),
        (401, {}, Answer.REFUSED),
        (429, {}, Answer.NOT_NOW),
        (503, {}, Answer.NOT_NOW),
        (500, {}, Answer.SILENT),
        (504, {}, Answer.SILENT),
    ],
)
async def test_what_the_gateway_says_is_understood(
    http: HttpGateway, centre: SmsCentre, status: int, body: dict[str, str], answer: Answer
) -> None:
    """An error of the gateway's own may have come after it sent: that is silence, not a no."""
    centre.status, centre.body = status, body
    receipt = await http.send(MESSAGE)
    assert receipt.answer is answer
    assert (str(status) in receipt.detail) is (status >= 300)


async def test_a_refusal_keeps_its_reason_without_the_phone(
    http: HttpGateway, centre: SmsCentre
) -> None:
    """A gateway repeats the number in its complaint; our records must not."""
    centre.status, centre.body = 422, {"error": "no such number +79123456789"}
    receipt = await http.send(MESSAGE)
    assert "no such number +7***6789" in receipt.detail


async def test_a_gateway_that_is_away_sent_nothing() -> None:
    """No connection, no doubt."""
    async with client(None) as connection:
        receipt = await HttpGateway(connection, "http://127.0.0.1:1/sms", keyed=False).send(MESSAGE)
    assert receipt.answer is Answer.NOT_NOW


async def test_a_gateway_that_does_not_answer_leaves_a_doubt(centre: SmsCentre) -> None:
    """It may have sent the message all the same; here it did."""
    centre.silent = True
    async with httpx.AsyncClient(timeout=0.2) as connection:
        receipt = await HttpGateway(connection, centre.url, keyed=False).send(MESSAGE)
    assert receipt.answer is Answer.SILENT
    assert centre.phones
