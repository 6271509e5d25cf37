"""An update under load: every instance is stopped and started while people are served.

Two of each service. A client asks one of them, and if the connection fails, the other: that is
all that a proxy before them does. Nobody may see an error, and no process may be cut off.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import httpx
import pytest

from tests.chaos.board import SILENCE, Board
from tests.chaos.faults import TWO_OF_EACH
from tests.chaos.stand import Stand, a_stand
from tests.system.hall import Hall, until

BRANCH = "BR-D"
DESKS = {"1": ("D01", "PASS"), "3": ("D03", "REAL"), "18": ("D17", "ISSUE")}
COMES_EVERY, SERVED_EVERY = 0.1, 0.15  # real seconds; more come than can be served
AHEAD = (
    5  # visitors of each line before the windows open: one that waits for nobody calls by itself
)
ENOUGH = 500  # commands


class TwoDoors(httpx.AsyncBaseTransport):
    """Each request goes to any instance, and to the other one if that connection fails."""

    def __init__(self, stand: Stand, dice: Random) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
        self._real = httpx.AsyncHTTPTransport(trust_env=False, limits=limits)
        self._doors = {
            httpx.URL(known).port: [httpx.URL(door).port for door in doors]
            for known, doors in stand.doors.items()
        }
        self._dice = dice
        self.asked: Counter[str] = Counter()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        first, second = self._dice.sample(self._doors[request.url.port], 2)
        self.asked["once"] += 1
        try:
            request.url = request.url.copy_with(port=first)
            return await self._real.handle_async_request(request)
        except httpx.TransportError:
            self.asked["again"] += 1
            request.url = request.url.copy_with(port=second)
            return await self._real.handle_async_request(request)

    async def aclose(self) -> None:
        await self._real.aclose()


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of it."""

    commands: int
    asked: Counter[str]
    called: int
    shown: Sequence[str]  # calls, as they came to a board


@pytest.mark.long
@pytest.mark.timeout(300)
def test_an_update_of_every_instance_is_seen_by_nobody(tmp_path: Path) -> None:
    """No error, no call that a board leaves out, and each process ends what it has in hand."""
    with a_stand("2026-11-23T10:00:00+05:00@1", tmp_path / "state", instances=2) as stand:
        seen = asyncio.run(updated(stand, tmp_path / "board.jsonl"))
        logs = {name: stand.children[name].log.read_text() for name in TWO_OF_EACH}
    assert seen.commands > ENOUGH, f"{seen.commands} commands are too few to show anything"
    assert seen.asked["again"] > 0, "no connection ever failed: nothing was tried"
    assert len(seen.shown) == len({*seen.shown}) == seen.called > 0
    for name, log in logs.items():
        said = [json.loads(line)["message"] for line in log.splitlines() if line.startswith("{")]
        assert "stopped" in said, f"{name} was cut off"
        assert "Traceback" not in log, f"{name}:\n{log}"


async def updated(stand: Stand, board: Path) -> Seen:
    """Restart all, one after the other, while people come and windows call."""
    network, over, hangs = TwoDoors(stand, Random(1)), asyncio.Event(), Board(board)
    async with httpx.AsyncClient(transport=network, timeout=30) as http:
        hall = Hall(http, stand.addresses, BRANCH)
        await until(f"all services know {BRANCH}", hall.is_known)
        shows = asyncio.create_task(hangs.watch(http, stand.addresses["notify"], BRANCH))
        lines = [await hall.service_for((skill,)) for _, skill in DESKS.values()]
        for service in lines * AHEAD:
            await hall.take_ticket(service)
        await until("dispatch knows all who wait", lambda: _wait(hall, AHEAD * len(lines)))
        kiosks = asyncio.gather(*(visitors(hall, service, over) for service in lines))
        windows = [works(hall, window, who, over) for window, (who, _) in DESKS.items()]
        served = asyncio.gather(*windows)
        for name in TWO_OF_EACH:
            await asyncio.to_thread(stand.restart, name)
        over.set()
        await kiosks
        called = sum(await served)
        await until("the board has them all", lambda: _shows(board, called), 30)
        await asyncio.sleep(SILENCE / 2)  # for one that would come twice
        shows.cancel()
        await asyncio.gather(shows, return_exceptions=True)
    return Seen(hall.commands, network.asked, called, _on_board(board))


async def visitors(hall: Hall, service: str, over: asyncio.Event) -> None:
    """Take tickets until it is over."""
    while not over.is_set():
        await hall.take_ticket(service)
        await asyncio.sleep(COMES_EVERY)


async def works(hall: Hall, window: str, operator: str, over: asyncio.Event) -> int:
    """Serve until it is over; return how many."""
    await hall.at_window(window, "open", {"operator": operator})
    served = 0
    while not over.is_set():
        assert await hall.serve(window), f"nobody waits for window {window}"
        served += 1
        await asyncio.sleep(SERVED_EVERY)
    return served


async def _wait(hall: Hall, people: int) -> bool:
    return await hall.waiting() == people


def _on_board(path: Path) -> list[str]:
    shown = [json.loads(line) for line in path.read_text().splitlines()]
    return [one["call"] for one in shown if one["live"] and not one["recall"]]


async def _shows(path: Path, calls: int) -> bool:
    return len({*_on_board(path)}) >= calls
