"""Entries on their way into Kafka: none leaves before those ahead of it have arrived.

A producer gives up a batch that could not be delivered for some seconds and goes on with the
next, so after an absence of Kafka a story would be told in another order. Hence a batch is
acknowledged before the next one of its partition is handed over. What comes twice does no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError
from aiokafka.partitioner import DefaultPartitioner

Record = tuple[str, bytes, bytes, Mapping[str, str]]
"""Topic, key, value, headers."""

Partition = tuple[str, int]
"""Of a topic."""

BATCH_BYTES = 256 * 1024
STOP_WITHIN = timedelta(seconds=2)
MOST_BYTES = 4 * 1024 * 1024


class Placed(NamedTuple):
    """Where records came to lie in their partition."""

    first: int
    last: int
    id: str  # of the last


class Publisher:
    def __init__(self, service: str, kafka: Sequence[str]) -> None:
        self._settings = {
            "bootstrap_servers": list(kafka),
            "client_id": f"talon-{service}-relay",
            "acks": "all",
            "request_timeout_ms": 5_000,
            "metadata_max_age_ms": 5_000,  # a topic that was just created is soon seen
            "max_batch_size": BATCH_BYTES,
            "max_request_size": MOST_BYTES,
        }
        self._partitioner = DefaultPartitioner()
        self._producer: Any = None

    async def start(self) -> None:
        """Connect, unless connected.

        Raises:
            KafkaError: Kafka is away.
        """
        if self._producer is not None:
            return
        producer = AIOKafkaProducer(**self._settings)
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        self._producer = producer

    async def stop(self) -> None:
        """Wait for what is under way, but not long: what was not noted is published again."""
        if self._producer is not None:
            async with asyncio.timeout(STOP_WITHIN.total_seconds()):
                await self._producer.stop()

    async def publish(self, records: Sequence[Record]) -> Mapping[Partition, Placed]:
        """Return when all *records* are acknowledged, or after none is under way any more.

        Says where they came to lie.

        Raises:
            KafkaError: some did not arrive; of each partition it is the last ones.
        """
        if self._producer is None:
            raise KafkaConnectionError("not connected yet")
        runs: dict[Partition, list[Record]] = {}
        for record in records:
            runs.setdefault(await self._place(record), []).append(record)
        ends = await asyncio.gather(
            *(self._send(*place, run) for place, run in runs.items()), return_exceptions=True
        )
        places = {}
        for place, end in zip(runs, ends, strict=True):
            if isinstance(end, BaseException):
                raise end
            places[place] = end
        return places

    async def _place(self, record: Record) -> Partition:
        topic, key, *_ = record
        partitions = sorted(await self._producer.partitions_for(topic))
        return topic, self._partitioner(key, partitions, partitions)

    async def _send(self, topic: str, partition: int, run: Sequence[Record]) -> Placed:
        first: int | None = None
        batch = self._producer.create_batch()
        for record in run:
            if _append(batch, record) is None:  # it is full; an empty one takes any record
                begun = await self._deliver(batch, topic, partition)
                first = begun if first is None else first
                batch = self._producer.create_batch()
                _append(batch, record)
        last = await self._deliver(batch, topic, partition)
        id = run[-1][3]["ce_id"]
        return Placed(last if first is None else first, last + batch.record_count() - 1, id)

    async def _deliver(self, batch: Any, topic: str, partition: int) -> int:
        """Return the offset of its first record."""
        acknowledged = await self._producer.send_batch(batch, topic, partition=partition)
        offset: int = (await acknowledged).offset
        return offset


def _append(batch: Any, record: Record) -> Any:
    _, key, value, headers = record
    encoded = [(name, text.encode()) for name, text in headers.items()]
    return batch.append(timestamp=None, key=key, value=value, headers=encoded)
