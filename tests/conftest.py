"""Fixtures of all tests: a real store, a real broker, a whole Talon."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from tests.stack import Store, a_store


@pytest.fixture(scope="session")
def store() -> Iterator[Store]:
    """A real Valkey or Redis, empty at first."""
    with a_store() as store:
        yield store


@pytest.fixture
async def redis(store: Store) -> AsyncIterator[Redis]:
    """A client of an empty store."""
    client = Redis.from_url(store.url, decode_responses=True)
    await client.flushall()
    yield client
    await client.aclose()
