"""What stands in the stores, read key by key: tickets, stories heard, outboxes, phones."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.topics import CALLS, TICKETS

SERVICES: Final = ("ticketing", "dispatch", "notify")
FOLLOWED: Final = (TICKETS, CALLS)
"""Topics whose every event counts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it stands in the outbox of its source."""

    service: str
    id: str
    fields: Mapping[str, str]

    @property
    def topic(self) -> str:
        return self.fields["topic"]


@dataclass(frozen=True, slots=True, repr=False)
class Stores:
    """All that the three services keep of a branch."""

    states: Mapping[str, Mapping[str, str]]  # service -> ticket -> state
    heard: Mapping[tuple[str, str], str]  # reader, topic -> id of the newest event
    outbox: Sequence[Entry]
    queued: int  # messages on their way
    on_phones: Counter[tuple[str, str, str]]  # phone, number, kind


async def dump(redis: Any, branch: str) -> Stores:
    """Everything about *branch*."""
    return Stores(
        states={
            "ticketing": await _hashes(redis, "ticketing", branch),
            "dispatch": await _records(redis, branch),
            "notify": await _hashes(redis, "notify", branch),
        },
        heard={
            (reader, topic.name): await redis.get(key) or "0-0"
            for topic in FOLLOWED
            for reader in topic.consumers
            async for key in redis.scan_iter(f"{reader}:*:{branch}:heard:{topic.name}")
        },
        outbox=[
            Entry(service, id, fields)
            for service in SERVICES
            async for key in redis.scan_iter(f"{service}:*:outbox")
            for id, fields in await redis.xrange(key)
            if fields["partitionkey"] == branch
        ],
        queued=await _queued(redis),
        on_phones=await _phones(redis),
    )


async def is_at_rest(redis: Any) -> bool:
    """Whether all that was told is in Kafka and was heard, and no message is on its way."""
    if not all([await is_sent(redis, service) for service in SERVICES]):
        return False
    for topic in FOLLOWED:
        (teller,) = topic.producers
        async for key in redis.scan_iter(f"{teller}:*:told"):
            told = await redis.hget(key, topic.name)
            of_branch = key.split(":", 1)[1].removesuffix("told")
            for reader in topic.consumers:
                if told != await redis.get(f"{reader}:{of_branch}heard:{topic.name}"):
                    return False
    return not await _queued(redis)


async def is_sent(redis: Any, service: str) -> bool:
    """Whether all that *service* told is in Kafka."""
    async for key in redis.scan_iter(f"{service}:*:outbox"):
        newest = await redis.xrevrange(key, count=1)
        sent = await redis.hget(key.replace(":outbox", ":relayed"), "id")
        if newest and newest[0][0] != sent:
            return False
    return True


async def _hashes(redis: Any, service: str, branch: str) -> dict[str, str]:
    found = {}
    async for key in redis.scan_iter(f"{service}:*:{branch}:ticket:*", count=500):
        state = await redis.hget(key, "state")
        found[key.rpartition(":")[2]] = state or "without a state"
    return found


async def _records(redis: Any, branch: str) -> dict[str, str]:
    found: dict[str, str] = {}
    async for key in redis.scan_iter(f"dispatch:*:{branch}:tickets", count=500):
        kept: Mapping[str, str] = await redis.hgetall(key)
        found |= {ticket: json.loads(text)["state"] for ticket, text in kept.items()}
    return found


async def _queued(redis: Any) -> int:
    return sum([await redis.zcard(key) async for key in redis.scan_iter("notify:*:queue")])


async def _phones(redis: Any) -> Counter[tuple[str, str, str]]:
    shown: Mapping[str, str] = await redis.hgetall("notify:{phones}:messages")
    told: list[dict[str, Any]] = [json.loads(text) for text in shown.values()]
    return Counter((one["phone"], one["ticket_number"], one["kind"]) for one in told)
