"""A read is shared: for a moment, by all who ask at once, and never when it failed."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import pytest

from services.chassis.fresh import Fresh


class Source:
    """Answers with the number of the read, when it is let; or fails."""

    def __init__(self) -> None:
        self.reads: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.fails: Exception | None = None
        self.now = 0.0

    async def read(self, key: str) -> str:
        self.reads.append(key)
        mine = f"{key}{len(self.reads)}"
        await self.open.wait()
        if self.fails is not None:
            raise self.fails
        return mine

    def fresh(self) -> Fresh[str]:
        return Fresh(self.read, timedelta(seconds=1), lambda: self.now)


async def begun(source: Source, reads: int) -> None:
    """So many reads are under way."""
    async with asyncio.timeout(5):
        while len(source.reads) < reads:
            await asyncio.sleep(0)


async def test_what_was_read_is_good_for_a_moment():
    """From when the read began; each key has its own."""
    source = Source()
    fresh = source.fresh()
    assert [await fresh.get("a"), await fresh.get("a"), await fresh.get("b")] == ["a1", "a1", "b2"]
    source.now = 0.99
    assert await fresh.get("a") == "a1"
    source.now = 1.0
    assert await fresh.get("a") == "a3"


async def test_a_value_is_as_old_as_the_beginning_of_its_read():
    """A slow read is no reason to believe it longer."""
    source = Source()
    source.open.clear()
    fresh = source.fresh()
    reader = asyncio.create_task(fresh.get("a"))
    await begun(source, 1)
    source.now = 0.9
    source.open.set()
    assert await reader == "a1"
    source.now = 1.0
    assert await fresh.get("a") == "a2"


async def test_all_who_ask_at_once_share_one_read():
    source = Source()
    source.open.clear()
    fresh = source.fresh()
    readers = [asyncio.create_task(fresh.get("a")) for _ in range(50)]
    await begun(source, 1)
    source.open.set()
    assert await asyncio.gather(*readers) == ["a1"] * 50
    assert source.reads == ["a"]


async def test_who_gives_up_does_not_stop_the_others():
    """The first who asked is not special."""
    source = Source()
    source.open.clear()
    fresh = source.fresh()
    first, second = (asyncio.create_task(fresh.get("a")) for _ in range(2))
    await begun(source, 1)
    first.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await first
    source.open.set()
    assert await second == "a1"
    assert await fresh.get("a") == "a1"


async def test_a_failure_is_told_to_all_who_wait_and_not_kept():
    source = Source()
    source.fails = LookupError("no such thing")
    fresh = source.fresh()
    both = await asyncio.gather(fresh.get("a"), fresh.get("a"), return_exceptions=True)
    assert both == [source.fails, source.fails]
    assert source.reads == ["a"]
    source.fails = None
    assert await fresh.get("a") == "a2"


@pytest.mark.parametrize("key", ["a", "unheard of"])
async def test_what_changed_is_read_anew(key: str):
    """To forget what was never read is no fault."""
    source = Source()
    fresh = source.fresh()
    await fresh.get("a")
    fresh.forget(key)
    assert await fresh.get("a") == ("a2" if key == "a" else "a1")


async def test_a_read_from_before_the_change_is_not_kept():
    """Who asked before may get the old value; who asks afterwards never does."""
    source = Source()
    source.open.clear()
    fresh = source.fresh()
    before = asyncio.create_task(fresh.get("a"))
    await begun(source, 1)
    fresh.forget("a")
    after = asyncio.create_task(fresh.get("a"))
    await begun(source, 2)
    source.open.set()
    assert [await before, await after] == ["a1", "a2"]
    assert await fresh.get("a") == "a2"
    assert len(source.reads) == 2


async def test_what_somebody_else_has_just_read_is_used():
    """And only for a moment, as if it had been read here."""
    source = Source()
    fresh = source.fresh()
    fresh.keep("a", "theirs")
    assert await fresh.get("a") == "theirs"
    source.now = 1
    assert await fresh.get("a") == "a1"
