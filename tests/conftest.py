"""Fixtures of all tests: a real store, a real broker, a whole Talon."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import hypothesis
import pytest
from redis.asyncio import Redis

from services.chassis.redis import connect
from services.embedded.stack import Stack
from tests.stack import Store, a_broker, a_store, a_talon, origin

# A slow machine is no failure.
hypothesis.settings.register_profile("talon", deadline=None)
hypothesis.settings.load_profile("talon")

MONDAY_MORNING = "2026-11-23T10:00:00+05:00@1"


def pytest_report_header() -> list[str]:
    return [
        f"store: {origin('TALON_TEST_REDIS')}",
        f"broker: {origin('TALON_TEST_KAFKA')}",
    ]


@pytest.fixture(scope="session")
def store() -> Iterator[Store]:
    """A real Valkey or Redis."""
    with a_store() as store:
        yield store


@pytest.fixture
async def redis(store: Store) -> AsyncIterator[Redis]:
    """A client of an empty store."""
    client = connect(store.url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """The address of a real Apache Kafka."""
    with a_broker() as address:
        yield address


@pytest.fixture(scope="session")
def talon() -> Iterator[Stack]:
    """A whole Talon with the branch BR-D, on a Monday morning; its services are processes."""
    with a_talon(MONDAY_MORNING) as stack:
        yield stack
