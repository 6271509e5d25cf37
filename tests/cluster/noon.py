"""A ticketing at noon, whole, on a store of several servers, and how its masters come and go."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from uuid import uuid4

from services.chassis.topics import create_topics
from services.ticketing.store.keys import Keys
from tests.cluster.kiosks import Kiosks, open_branches
from tests.cluster.servers import Server, Servers, until
from tests.service.ticketing_server import ticketing

NOON = "23T12:00:00"


@contextlib.asynccontextmanager
async def at_noon(servers: Servers, kafka: str, copies: int) -> AsyncIterator[Kiosks]:
    """Kiosks in two branches, of different masters if there are several."""
    await create_topics([kafka])
    here, there = await asyncio.to_thread(_two_branches, servers)
    async with ticketing(servers.url, NOON, kafka, copies) as api:
        yield await open_branches(api, here, there)


def _two_branches(servers: Servers) -> tuple[str, str]:
    """Codes that no other test uses."""
    here = f"T-{uuid4().hex[:6].upper()}"
    master, masters = servers.master_of(Keys(here).outbox), len(servers.masters())
    while True:
        there = f"T-{uuid4().hex[:6].upper()}"
        if masters == 1 or servers.master_of(Keys(there).outbox) is not master:
            return here, there


async def master_of(servers: Servers, branch: str) -> Server:
    return await asyncio.to_thread(servers.master_of, Keys(branch).outbox)


async def replaced(servers: Servers, branch: str, old: Server) -> Server:
    """Wait until another server is the master of *branch*."""

    def another() -> list[Server]:
        return [one for one in servers.all if one is not old and one.serves(Keys(branch).outbox)]

    found: list[Server] = await asyncio.to_thread(until, "a replica takes over", another)
    return found[0]


async def follows(server: Server) -> None:
    """Wait until *server* is a replica of somebody."""

    def humble() -> bool:
        told = server.info("replication")
        return told["role"] == "slave" and told["master_link_status"] == "up"

    await asyncio.to_thread(until, "the old master follows the new one", humble)
