"""After kill -9 of everything at once, all tickets and windows are as they were."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from httpx_sse import aconnect_sse

from services.embedded.options import Options
from services.embedded.ports import Ports
from services.embedded.stack import Stack
from tests.system.hall import SERVICES, Hall, Json, a_hall, until
from tests.system.told import chain_faults, story

CLOCK = "2026-11-23T10:00:00+05:00@1"
TOPICS = ("talon.tickets", "talon.calls", "talon.messages")
PHONE = "+79000000001"
KIOSKS = 4
FLOWING = 40  # tickets acknowledged before the power goes
ENOUGH = 2000  # tickets: the power goes long before


async def test_all_tickets_and_windows_are_as_they_were(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    """Also those acknowledged in the last moment; then the day goes on where it stood."""
    options = Options(state=tmp_path, ports=Ports.free(), clock=CLOCK, branches=("BR-D",))
    with Stack(options) as stack:
        async with a_hall(stack.addresses) as hall:
            known = await _a_day_under_way(hall)
            before = await _state(hall, known)
            late = await _all_killed_while_tickets_are_taken(stack, hall)
    with Stack(options) as stack:
        async with a_hall(stack.addresses) as hall:
            lost = [t["id"] for t in late if not await _is_there(hall, t)]
            assert not lost, f"{len(lost)} of {len(late)} acknowledged tickets are gone: {lost[:5]}"
            after = await _state(hall, known)
            for what, was in before.items():
                assert after[what] == was, what
            total = await _all_agree(hall, at_least=len(known) + len(late))
            tell(
                f"all killed at once: {len(late)} tickets acknowledged in the last moments, none"
                f" lost; {total} in all three services afterwards"
            )
            await _the_day_goes_on(hall, [*known, *late])
            for topic in TOPICS:
                broken = list(chain_faults(await story(stack.kafka, topic)))
                assert not broken, "\n".join(broken[:10])


async def _a_day_under_way(hall: Hall) -> list[Json]:
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
    await _all_agree(hall, at_least=len(tickets))
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
    await _all_agree(hall, at_least=len(tickets))
    return tickets


async def _state(hall: Hall, tickets: list[Json]) -> dict[str, Any]:
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


async def _all_killed_while_tickets_are_taken(stack: Stack, hall: Hall) -> list[Json]:
    """Kill every child in one blow while kiosks work; return what they had acknowledged."""
    service = await hall.service_for(("REAL",))
    acknowledged: list[Json] = []
    flowing = asyncio.Event()

    async def kiosk() -> None:
        try:
            while len(acknowledged) < ENOUGH:
                acknowledged.append(await hall.take_ticket(service))
                if len(acknowledged) >= FLOWING:
                    flowing.set()
        except httpx.TransportError:
            return  # the power is gone

    async with asyncio.TaskGroup() as kiosks:
        for _ in range(KIOSKS):
            kiosks.create_task(kiosk())
        await flowing.wait()
        group = os.getpgid(stack.children["valkey"].pid)
        assert group != os.getpgrp(), "the children stand in a group of their own"
        os.killpg(group, signal.SIGKILL)
    return acknowledged


async def _is_there(hall: Hall, ticket: Json) -> bool:
    answer = await hall.http.get(f"{hall.addresses['ticketing']}/v1/tickets/{ticket['id']}")
    found: Json = answer.json()
    return answer.is_success and all(found[key] == ticket[key] for key in ("number", "state"))


async def _all_agree(hall: Hall, at_least: int) -> int:
    async def agreed() -> int:
        counts = await hall.agree()
        return counts["total"] if counts and counts["total"] >= at_least else 0

    return int(await until(f"all three know of {at_least} tickets", agreed))


async def _the_day_goes_on(hall: Hall, tickets: list[Json]) -> None:
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
