"""Live events on a real store: few connections, however many streams pages listen to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from services.chassis.live import Live
from services.chassis.redis import connect
from tests.stack import Store

MANY, FEW = 40, 3


class Page:
    """Listens to one stream."""

    def __init__(self, live: Live, key: str) -> None:
        self.open = False
        self.heard: list[str] = []
        self._task = asyncio.create_task(self._listen(live, key))

    async def _listen(self, live: Live, key: str) -> None:
        async def nothing() -> list[bytes]:
            self.open = True
            return []

        async def beat() -> bytes:
            return b""

        async for part in live.events(
            key,
            last=None,
            snapshot=nothing,
            wants=lambda _: True,
            tick=beat,
            every=timedelta(minutes=1),
        ):
            if b"data: " in part:
                self.heard.append(part.decode().split("data: ")[1].strip())

    async def close(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


@pytest.fixture
async def live(store: Store, redis: Redis) -> AsyncIterator[Live]:
    """On a client that never has more than FEW connections, and waits a second for one."""
    client = connect(store.url, connections=FEW, patience=1)
    yield Live(client)
    await client.aclose()


@pytest.fixture
async def pages(live: Live) -> AsyncIterator[list[Page]]:
    """One at each of many streams."""
    opened = [Page(live, stream) for stream in streams()]
    await until(lambda: all(page.open for page in opened))
    yield opened
    for page in opened:
        await page.close()


def streams() -> Iterator[str]:
    return (f"live:{n}" for n in range(MANY))


async def tell(redis: Redis, key: str, data: str) -> None:
    await redis.xadd(key, {"event": "change", "subject": "", "data": data})


async def until(condition, within: float = 10) -> None:
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.01)


async def test_pages_of_many_streams_share_few_connections(redis: Redis, pages: list[Page]):
    """Each hears what is told in its own stream, once and in order."""
    for n in range(3):
        for stream in streams():
            await tell(redis, stream, f"{stream} {n}")
    await until(lambda: all(len(page.heard) == 3 for page in pages))
    told = [[f"{stream} {n}" for n in range(3)] for stream in streams()]
    assert [page.heard for page in pages] == told


async def test_a_page_that_comes_later_hears_what_is_told_from_then_on(
    redis: Redis, live: Live, pages: list[Page]
):
    """Also one of a stream to which nobody listened yet, or nobody any more."""
    await pages[0].close()
    for stream in ("live:0", "live:new"):
        await tell(redis, stream, "before")
        late = Page(live, stream)
        await until(lambda late=late: late.open)
        await tell(redis, stream, "after")
        await until(lambda late=late: late.heard)
        assert late.heard == ["after"]
        await late.close()
