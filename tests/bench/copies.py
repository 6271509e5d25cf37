"""What it costs that a ticket is on disk, and on a replica, before it is answered."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

from services.chassis.redis import Redis, connect
from services.ticketing.domain.hours import door
from services.ticketing.domain.visits import Visit
from services.ticketing.store.tickets import Tickets
from tests.cluster.servers import Servers, a_cluster, a_watched_master, alone
from tests.unit.ticketing.builders import a_branch, at

CLIENTS: Final = (1, 16)
TURNS: Final = 5  # the ways take turns: noise hits all
BRANCHES: Final = [a_branch(code=f"T-{n:03}") for n in range(48)]  # of every shard
NOON: Final = at("12:00")


@dataclass(frozen=True, slots=True)
class Way:
    """How a store keeps what it is given."""

    servers: str
    fsync: str
    copies: int


@dataclass
class Written:
    """Tickets issued one way by so many clients, each of which asks again once it is answered."""

    way: Way
    clients: int
    took: float = 0.0  # seconds, all turns
    times: list[float] = field(default_factory=list)  # seconds, of each ticket


WAYS: Final = [
    Way(servers, fsync, copies)
    for servers, most in (("one", 0), ("sentinel", 1), ("cluster", 1))
    for fsync in ("everysec", "always")
    for copies in range(most + 1)
]


def run(seconds: float, progress: Callable[[int], None]) -> list[Written]:
    """Measure each way for *seconds* with each number of clients."""
    with _stores() as stores:
        seen = [Written(way, clients) for clients in CLIENTS for way in WAYS]
        for _ in range(TURNS):
            for one in seen:
                servers = stores[one.way.servers]
                for server in servers.all:
                    server.ask("CONFIG", "SET", "appendfsync", one.way.fsync)
                asyncio.run(_issue(servers.url, one, seconds / TURNS))
                progress(1)
    return seen


def work() -> int:
    """How much `run` will report as progress."""
    return TURNS * len(WAYS) * len(CLIENTS)


@contextlib.contextmanager
def _stores() -> Iterator[dict[str, Servers]]:
    with alone() as one, a_watched_master() as watched, a_cluster(replicas=1) as cluster:
        yield {"one": one, "sentinel": watched, "cluster": cluster}


async def _issue(url: str, seen: Written, seconds: float) -> None:
    redis = connect(url, copies=seen.way.copies)
    try:
        for client in range(seen.clients):  # connections and scripts
            await _one(redis, client)
        begun = time.perf_counter()
        end = begun + seconds
        asking = (_client(redis, n, seen.times, end) for n in range(seen.clients))
        await asyncio.gather(*asking)
        seen.took += time.perf_counter() - begun
    finally:
        await redis.aclose()


async def _client(redis: Redis, n: int, times: list[float], end: float) -> None:
    while (begun := time.perf_counter()) < end:
        n += 1
        await _one(redis, n)
        times.append(time.perf_counter() - begun)


async def _one(redis: Redis, n: int) -> None:
    branch, name = BRANCHES[n % len(BRANCHES)], uuid4().hex[:20]
    await Tickets(redis).issue(
        f"{branch.code}-{name}",
        branch,
        Visit(branch.service("B01")),
        door(branch.week, NOON),
        command=name,
        now=NOON,
    )
