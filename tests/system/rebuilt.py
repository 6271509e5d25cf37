"""All stores lost and made again from Kafka, compared key by key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.chassis.rebuild import rebuild
from services.chassis.redis import Redis, connect
from services.embedded.options import SERVICES, Options
from services.embedded.stack import Stack
from services.ops.dump import dump
from services.ops.still import service_of

Dumps = dict[str, dict[str, Any]]
"""Service -> key -> what it holds."""


async def dumps(options: Options) -> Dumps:
    """What each service holds, as far as Kafka tells of it."""
    found = {}
    for name in SERVICES:
        service = service_of(name, options)
        found[name] = await dump(service.redis, name, service.rebuilding.left)
        await service.redis.aclose()
    return found


def differences(was: Dumps, now: Dumps) -> Iterator[str]:
    for name in SERVICES:
        for key in sorted(was[name].keys() | now[name].keys()):
            before, after = was[name].get(key), now[name].get(key)
            if before != after:
                yield f"{key}: was {before}, is {after}"


async def lose_all_but_phones(redis: Redis) -> None:
    """The phones of the simulator are other people's, not ours."""
    async for key in redis.scan_iter(count=1000):
        if not str(key).startswith("notify:{phones}"):
            await redis.delete(key)


async def otherwise_after_a_loss(stack: Stack) -> list[str]:
    """What differs in the stores of *stack*, whose services are down, once they are made again."""
    was = await dumps(stack.options)
    redis = connect(stack.redis)
    await lose_all_but_phones(redis)
    await redis.aclose()
    for name in SERVICES:
        service = service_of(name, stack.options)
        await rebuild(name, service.redis, service.settings.kafka, service.rebuilding)
        await service.redis.aclose()
    return [*differences(was, await dumps(stack.options))]
