"""The load: a process of its own, told its job as JSON on stdin, that answers in JSON lines.

Lines of work done, ``{"done": 12}``, then ``{"result": …}``.
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import sys
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import uvloop

from tests.bench.loading import say
from tests.bench.wire import Answer, Page, Server

SETTLING = 1.0
"""Seconds at the start of an open-loop run that do not count."""

LATEST = 10.0
"""Seconds that a board is waited for after the last click."""

OPENERS = 4
"""Windows that are brought to rest at once."""


def main() -> None:
    job = json.loads(sys.stdin.readline())
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    result = uvloop.run(_JOBS[job["job"]](Branch.of(job), job))
    say({"result": result | {"cpu": time.process_time()}})


@dataclass(frozen=True, slots=True)
class Branch:
    """Where the load goes."""

    code: str
    ticketing: Server
    dispatch: Server
    notify: str  # address

    @classmethod
    def of(cls, job: dict[str, Any]) -> Branch:
        to = job["addresses"]
        ticketing, dispatch = Server(to["ticketing"]), Server(to["dispatch"])
        return cls(job["branch"], ticketing, dispatch, to["notify"])

    async def issue(self, service: str) -> Answer:
        return await self.ticketing.post(f"/v1/branches/{self.code}/tickets", {"service": service})

    async def ask(self, window: str, command: str, body: object = None) -> Answer:
        path = f"/v1/branches/{self.code}/windows/{window}/{command}"
        return await self.dispatch.post(path, body)


async def issue(branch: Branch, job: dict[str, Any]) -> dict[str, Any]:
    """Issue so many tickets."""
    wanted = deque(_services(job, job["tickets"]))

    async def client() -> None:
        while wanted:
            answer = await branch.issue(wanted.popleft())
            assert answer.status == 201, answer
            say({"done": 1})

    await asyncio.gather(*(client() for _ in range(job["clients"])))
    return {}


async def rest(branch: Branch, job: dict[str, Any]) -> dict[str, Any]:
    """Bring windows to where an operator may click "next", whatever they did before."""
    answer = await branch.dispatch.get(f"/v1/branches/{branch.code}/windows")
    states = {w["window"]: w["state"] for w in json.loads(answer.body)["windows"]}
    wanted = deque(job["operators"].items())
    needs = {"closed": ("open",), "calling": ("start", "finish"), "serving": ("finish",)}

    async def client() -> None:
        while wanted:
            window, operator = wanted.popleft()
            for command in needs.get(states[window], ()):
                body = {"operator": operator} if command == "open" else None
                answer = await branch.ask(window, command, body)
                assert answer.status == 200, answer
            say({"done": 1})

    await asyncio.gather(*(client() for _ in range(OPENERS)))
    return {}


async def tickets(branch: Branch, job: dict[str, Any]) -> dict[str, Any]:
    """Closed loop: each client takes a ticket as soon as it has the one before."""
    services = _services(job, 1000)

    async def once(client: int, n: int) -> Answer:
        return await branch.issue(services[(client * 100 + n) % len(services)])

    return await _closed_loop(job, once)


async def calls(branch: Branch, job: dict[str, Any]) -> dict[str, Any]:
    """Closed loop: each client calls, starts and finishes at its window without a pause."""
    windows = list(job["operators"])

    async def once(client: int, _: int) -> Answer:
        answer = await branch.ask(windows[client], "next")
        if answer.status == 200:
            await branch.ask(windows[client], "start")
            await branch.ask(windows[client], "finish")
        return answer

    return await _closed_loop(job, once)


async def _closed_loop(
    job: dict[str, Any], once: Callable[[int, int], Awaitable[Answer]]
) -> dict[str, Any]:
    begun = time.perf_counter()
    until, times, refused = begun + job["seconds"], [], Counter[int]()

    async def client(number: int) -> None:
        n, now = 0, time.perf_counter()
        while now < until:
            answer = await once(number, n)
            before, now, n = now, time.perf_counter(), n + 1
            if answer.status in {200, 201}:
                times.append(answer.at - before)
            else:
                refused[answer.status] += 1
                if answer.status == 204:
                    return  # the window waits for an arrival now

    async def beat() -> None:
        while time.perf_counter() < until:
            await asyncio.sleep(0.25)
            say({"done": 0.25})

    await asyncio.gather(beat(), *(client(n) for n in range(job["clients"])))
    took = time.perf_counter() - begun
    return {"count": len(times), "seconds": took, "times": times, "refused": refused}


@dataclass
class Seen:
    """What became of the clicks of one run."""

    clicks: dict[str, tuple[float, float]] = field(default_factory=dict)  # number: sent, answered
    shown: dict[str, float] = field(default_factory=dict)  # number: at the board
    late: list[float] = field(default_factory=list)  # of this process itself
    refused: Counter[int] = field(default_factory=Counter)

    def hear(self, name: str, data: bytes, at: float) -> None:
        if name == "call":
            self.shown.setdefault(json.loads(data)["number"], at)


async def clicks(branch: Branch, job: dict[str, Any]) -> dict[str, Any]:
    """Open loop: clicks "next" come at a given rate, whatever was answered before.

    They come at random, as those of people who know nothing of each other. A click goes to the
    window that has been free longest; while there is none the operators are busy, and it waits.
    """
    seen, chance = Seen(), random.Random(job["seed"])
    path = f"/v1/branches/{branch.code}/board/events"
    board = await Page.open(branch.notify, path, seen.hear)
    free: asyncio.Queue[tuple[str, float]] = asyncio.Queue()
    for window in job["operators"]:
        free.put_nowait((window, 0.0))
    hold = len(job["operators"]) / job["rate"] / 3  # called, served and idle take a third each

    async def visit(window: str, due: float) -> None:
        sent = time.perf_counter()
        seen.late.append(sent - due)
        answer = await branch.ask(window, "next")
        if answer.status == 200:
            seen.clicks[json.loads(answer.body)["ticket"]["number"]] = (sent, answer.at)
            for command in ("start", "finish"):
                await asyncio.sleep(hold)
                answer = await branch.ask(window, command)
        if answer.status == 200:
            free.put_nowait((window, answer.at))
        else:
            seen.refused[answer.status] += 1

    visits = []
    begun = due = time.perf_counter()
    while time.perf_counter() < begun + job["seconds"] + SETTLING:
        due += chance.expovariate(job["rate"])
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        try:
            window, since = await asyncio.wait_for(free.get(), LATEST)
        except TimeoutError:
            break  # every window waits for an arrival
        visits.append(asyncio.create_task(visit(window, max(due, since))))
        say({"done": 1})
    took = time.perf_counter() - begun
    await asyncio.gather(*visits)
    await _until_shown(seen, board)
    return _told(seen, begun + SETTLING, took - SETTLING)


async def _until_shown(seen: Seen, board: Page) -> None:
    until = time.perf_counter() + LATEST
    while seen.clicks.keys() - seen.shown.keys() and time.perf_counter() < until:
        await asyncio.sleep(0.05)
    assert not board.gone.is_set(), "the board was cut off"


def _told(seen: Seen, counts_from: float, seconds: float) -> dict[str, Any]:
    counted = {n: times for n, times in seen.clicks.items() if times[0] >= counts_from}
    return {
        "seconds": seconds,
        "count": len(counted),
        "clicks": [answered - sent for sent, answered in counted.values()],
        "boards": [seen.shown[n] - sent for n, (sent, _) in counted.items() if n in seen.shown],
        "late": seen.late,
        "refused": seen.refused,
    }


def _services(job: dict[str, Any], count: int) -> list[str]:
    mix = job["mix"]
    return random.Random(job["seed"]).choices(list(mix), list(mix.values()), k=count)


_JOBS = {"issue": issue, "rest": rest, "tickets": tickets, "calls": calls, "clicks": clicks}

if __name__ == "__main__":
    main()
