"""What stands in Kafka, read by the tests themselves: neither the services nor their stores."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

FIRST = "0-0"


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it stands in its topic."""

    topic: str
    id: str
    previous: str
    branch: str
    type: str
    time: datetime
    subject: str
    data: dict[str, Any]

    @property
    def place(self) -> tuple[int, int]:
        """Ids are compared by their two numbers, never as text."""
        ms, _, n = self.id.partition("-")
        return int(ms), int(n)


async def records(kafka: str, topic: str) -> list[ConsumerRecord[bytes, bytes]]:
    """Every record of *topic* to its present end, partition after partition."""
    consumer = AIOKafkaConsumer(  # without a group it is given every partition
        topic, bootstrap_servers=kafka, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        parts = sorted(consumer.assignment())
        assert parts, f"Kafka has no topic {topic}"
        ends = await consumer.end_offsets(parts)
        found: dict[TopicPartition, list[ConsumerRecord[bytes, bytes]]] = defaultdict(list)
        while any([await consumer.position(part) < ends[part] for part in parts]):
            for part, batch in (await consumer.getmany(timeout_ms=200)).items():
                found[part] += batch
        return [record for part in parts for record in found[part]]
    finally:
        await consumer.stop()


async def story(kafka: str, topic: str) -> list[Told]:
    """The events of *topic*, with repeats; a branch's are in the order of its partition."""
    return [_read(record) for record in await records(kafka, topic)]


def once(events: Iterable[Told]) -> list[Told]:
    """*events* without repeats: of each id the first."""
    seen: dict[tuple[str, str, str], Told] = {}
    for event in events:
        seen.setdefault((event.topic, event.branch, event.id), event)
    return list(seen.values())


def chain_faults(events: Iterable[Told]) -> Iterator[str]:
    """Where a branch's story in a topic is not whole, in order and free of contradictions."""
    first: dict[tuple[str, str, str], Told] = {}
    newest: dict[tuple[str, str], Told] = {}
    for event in events:
        known = first.setdefault((event.topic, event.branch, event.id), event)
        if known is not event:
            if known != event:
                yield f"{event.topic} {event.id} was told twice, each time otherwise"
            continue
        before = newest.get((event.topic, event.branch))
        newest[event.topic, event.branch] = event
        if before is not None and before.place > event.place:
            yield f"{event.topic} {event.id} stands behind the later {before.id}"
        elif event.previous != (last := before.id if before else FIRST):
            yield f"{event.topic} {event.id} follows {event.previous}, but {last} stands before it"


def _read(record: ConsumerRecord[bytes, bytes]) -> Told:
    told = {name: value.decode() for name, value in record.headers}
    return Told(
        topic=record.topic,
        id=told["ce_id"],
        previous=told["ce_previous"],
        branch=told["ce_partitionkey"],
        type=told["ce_type"],
        time=datetime.fromisoformat(told["ce_time"]),
        subject=told["ce_subject"],
        data=json.loads(record.value or b""),
    )
