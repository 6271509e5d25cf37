"""Whether Kafka still has what it acknowledged; if not, the whole outbox is told again.

A disk is replaced by an older copy, a topic is created anew, a broker that was alone loses power:
the log ends earlier than it did. Offsets only grow, so an event that comes to lie no further than
an earlier one betrays that; so does a log that ends too early, or has another event there. All
relays of a service note the newest place of each partition with their checkpoints. Everything is
told again, not only what is missing: so it is in order for whoever reads the log anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypeAlias

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaConnectionError, KafkaError

from contracts.envelope import attributes
from contracts.topics import TOPICS
from services.chassis import jobs, shards
from services.chassis.knock import any_reachable
from services.chassis.lua import LuaScript
from services.chassis.publish import Partition, Placed
from services.chassis.redis import AWAY, Redis
from services.chassis.telemetry import LOG_LOST
from services.chassis.topics import partitions

log = logging.getLogger(__name__)

_TELL_AGAIN = LuaScript(Path(__file__).with_name("tell_again.lua"))

EVERY = timedelta(minutes=1)
_SOON = timedelta(seconds=5)  # after Kafka was away, or a first suspicion
_PATIENCE = timedelta(seconds=15)  # a client waits for ever for a topic that is gone
_COMPACTED = frozenset(topic.name for topic in TOPICS if topic.kept is None)
_MARK = "at:"
_MEND = "runbook LogLost"


class Tail(NamedTuple):
    """The newest event that was acknowledged in a partition."""

    offset: int
    id: str


Tails: TypeAlias = Mapping[Partition, Tail]


class Acknowledged:
    """What Kafka acknowledged to all relays of a service, as far as they have noted it."""

    def __init__(self, redis: Redis, service: str, kafka: Sequence[str]) -> None:
        self._redis = redis
        self._service = service
        self._kafka = kafka
        self.tails: Tails = {}

    async def look(self) -> None:
        """Learn what all instances have noted."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for shard in shards.all_shards():
                pipe.hgetall(shards.checkpoint(self._service, shard))
            noted: list[dict[str, str]] = await pipe.execute()
        newest: dict[Partition, Tail] = {}
        for field, value in chain.from_iterable(some.items() for some in noted):
            if field.startswith(_MARK):
                _keep_newest(newest, *_read(field, value))
        self.tails = newest

    async def compare(self, before: Tails, places: Mapping[Partition, Placed]) -> None:
        """Look at where events came to lie, that were sent when the newest ones were *before*.

        If that is not behind those, the outbox of every shard is begun again.
        """
        if behind := _behind(before, places):
            await self.look()  # another instance may have found out first
            if lost := {one for one in behind if _still(self.tails, one, before[one])}:
                return await self._tell_again(lost)
        newest = dict(self.tails)
        for partition, placed in places.items():
            _keep_newest(newest, partition, Tail(placed.last, placed.id))
        self.tails = newest

    async def watch(self) -> None:
        """Ask Kafka now and then, also when nothing is told."""
        while True:
            pause = EVERY
            try:
                if await self._missing():
                    await asyncio.sleep(_SOON.total_seconds())  # a broker may just have come back
                    if lost := await self._missing():
                        await self._tell_again(lost)
            except (KafkaError, TimeoutError, *AWAY) as error:
                log.debug("Kafka cannot be asked for its tails", extra={"reason": repr(error)})
                pause = _SOON
            await asyncio.sleep(pause.total_seconds())

    async def _tell_again(self, lost: Collection[Partition]) -> None:
        for topic in {topic for topic, _ in lost}:
            LOG_LOST.labels(topic).inc()
        log.error(
            "Kafka lost events; all that the outbox keeps is told again",
            extra={"partitions": sorted(lost), "mend": _MEND},
        )
        for shard in shards.all_shards():
            await _TELL_AGAIN(
                self._redis,
                checkpoint=shards.checkpoint(self._service, shard),
                outbox=shards.outbox(self._service, shard),
            )
        await self.look()

    async def _missing(self) -> set[Partition]:
        """Partitions whose newest event is not in Kafka, unless it is too old to be kept there.

        Raises:
            KafkaError: nobody answers.
            TimeoutError: a topic that was there is gone.
        """
        await self.look()
        if not (tails := self.tails):
            return set()
        if not await any_reachable(self._kafka):
            raise KafkaConnectionError("nobody answers")
        asking = asyncio.create_task(self._without(tails))
        try:
            await asyncio.wait({asking}, timeout=_PATIENCE.total_seconds())
            if not asking.done() or asking.cancelled():  # aiokafka's own futures may be cancelled
                raise TimeoutError("a topic is gone")
            return asking.result()
        finally:
            await jobs.end([asking])

    async def _without(self, tails: Tails) -> set[Partition]:
        there = await partitions(self._kafka, {topic for topic, _ in tails})
        parts = [part for part in there if part in tails]
        consumer = AIOKafkaConsumer(bootstrap_servers=list(self._kafka))
        try:
            await consumer.start()
            consumer.assign(parts)
            return {
                (part.topic, part.partition)
                for part in parts
                if not await _has(consumer, part, tails[part])
            }
        finally:
            await consumer.stop()  # also of one whose start was cancelled


async def _has(consumer: AIOKafkaConsumer, part: TopicPartition, tail: Tail) -> bool:
    """Whether *tail* is where it was acknowledged, or where it would be if it were still kept."""
    begin, end = await consumer.beginning_offsets([part]), await consumer.end_offsets([part])
    if end[part] <= tail.offset:
        return False
    if tail.offset < begin[part] or part.topic in _COMPACTED:
        return True
    consumer.seek(part, tail.offset)
    record = await consumer.getone(part)
    return record.offset == tail.offset and attributes(record.headers).get("id") == tail.id


def fields(places: Mapping[Partition, Placed]) -> list[str]:
    """How the newest places stand in a checkpoint: name, value, name, value …"""
    return [
        word
        for (topic, partition), placed in places.items()
        for word in (f"{_MARK}{topic}:{partition}", f"{placed.last} {placed.id}")
    ]


def _read(field: str, value: str) -> tuple[Partition, Tail]:
    topic, _, partition = field.removeprefix(_MARK).rpartition(":")
    offset, id = value.split(" ")
    return (topic, int(partition)), Tail(int(offset), id)


def _keep_newest(newest: dict[Partition, Tail], partition: Partition, tail: Tail) -> None:
    newest[partition] = max(tail, newest.get(partition, tail))


def _still(tails: Tails, partition: Partition, tail: Tail) -> bool:
    """Whether nobody has found out yet: who does has all forget where the newest were."""
    return partition in tails and tails[partition].offset >= tail.offset


def _behind(tails: Tails, places: Mapping[Partition, Placed]) -> set[Partition]:
    return {one for one, at in places.items() if one in tails and at.first <= tails[one].offset}
