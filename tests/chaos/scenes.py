"""Short scenes, each with one fault at the moment in which a guarantee is needed.

A sound build comes out of each without a fault. A build that lacks the guarantee does not.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final, Protocol

import httpx
from redis.asyncio import Redis

from services.chassis.clock import Clock
from services.demo.api import Api
from services.demo.journal import Journal
from services.embedded.ports import Ports
from tests.chaos.checker import stores
from tests.chaos.checker.evidence import Evidence, gather, rest
from tests.chaos.clicks import ClickNetwork
from tests.chaos.day import BRANCH, place_of
from tests.chaos.faults import STORE, wire
from tests.chaos.stand import Stand
from tests.system.hall import until

SERVICE: Final = "B01"
AT_REST_WITHIN: Final = 25.0  # seconds; a broken build may never come to rest
NOTICED: Final = 1.5  # seconds in which a reader takes what is in Kafka
LEASE: Final = 3.0  # seconds, of a relay


@dataclass
class Scene:
    """A kiosk before a stand."""

    stand: Stand
    api: Api
    network: ClickNetwork
    redis: Redis

    async def take(self, tickets: int, *, pause: float = 0.0) -> None:
        for n in range(tickets):
            await self.api.take_ticket(BRANCH, f"visitor {n}", SERVICE, "ordinary")
            await asyncio.sleep(pause)

    async def all_sent(self) -> bool:
        return await stores.is_sent(self.redis, "ticketing")


class Play(Protocol):
    """What happens in a scene."""

    __name__: str

    def __call__(self, scene: Scene) -> Awaitable[None]: ...


async def answers_get_lost(scene: Scene) -> None:
    """The visitor presses again: the same ticket comes, not another one."""
    await scene.take(20)


async def a_relay_oversleeps(scene: Scene) -> None:
    """Stopped with a batch on its way, it comes back when another one has gone on."""
    stand = scene.stand
    second = await asyncio.to_thread(stand.add_second, "ticketing", Ports.free().ticketing)
    await until("the second ticketing is up", lambda: _is_up(scene, second))
    stand.wires.slow(wire("ticketing", "kafka"), 0.6)  # a batch takes more than a second
    await scene.take(20, pause=0.1)
    stand.pause("ticketing")
    scene.api.addresses = {**stand.addresses, "ticketing": second}
    await scene.take(5, pause=0.1)
    await until("the second relay has gone on", scene.all_sent, 4 * LEASE)
    stand.resume("ticketing")
    stand.wires.mend(wire("ticketing", "kafka"))
    await asyncio.sleep(NOTICED)


async def a_reader_dies_before_it_applies(scene: Scene) -> None:
    """Killed with records in hand, while its store does not answer: they come again."""
    stand = scene.stand
    await scene.take(3)
    stand.wires.silence(wire("dispatch", STORE))
    await scene.take(5)
    await until("the tickets are in Kafka", scene.all_sent)
    await asyncio.sleep(NOTICED)
    await asyncio.to_thread(stand.kill, "dispatch")
    stand.wires.mend(wire("dispatch", STORE))
    await asyncio.to_thread(stand.restart, "dispatch")


async def a_kiosk_works(scene: Scene) -> None:
    """No fault is needed where entries are dropped anyway."""
    await scene.take(10)


async def play(stand: Stand, folder: Path, scene: Play, *, lost: float = 0.0) -> Evidence:
    """Play *scene* on *stand*; return what is left when it is over."""
    place = place_of(stand, folder)
    place.board.touch()  # nobody is called in a scene, and nobody looks
    async with _on(stand, folder, lost, scene.__name__) as stage:
        await scene(stage)
    await rest(place, AT_REST_WITHIN)
    return await gather(place, BRANCH, is_over=False)


@contextlib.asynccontextmanager
async def _on(stand: Stand, folder: Path, lost: float, run: str) -> AsyncIterator[Scene]:
    place, dice = place_of(stand, folder), Random(1)
    network = ClickNetwork(place.clicks, dice, lost)
    with Journal(place.journal) as notes:
        async with (
            httpx.AsyncClient(transport=network, timeout=10) as http,
            Redis.from_url(stand.redis, decode_responses=True) as redis,
        ):
            api = Api(http, stand.addresses, Clock.parse(stand.clock), notes, dice, run)
            yield Scene(stand, api, network, redis)


async def _is_up(scene: Scene, address: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return (await scene.api.http.get(f"{address}/health/ready")).is_success
    return False
