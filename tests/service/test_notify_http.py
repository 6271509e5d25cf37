"""Notify's public HTTP API, served by notify itself over a real store, with the broker away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from redis.asyncio import Redis

from services.notify.domain.board import SHOWN
from tests.service.notify_server import a_notify, listening
from tests.stack import Store
from tests.store.notify_hall import (
    BRANCH,
    PHONE,
    Hall,
    a_ticket,
    called,
    deferred,
    finished,
    issued,
    no_show,
    published,
    recalled,
    started,
)

BOARD = f"/v1/branches/{BRANCH}/board/events"


@pytest.fixture(scope="module")
def address(store: Store) -> Iterator[str]:
    with a_notify(redis=store.url) as address:
        yield address


@pytest.fixture
async def client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address, timeout=10) as client:
        yield client


@pytest.fixture
async def hall(redis: Redis) -> Hall:
    hall = Hall(redis)
    await hall.tell(published())
    return hall


def contact(**changes: object) -> dict[str, object]:
    return {"phone": "8 912 345-67-89", "language": "ru", "consent": True} | changes


async def test_a_board_sees_the_hall_and_then_each_call(
    client: httpx.AsyncClient, hall: Hall
) -> None:
    """The whole state first, with the id it stands at; then what happens, as it happens."""
    await hall.tell(issued(1), issued(2), issued(118), called(1))
    async with listening(client, BOARD) as board:
        snapshot = await board.next("snapshot")
        state = snapshot.json()
        assert state["branch"] == {"code": BRANCH, "name": {"ru": "Филиал", "en": "Branch"}}
        assert (state["zone"], state["timezone"]) == (None, "Asia/Yekaterinburg")
        assert (state["waiting"], state["average_wait_minutes"]) == (2, 5)
        assert [(call["number"], call["state"]) for call in state["calls"]] == [("Д 001", "called")]
        clock = await board.data("clock")
        assert clock["now"].startswith("2026-11-23T04:0")
        assert clock["waiting"] == 2

        await hall.tell(called(118), recalled(118), started(118), finished(118), no_show(1))
        call = await board.next("call")
        assert call.id
        assert call.json() == {
            "call": "c118",
            "number": "Д 118",
            "window": "14",
            "zone": "hall-1",
            "recall": False,
            "called_at": "2026-11-23T04:00:00.000Z",
            "spoken": {
                "ru": "Талон дэ сто восемнадцать, окно четырнадцать",
                "en": "Ticket D 118, window 14",
            },
        }
        again = await board.data("call")
        assert again["recall"]
        assert again["spoken"]["ru"].startswith("Повторный вызов. Талон дэ")
        assert await board.data("started") == {"call": "c118"}
        assert await board.data("over") == {"call": "c118"}
        assert await board.data("over") == {"call": "c1"}

        await hall.tell(issued(2), called(2), deferred(2, call="c2"))
        assert (await board.data("call"))["call"] == "c2"
        assert await board.data("over") == {"call": "c2"}


async def test_a_hall_hears_its_own_calls_and_what_became_of_them(
    client: httpx.AsyncClient, hall: Hall
) -> None:
    """A call next door is neither shown nor spoken here."""
    await hall.tell(called(1, zone="hall-2"), called(2, zone="hall-1"))
    async with listening(client, f"{BOARD}?zone=hall-1") as board:
        state = await board.data("snapshot")
        assert (state["zone"], [call["call"] for call in state["calls"]]) == ("hall-1", ["c2"])
        await hall.tell(called(3, zone="hall-2"), called(4, zone="hall-1"))
        assert (await board.data("call"))["call"] == "c4"


async def test_a_board_that_comes_back_hears_what_it_missed(
    client: httpx.AsyncClient, hall: Hall
) -> None:
    """From the last id it heard, on any instance; also from that of its snapshot."""
    await hall.tell(called(1))
    async with listening(client, BOARD) as board:
        first = await board.next("snapshot")
    await hall.tell(called(2), called(3))
    async with listening(client, BOARD, last=first.id) as board:
        second = await board.next("call")
        assert second.json()["call"] == "c2"
    async with listening(client, BOARD, last=second.id) as board:
        assert (await board.data("call"))["call"] == "c3"


async def test_a_board_that_was_away_too_long_gets_all_state_anew(
    client: httpx.AsyncClient, hall: Hall
) -> None:
    """What it last heard is no longer kept; its calls are the newest, a recalled one on top."""
    await hall.tell(*(called(n) for n in range(1, SHOWN + 3)), recalled(5), started(6))
    async with listening(client, BOARD, last="1-0") as board:
        calls = (await board.data("snapshot"))["calls"]
    expected = ["c5", *(f"c{n}" for n in range(SHOWN + 2, 2, -1) if n != 5)][:SHOWN]
    assert [call["call"] for call in calls] == expected
    states = {call["call"]: (call["state"], call["recall"]) for call in calls}
    assert states["c5"] == ("called", True)
    assert states["c6"] == ("started", False)


async def test_a_board_of_no_branch_is_told_so(client: httpx.AsyncClient, hall: Hall) -> None:
    """A mistyped address must not look like an empty hall."""
    assert hall
    answer = await client.get("/v1/branches/BR-X/board/events")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-branch")


async def test_a_contact_is_kept_and_shown_to_nobody(client: httpx.AsyncClient, hall: Hall) -> None:
    """And the phone gets its message."""
    await hall.tell(issued(118))
    url = f"/v1/tickets/{a_ticket(118)}/contact"
    async with listening(client, "/v1/phones/events") as phones:
        assert await phones.data("snapshot") == {"phones": []}
        answer = await client.put(url, json=contact())
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"ticket": a_ticket(118), "phone": "+7***6789", "language": "ru"}
        arrived = await phones.data("message")
    assert arrived["phone"] == PHONE
    assert arrived["message"]["ticket_number"] == "Д 118"
    (phone,) = (await client.get("/v1/phones")).json()["phones"]
    assert phone == {"phone": PHONE, "messages": [arrived["message"]]}
    assert (await client.get("/v1/messages/summary")).json()["states"] == {
        "queued": 0,
        "sending": 0,
        "sent": 0,
        "delivered": 1,
        "failed": 0,
        "unknown": 0,
        "skipped": 0,
    }


@pytest.mark.parametrize(
    ("body", "problem", "member"),
    [
        (contact(consent=False), "consent-needed", {}),
        ({"phone": PHONE, "language": "ru"}, "consent-needed", {}),
        (contact(phone="12"), "phone-invalid", {"fault": "wrong_length"}),
        (contact(phone="+74951234567"), "phone-invalid", {"fault": "landline"}),
        (contact(language="de"), "invalid-request", {}),
    ],
)
async def test_a_contact_that_cannot_be_kept_is_refused(
    client: httpx.AsyncClient,
    hall: Hall,
    body: dict[str, object],
    problem: str,
    member: dict[str, str],
) -> None:
    """With what to mend; the phone is not repeated."""
    assert hall
    answer = await client.put(f"/v1/tickets/{a_ticket(1)}/contact", json=body)
    assert answer.status_code == 422
    assert answer.json()["type"] == f"/problems/{problem}"
    assert member.items() <= answer.json().items()
    assert str(body["phone"]) not in answer.text


async def test_a_key_used_for_another_contact_is_refused(
    client: httpx.AsyncClient, hall: Hall
) -> None:
    """A repeat of the same request gets the same answer."""
    assert hall
    url, key = f"/v1/tickets/{a_ticket(1)}/contact", {"Idempotency-Key": "k1"}
    first = await client.put(url, json=contact(), headers=key)
    assert (await client.put(url, json=contact(), headers=key)).json() == first.json()
    other = await client.put(url, json=contact(language="en"), headers=key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


async def test_a_ticket_of_no_branch_takes_no_contact(
    client: httpx.AsyncClient, hall: Hall
) -> None:
    """Nobody would ever delete it with its day."""
    assert hall
    answer = await client.put(f"/v1/tickets/BR-X-{1:020}/contact", json=contact())
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-ticket")


async def test_pages_can_ask_what_a_visitor_agrees_to(client: httpx.AsyncClient) -> None:
    """The words that are recorded are the words that were shown."""
    consent = (await client.get("/v1/consent")).json()
    assert consent["text"].keys() == {"ru", "en"}
    assert consent["version"]


async def test_a_days_tickets_are_counted(client: httpx.AsyncClient, hall: Hall) -> None:
    """In the shape that all three services share."""
    await hall.tell(issued(1), issued(2), called(1), started(1), finished(1))
    answer = await client.get(f"/v1/branches/{BRANCH}/days/today")
    assert answer.json() == {
        "branch": BRANCH,
        "day": "2026-11-23",
        "tickets": {
            "waiting": 1,
            "deferred": 0,
            "called": 0,
            "cancelled": 0,
            "serving": 0,
            "finished": 1,
            "no_show": 0,
        },
        "total": 2,
    }
    assert (await client.get(f"/v1/branches/{BRANCH}/days/2026-11-23")).json()["total"] == 2
    assert (await client.get(f"/v1/branches/{BRANCH}/days/2026-11-20")).json()["total"] == 0


async def test_notify_counts_what_it_does(client: httpx.AsyncClient, hall: Hall) -> None:
    """Boards that listen, and messages by state."""
    await hall.tell(issued(1))
    await client.put(f"/v1/tickets/{a_ticket(1)}/contact", json=contact())
    async with listening(client, BOARD) as board:
        await board.next("snapshot")
        async with asyncio.timeout(10):
            while True:
                metrics = (await client.get("/metrics")).text
                if 'talon_messages_now{state="delivered"} 1.0' in metrics:
                    break
                await asyncio.sleep(0.1)
    assert f'talon_boards{{branch="{BRANCH}"}} 1.0' in metrics
    assert 'talon_messages_total{kind="issued",state="delivered"}' in metrics
    assert PHONE not in metrics
