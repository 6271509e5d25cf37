"""Dead letters as they lie in Kafka: what could not be applied, and what was sent again.

The dead-letter topic is only ever appended to: a letter that was sent again is told by a note.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from contracts.topics import Topic
from services.chassis.moments import from_ms, to_ms
from services.chassis.topics import partitions

Record: TypeAlias = ConsumerRecord[bytes, bytes]
Headers: TypeAlias = Sequence[tuple[str, bytes]]

PLACE: Final = "dead_place"
READER: Final = "dead_reader"
REASON: Final = "dead_reason"
REPLAYED: Final = "dead_replayed"  # of a note: the place of the letter that was sent again
MEANT_FOR: Final = "replay_for"  # of a record sent again: the only reader that shall apply it
_OURS: Final = "dead_"
_UNSAID: Final = ("content-type", b"")
_MOST_BYTES: Final = 4 * 1024 * 1024
_CLOCKS_DIFFER: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Letter:
    """A record that *reader* could not apply, as it came."""

    place: str  # its own: topic/partition/offset
    topic: str
    came_from: str  # the place at which the reader found it
    buried: datetime
    reader: str
    reason: str
    key: bytes | None
    value: bytes
    headers: Headers
    replayed: datetime | None = None


def is_meant_for(reader: str, record: Record) -> bool:
    """Whether *reader* shall apply *record*: one sent again is for him who could not apply it.

    The others heard it when it first came, and by now may have forgotten what it was about.
    """
    for name, value in record.headers:
        if name == MEANT_FOR:
            return bool(value == reader.encode())
    return True


def letters(topic: Topic, records: Iterable[Record]) -> list[Letter]:
    """The letters among the *records* of the dead-letter topic of *topic*, oldest first."""
    found: dict[str, Letter] = {}
    sent: dict[str, datetime] = {}
    for record in records:
        told = {name: value or b"" for name, value in record.headers}
        if (of := told.get(REPLAYED)) is not None:
            sent[of.decode(errors="replace")] = from_ms(record.timestamp)
        elif READER in told:
            letter = _letter(topic, record, told)
            found[letter.place] = letter
    return [replace(letter, replayed=sent.get(letter.place)) for letter in found.values()]


def _letter(topic: Topic, record: Record, told: Mapping[str, bytes]) -> Letter:
    return Letter(
        place=f"{record.topic}/{record.partition}/{record.offset}",
        topic=topic.name,
        came_from=told.get(PLACE, b"").decode(errors="replace"),
        buried=from_ms(record.timestamp),
        reader=told[READER].decode(errors="replace"),
        reason=told.get(REASON, b"").decode(errors="replace"),
        key=record.key,
        value=record.value or b"",
        headers=[(n, v or b"") for n, v in record.headers if _came_with_it(n, v)],
    )


def _came_with_it(name: str, value: bytes | None) -> bool:
    """Not said by us, nor by the client that wrote the letter."""
    return not name.startswith(_OURS) and name != "correlation_id" and (name, value) != _UNSAID


async def read(kafka: Sequence[str], topic: Topic) -> list[Letter]:
    """The letters of *topic*."""
    return letters(topic, [record async for record in records(kafka, topic.dead)])


async def records(
    kafka: Sequence[str], topic: str, since: datetime | None = None
) -> AsyncIterator[Record]:
    """What stands in *topic* up to its present end; told about *since* or later, if that is named.

    The records of a partition come in their order.
    """
    if not (parts := await partitions(kafka, {topic})):
        return
    consumer = AIOKafkaConsumer(
        bootstrap_servers=list(kafka),
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=_MOST_BYTES,
    )
    async with consumer:
        consumer.assign(parts)
        ends = await consumer.end_offsets(parts)
        if since is not None:
            await _skip(consumer, ends, since)
        while any([await consumer.position(part) < ends[part] for part in parts]):
            for part, batch in (await consumer.getmany(timeout_ms=200)).items():
                for record in batch:
                    if record.offset < ends[part]:
                        yield record


async def _skip(
    consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int], since: datetime
) -> None:
    moment = max(to_ms(since - _CLOCKS_DIFFER), 0)
    for part, at in (await consumer.offsets_for_times(dict.fromkeys(ends, moment))).items():
        consumer.seek(part, ends[part] if at is None else at.offset)


async def send_again(kafka: Sequence[str], chosen: Sequence[Letter]) -> AsyncIterator[Letter]:
    """Send each of *chosen* to its topic as it came, for its reader, and note that; yield it then.

    If it is not noted, for somebody pulled the plug, it may be sent once more: no reader applies
    anything twice.
    """
    producer = AIOKafkaProducer(
        bootstrap_servers=list(kafka), acks="all", max_request_size=_MOST_BYTES
    )
    async with producer:
        for letter in chosen:
            as_it_came = [(name, value) for name, value in letter.headers if name != MEANT_FOR]
            told = [*as_it_came, (MEANT_FOR, letter.reader.encode())]
            await producer.send_and_wait(letter.topic, letter.value, letter.key, headers=told)
            note = [
                (PLACE, letter.came_from.encode()),
                (READER, letter.reader.encode()),
                (REASON, letter.reason.encode()),
                (REPLAYED, letter.place.encode()),
            ]
            await producer.send_and_wait(f"{letter.topic}.dead", b"", letter.key, headers=note)
            yield letter
