"""A rebuild that is broken off leaves no service that takes half a store for a whole one."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from services.chassis.rebuild import CannotRebuild, Log, Rebuilding, rebuild
from services.dispatch.rebuild import LEFT
from tests.service.dispatch_server import dispatch
from tests.stack import Store

HALF = "dispatch:{s00}:BR-T:tickets"


class PlugPulled(Exception):
    pass


async def is_half_made(log: Log) -> None:
    await log.redis.hset(HALF, "a ticket", "{}")
    raise PlugPulled


async def makes_nothing(_: Log) -> None:
    pass


@pytest.fixture
async def broken_off(redis: Redis) -> Redis:
    """The plug was pulled in the middle."""
    with pytest.raises(PlugPulled):
        await rebuild("dispatch", redis, [], Rebuilding(is_half_made, LEFT))
    return redis


async def test_its_service_is_not_ready_and_says_the_mend(store: Store, broken_off: Redis) -> None:
    async with dispatch(store, broken_off) as api:
        answer = await api.client.get("/health/ready")
    assert answer.status_code == 503
    assert "talon rebuild dispatch" in answer.text


async def test_it_can_be_run_again_and_begins_anew(broken_off: Redis) -> None:
    """Without a word of force: what is there is our own half."""
    await rebuild("dispatch", broken_off, [], Rebuilding(makes_nothing, LEFT))
    assert not await broken_off.exists(HALF)


async def test_a_full_store_is_left_alone_unless_it_is_to_be_replaced(redis: Redis) -> None:
    """Phones and answers stay even then."""
    await redis.hset(HALF, "a ticket", "{}")
    await redis.set("dispatch:{s00}:BR-T:answer:1", "kept")
    with pytest.raises(CannotRebuild, match="--replace"):
        await rebuild("dispatch", redis, [], Rebuilding(makes_nothing, LEFT))
    assert await redis.exists(HALF)
    await rebuild("dispatch", redis, [], Rebuilding(makes_nothing, LEFT), replace=True)
    assert [key async for key in redis.scan_iter()] == ["dispatch:{s00}:BR-T:answer:1"]
