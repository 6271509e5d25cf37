"""Connections to a store that are fewer than those who want one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.exceptions import ConnectionError as Disconnected

from services.chassis.pool import FairPool
from tests.cluster.servers import alone


@pytest.fixture
async def pool() -> AsyncIterator[FairPool]:
    """One connection for all, to a server of its own: a cluster has no such pool."""
    with alone() as servers:
        pool = FairPool.from_url(servers.url, max_connections=1, timeout=0.3)
        yield pool
        await pool.aclose()


async def test_who_waits_is_served_before_who_comes_later(pool: FairPool) -> None:
    """Also before one who asks at the very moment at which a connection comes free."""
    served: list[str] = []

    async def serve(who: str) -> None:
        connection = await pool.get_connection()
        served.append(who)
        await pool.release(connection)

    taken = await pool.get_connection()
    first = asyncio.create_task(serve("first"))
    await asyncio.sleep(0)  # it waits now
    await pool.release(taken)
    await serve("late")
    await first
    assert served == ["first", "late"]


async def test_who_waits_too_long_is_refused_and_takes_nobodys_turn(pool: FairPool) -> None:
    taken = await pool.get_connection()
    with pytest.raises(Disconnected, match="came free"):
        await pool.get_connection()
    await pool.release(taken)
    await pool.release(await pool.get_connection())


async def test_a_server_that_is_away_takes_no_turn() -> None:
    """Who could not connect leaves the place to the next one."""
    pool = FairPool.from_url("redis://127.0.0.1:1/0", max_connections=1, timeout=0.3)
    for _ in range(2):
        with pytest.raises(Disconnected, match=r"127\.0\.0\.1"):
            await pool.get_connection()
    await pool.aclose()
