"""How far a topic was applied: told to Kafka aside and now and then, never before it is so.

A commit for each batch would hold the next one back for a whole answer of the broker, and be
a third of the broker's work. What was applied but not told comes again after a restart or when
partitions move, which does no harm.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, ConsumerStoppedError, KafkaError

log = logging.getLogger(__name__)

EVERY = timedelta(milliseconds=500)
STOP_WITHIN = timedelta(seconds=2)
_FORGOTTEN_WITHIN = timedelta(seconds=40)  # an instance that died; longer than its session


class Offsets:
    """Of one consumer. `tell` may be called often; it never waits."""

    def __init__(self) -> None:
        self._applied: dict[TopicPartition, int] = {}  # not told yet
        self._told_at = 0.0
        self._telling: asyncio.Task[None] | None = None

    def applied(self, records: Iterable[Any]) -> None:
        """All of *records* need not come again."""
        for record in records:
            self._applied[TopicPartition(record.topic, record.partition)] = record.offset + 1

    def tell(self, consumer: AIOKafkaConsumer) -> None:
        """Commit, if there is something and the last time was long enough ago."""
        now = time.monotonic()
        if not self._applied or now - self._told_at < EVERY.total_seconds():
            return
        if self._telling and not self._telling.done():
            return
        self._told_at = now
        self._telling = asyncio.create_task(self._commit(consumer, self._mine(consumer)))

    async def tell_all(self, consumer: AIOKafkaConsumer) -> None:
        """Commit what is left, before the consumer stops; Kafka may be away."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_WITHIN.total_seconds()):
                if self._telling:
                    await asyncio.wait([self._telling])
                await self._commit(consumer, self._mine(consumer))

    def _mine(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        """What is to be told; partitions that were taken from us are for others to tell of."""
        applied, self._applied = self._applied, {}
        mine = consumer.assignment()
        return {place: offset for place, offset in applied.items() if place in mine}

    async def _commit(self, consumer: AIOKafkaConsumer, told: dict[TopicPartition, int]) -> None:
        if not told:
            return
        try:
            await consumer.commit(told)
        except (KafkaError, ConsumerStoppedError) as error:
            log.warning("offsets wait", extra={"reason": repr(error)})
            self._applied = told | self._applied


async def commit(kafka: Sequence[str], service: str, heard: Mapping[TopicPartition, int]) -> None:
    """Let *service*, which is down, go on in each topic behind what it has *heard*.

    Raises:
        TimeoutError: it runs.
        KafkaError: Kafka does not serve.
    """
    for topic in {place.topic for place in heard}:
        mine = {place: offset for place, offset in heard.items() if place.topic == topic}
        consumer = AIOKafkaConsumer(
            bootstrap_servers=list(kafka),
            group_id=group_of(service, topic),
            enable_auto_commit=False,
        )
        async with consumer, asyncio.timeout(_FORGOTTEN_WITHIN.total_seconds()):
            consumer.assign(list(mine))
            await _insist(consumer, mine)


async def _insist(consumer: AIOKafkaConsumer, heard: Mapping[TopicPartition, int]) -> None:
    """Kafka refuses as long as it believes that an instance lives, also one that was killed."""
    while True:
        try:
            await consumer.commit(heard)
        except CommitFailedError:
            await asyncio.sleep(1)
        else:
            return


def group_of(service: str, topic: str) -> str:
    """The consumer group in which all instances of *service* share *topic*."""
    return f"{service}.{topic}"
