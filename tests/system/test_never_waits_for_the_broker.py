"""Half a minute without Kafka stops nobody at the windows or the kiosk, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from httpx_sse import aconnect_sse

from services.embedded.stack import Stack
from tests.stack import a_talon
from tests.system.hall import SERVICES, Hall, a_hall, until
from tests.system.told import chain_faults, story

CLOCK = "2026-11-23T10:00:00+05:00@1"
TOPICS = ("talon.tickets", "talon.calls")
OUTAGE = 30.0  # seconds, as promised
ANSWERS_WITHIN = 1.0  # seconds
PAUSE = 0.4  # seconds between two clicks of one person
SILENCE = 12.0  # seconds; a heartbeat comes every 5
DESKS = {"1": ("D01", "PASS"), "3": ("D03", "REAL"), "18": ("D17", "ISSUE")}
WAITING_EACH = 45  # more than the windows can serve in the outage


@dataclass
class Board:
    """What a hall screen that is never switched off has shown."""

    calls: list[tuple[str, str]] = field(default_factory=list)  # number, window
    longest_silence: float = 0.0

    async def watch(self, hall: Hall) -> None:
        url = f"{hall.addresses['notify']}{hall.path}/board/events"
        async with aconnect_sse(hall.http, "GET", url) as source:
            heard = time.monotonic()
            async for event in source.aiter_sse():
                now = time.monotonic()
                self.longest_silence, heard = max(self.longest_silence, now - heard), now
                if event.event == "call":
                    call = json.loads(event.data)
                    self.calls.append((call["number"], call["window"]))


async def _killed(stack: Stack) -> Callable[[], None]:
    await asyncio.to_thread(stack.kill, "kafka")
    return lambda: stack.restart("kafka")


async def _frozen(stack: Stack) -> Callable[[], None]:
    kafka = stack.children["kafka"].pid
    os.kill(kafka, signal.SIGSTOP)
    return lambda: os.kill(kafka, signal.SIGCONT)


@pytest.mark.parametrize("strike", [_killed, _frozen], ids=["killed", "frozen"])
async def test_half_a_minute_without_the_broker_stops_nobody(
    strike: Callable[[Stack], AsyncIterator[Callable[[], None]]], tell: Callable[[str], None]
) -> None:
    """Those who wait are served, new ones get tickets; later all is told and shown."""
    with a_talon(CLOCK) as stack:
        async with a_hall(stack.addresses) as hall, _watched(hall) as board:
            services = [await hall.service_for((skill,)) for _, skill in DESKS.values()]
            await _fill(hall, services)
            hall.slowest = 0.0
            come_back = await strike(stack)
            served, taken = await _work_through(hall, services)
            unsent = {one: await hall.metric(one, "talon_outbox_unsent") for one in SERVICES}
            oldest = await hall.metric("dispatch", "talon_outbox_oldest_seconds")
            slowest, commands = hall.slowest, hall.commands
            await asyncio.to_thread(come_back)
            returned = time.monotonic()

            assert slowest < ANSWERS_WITHIN, f"the slowest of {commands} took {slowest:.2f} s"
            # The gauges are a few seconds old.
            assert unsent["ticketing"] > taken / 2, unsent
            assert unsent["dispatch"] > 3 * len(served) / 2, unsent
            assert oldest > OUTAGE / 2, f"the outbox says its oldest is {oldest:.0f} s old"
            assert board.longest_silence < SILENCE, "the board heard no heartbeat"

            await until("all is sent", lambda: _all_sent(hall))
            await until("all three agree", hall.agree)
            tell(
                f"{OUTAGE:.0f} s, Kafka {strike.__name__[1:]}: {len(served)} served and {taken}"
                f" tickets issued meanwhile, slowest answer {slowest * 1000:.0f} ms,"
                f" {sum(unsent.values()):.0f} events unsent;"
                f" caught up {time.monotonic() - returned:.1f} s after its return"
            )
            served += await _serve_the_new(hall, taken)
            await until("the board has shown all calls", lambda: _shown(board, served))
            broken = [
                fault for name in TOPICS for fault in chain_faults(await story(stack.kafka, name))
            ]
            assert not broken, "\n".join(broken[:10])
            repeated = [call for call, times in Counter(board.calls).items() if times > 1]
            assert not repeated, f"shown twice: {repeated}"


@asynccontextmanager
async def _watched(hall: Hall) -> AsyncIterator[Board]:
    board = Board()
    watch = asyncio.create_task(board.watch(hall))
    try:
        yield board
        assert not watch.done(), "the board lost its connection"
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


async def _fill(hall: Hall, services: list[str]) -> None:
    for window, (operator, _) in DESKS.items():
        await hall.at_window(window, "open", {"operator": operator})
    for service in services * WAITING_EACH:
        await hall.take_ticket(service)

    async def all_wait() -> bool:
        return await hall.waiting() == len(services) * WAITING_EACH

    await until("dispatch knows all who wait", all_wait)


async def _work_through(hall: Hall, services: list[str]) -> tuple[list[tuple[str, str]], int]:
    """Everybody goes on for the whole outage; return the calls made and the tickets taken."""
    ends = time.monotonic() + OUTAGE
    served: list[tuple[str, str]] = []

    async def operator(window: str) -> None:
        while time.monotonic() < ends:
            called = await hall.at_window(window, "next")
            assert called, f"nobody waits for window {window}"
            served.append((called["ticket"]["number"], window))
            for verb in ("start", "finish"):
                await asyncio.sleep(PAUSE)
                await hall.at_window(window, verb)

    async def kiosk() -> int:
        taken = 0
        while time.monotonic() < ends:
            await hall.take_ticket(services[taken % len(services)])
            taken += 1
            await asyncio.sleep(PAUSE)
        return taken

    async def ready() -> None:
        while time.monotonic() < ends:
            for service in SERVICES:
                await hall.read(service, "/health/ready")
            await asyncio.sleep(5 * PAUSE)

    async with asyncio.TaskGroup() as people:
        for window in DESKS:
            people.create_task(operator(window))
        people.create_task(ready())
        issued = people.create_task(kiosk())
    return served, issued.result()


async def _serve_the_new(hall: Hall, taken: int) -> list[tuple[str, str]]:
    """Serve all who are left, those who came during the outage too."""
    served = []
    for window in DESKS:
        while ticket := await hall.serve(window):
            served.append((ticket["number"], window))
    assert len(served) >= taken, f"{taken} tickets were taken, {len(served)} people left to serve"
    return served


async def _all_sent(hall: Hall) -> bool:
    return not any([await hall.metric(one, "talon_outbox_unsent") for one in SERVICES])


async def _shown(board: Board, served: list[tuple[str, str]]) -> bool:
    return set(served) <= set(board.calls)
