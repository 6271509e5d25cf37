"""From the outbox to Kafka: in order, at least once, one active relay per shard.

Each shard has a lease, held by a random token and fenced where it matters: a relay that lost
its lease cannot move the checkpoint. What it may still publish are repeats, which every
consumer knows by their ids. When Kafka is away the outbox grows and the relay waits.

A relay remembers what it read. If the outbox does not have it any more, the store went back in
time, as after the failover to a replica that was behind: that alarms. Where a change counts only
when replicas have it, nothing is told before they do, for nothing told may be forgotten.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from contracts import envelope
from services.chassis import shards
from services.chassis.clock import real_now
from services.chassis.jobs import Job
from services.chassis.leases import HOLD, RELEASE
from services.chassis.lua import LuaScript, Step, together
from services.chassis.moments import from_ms, rfc3339, span_ms
from services.chassis.publish import Partition, Placed
from services.chassis.redis import Entry, Redis, only_stream, told_between
from services.chassis.tails import Acknowledged, fields
from services.chassis.telemetry import OUTBOX_OLDEST, OUTBOX_UNSENT, RELAYED, STORE_FORGOT, reason

log = logging.getLogger(__name__)

Publish = Callable[[Sequence[Entry]], Awaitable[Mapping[Partition, Placed]]]
"""Bring entries to Kafka in their order; says where they lie when all are acknowledged."""

_HERE = Path(__file__).parent
_HAS = LuaScript(_HERE / "has_event.lua")
_ADVANCE = LuaScript(_HERE / "advance_relay.lua")

LEASE = timedelta(seconds=3)
KEPT = timedelta(hours=26)
"""How long told events stay in the outbox: a whole day, so that any gap of it can be told again."""

MEMO = "memo"
"""The field of an entry, and the header of its record, that is for the source alone: what a lost
store is rebuilt from.
"""

BATCH = 500
_BLOCK = timedelta(seconds=1)  # shorter than the lease, which each turn renews
_LONGEST_PAUSE = timedelta(seconds=2)


class LostLease(Exception):
    """Another relay works on this shard."""


class Forgotten(Exception):
    """The outbox has not what was read from it: a server that is no master any more had it."""


class Relay:
    """Moves all outboxes of one service that no other instance works on."""

    def __init__(
        self, redis: Redis, service: str, publish: Publish, acknowledged: Acknowledged
    ) -> None:
        self._redis = redis
        self._service = service
        self._publish = publish
        self._acknowledged = acknowledged
        self._token = uuid4().hex
        self._read: dict[str, str] = {}  # shard -> newest event that the store must still have

    def jobs(self) -> dict[str, Job]:
        """A job for each shard."""
        return {
            f"relay {shard}": functools.partial(self._work_on, shard)
            for shard in shards.all_shards()
        }

    async def release(self) -> None:
        """Let another relay take over at once."""
        for shard in shards.all_shards():
            await RELEASE(self._redis, lease=shards.lease(self._service, shard), token=self._token)

    async def _work_on(self, shard: str) -> None:
        pause = timedelta(milliseconds=50)
        while True:
            try:
                at = await self._hold(shard)
                await self._acknowledged.look()
                while True:
                    at = await self._move(shard, at)
                    pause = timedelta(milliseconds=50)
            except LostLease:
                await asyncio.sleep(_BLOCK.total_seconds())
            except Exception as error:  # noqa: BLE001  # Kafka or the store is away: the outbox waits
                log.warning("outbox waits", extra={"shard": shard, "reason": reason(error)})
                await asyncio.sleep(pause.total_seconds() * random.uniform(0.5, 1))  # noqa: S311
                pause = min(2 * pause, _LONGEST_PAUSE)

    async def _hold(self, shard: str, read: str = "") -> str:
        """Keep the lease; return the checkpoint. *read* is an event that may not count yet."""
        hold = HOLD.step(
            self._redis,
            lease=shards.lease(self._service, shard),
            checkpoint=shards.checkpoint(self._service, shard),
            token=self._token,
            ttl=span_ms(LEASE),
        )
        known = read or self._read.get(shard)
        held, *looked = await together([hold, *self._look(shard, known)])
        if looked == [["forgotten"]]:
            if not read:
                self._alarm(shard)
            raise Forgotten(known)
        match held:
            case ["held", str(at)]:
                return at
            case ["taken"]:
                self._read.pop(shard, None)
                raise LostLease
        raise held

    def _look(self, shard: str, id: str | None) -> list[Step[Any]]:
        outbox = shards.outbox(self._service, shard)
        return [_HAS.step(self._redis, outbox=outbox, id=id)] if id else []

    def _alarm(self, shard: str) -> None:
        STORE_FORGOT.inc()
        lost = {"shard": shard, "event": self._read.pop(shard)}
        log.error("the store forgot what was told: it went back in time", extra=lost)

    async def _move(self, shard: str, at: str) -> str:
        """Publish what was told after *at*; return the newest id that is in Kafka."""
        outbox = shards.outbox(self._service, shard)
        found = await self._redis.xread({outbox: at}, count=BATCH, block=span_ms(_BLOCK))
        if not found:
            return await self._hold(shard)
        entries: list[Entry] = only_stream(found)
        newest = entries[-1][0]
        if self._redis.copies:
            await self._hold(shard, newest)  # returns when the replicas have it
        self._read[shard] = newest
        tails = self._acknowledged.tails
        places = await self._publish(entries)
        await self._acknowledged.compare(tails, places)
        match await _ADVANCE(
            self._redis,
            lease=shards.lease(self._service, shard),
            checkpoint=shards.checkpoint(self._service, shard),
            outbox=outbox,
            token=self._token,
            ttl=span_ms(LEASE),
            before=at,
            id=newest,
            count=len(entries),
            keep=span_ms(KEPT),
            places=fields(places),
        ):
            case ["held"]:
                for _, entry in entries:
                    RELAYED.labels(entry["topic"]).inc()
                return newest
            case _:
                raise LostLease

    async def measure(self) -> None:
        """Set the metrics of the outbox, whoever works on it, and learn where its newest lie."""
        await self._acknowledged.look()
        unsent, oldest = 0, 0.0
        for shard in shards.all_shards():
            outbox = shards.outbox(self._service, shard)
            relayed = shards.checkpoint(self._service, shard)
            id, sent = map(str, [v or 0 for v in await self._redis.hmget(relayed, ["id", "sent"])])
            first = await told_between(self._redis, outbox, f"({id}", count=1)
            if not first:
                continue
            stream = await self._redis.xinfo_stream(outbox)
            if not self._redis.copies:
                self._read[shard] = str(stream["last-generated-id"])
            unsent += max(int(stream["entries-added"]) - int(sent), 1)
            oldest = max(oldest, (real_now() - told_at(first[0][0])).total_seconds())
        OUTBOX_UNSENT.set(unsent)
        OUTBOX_OLDEST.set(oldest)


def record(service: str, entry: Entry) -> tuple[str, bytes, bytes, Mapping[str, str]]:
    """An outbox entry as Kafka takes it: topic, key, value, headers."""
    id, told = entry
    memo = {MEMO: told[MEMO]} if told.get(MEMO) else {}
    headers = envelope.headers(
        id=id,
        source=f"/talon/{service}",
        type=told["type"],
        time=rfc3339(from_ms(told["time"])),
        subject=told["subject"],
        partitionkey=told["partitionkey"],
        previous=told["previous"],
    )
    return told["topic"], told["partitionkey"].encode(), told["data"].encode(), headers | memo


def told_at(id: str) -> datetime:
    """The real moment at which an event was told."""
    return from_ms(id.partition("-")[0])
