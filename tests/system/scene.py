"""A morning at BR-D with windows and tickets in every state there is, and what people see of it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from httpx_sse import aconnect_sse

from tests.system.hall import SERVICES, Hall, Json, until

CLOCK = "2026-11-23T10:00:00+05:00@1"
PHONE = "+79000000001"


async def a_day_under_way(hall: Hall) -> list[Json]:
    """Windows and tickets in every state there is; returns the tickets."""
    passport, estate = await hall.service_for(("PASS",)), await hall.service_for(("REAL",))
    for window, operator in {"1": "D01", "3": "D03", "10": "D09", "11": "D10", "18": "D17"}.items():
        await hall.at_window(window, "open", {"operator": operator})
    await hall.at_window("10", "pause", {"reason": "lunch"})
    assert await hall.at_window("18", "next") == {}, "somebody waits before anybody came"
    tickets = [await hall.take_ticket(service) for service in (passport, estate) * 5]
    contact = {"phone": PHONE, "language": "ru", "consent": True}
    path = f"{hall.addresses['notify']}/v1/tickets/{tickets[2]['id']}/contact"
    assert (await hall.http.put(path, json=contact)).is_success
    await all_agree(hall, at_least=len(tickets))
    await until("all wait", lambda: _waits(hall, len(tickets)))
    await hall.serve("1")
    await hall.at_window("3", "next")
    await hall.at_window("3", "no-show")
    await hall.at_window("1", "next")
    await until("the call is on the phone", lambda: _messages(hall, 2))
    await hall.at_window("1", "start")
    await hall.at_window("3", "next")
    await hall.at_window("3", "recall")
    await hall.cancel(tickets[-1]["id"])
    await until("all know of the cancellation", lambda: _waits(hall, len(tickets) - 5))
    await all_agree(hall, at_least=len(tickets))
    return tickets


async def state(hall: Hall, tickets: list[Json]) -> dict[str, Any]:
    """What people see: each of these tickets, every window, the board, the phones."""
    return {
        "windows": await hall.windows(),
        "tickets": [await hall.ticket(ticket["id"]) for ticket in tickets],
        "board": await _board(hall),
        "phones": (await hall.read("notify", "/v1/phones"))["phones"],
    }


async def _board(hall: Hall) -> list[Json]:
    url = f"{hall.addresses['notify']}{hall.path}/board/events"
    async with aconnect_sse(hall.http, "GET", url) as source:
        async for event in source.aiter_sse():
            if event.event == "snapshot":
                calls: list[Json] = json.loads(event.data)["calls"]
                return calls
    raise AssertionError("the board got no snapshot")


async def all_agree(hall: Hall, at_least: int) -> int:
    async def agreed() -> int:
        counts = await hall.agree()
        return counts["total"] if counts and counts["total"] >= at_least else 0

    return int(await until(f"all three know of {at_least} tickets", agreed))


async def the_day_goes_on(hall: Hall, tickets: list[Json]) -> None:
    """The visits under way end, the ready window is given its visitor, numbers go on."""
    await hall.at_window("1", "finish")
    await hall.at_window("3", "start")
    await hall.at_window("3", "finish")
    new = await hall.take_ticket(await hall.service_for(("ISSUE",)))

    async def called() -> bool:
        window = (await hall.windows())["18"]
        return bool(window["ticket"]) and window["ticket"]["id"] == new["id"]

    await until("the window that was ready is given the next arrival", called)
    numbers = Counter(ticket["number"].split()[-1] for ticket in [*tickets, new])
    assert [number for number, times in numbers.items() if times > 1] == []
    for service in SERVICES:
        assert await hall.metric(service, "talon_gaps_total") == 0, f"{service} misses events"


async def _waits(hall: Hall, count: int) -> bool:
    return await hall.waiting() == count


async def _messages(hall: Hall, count: int) -> bool:
    phones = (await hall.read("notify", "/v1/phones"))["phones"]
    return sum(len(phone["messages"]) for phone in phones) == count
