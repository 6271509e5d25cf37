"""`talon backup` and `talon restore`: all that Kafka has, and what only the stores have.

A store is not copied: it is made again from Kafka, which is exact (see chassis/rebuild.py). Of the
stores a backup has what was told and is not in Kafka yet, and what is never told: phones, and what
was learned. It is taken while everything runs.
"""

from __future__ import annotations

import asyncio
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from redis.exceptions import RedisError
from rich.console import Console

from contracts.topics import TOPICS
from services.chassis import shards
from services.chassis.app import Service
from services.chassis.letters import records
from services.chassis.rebuild import CannotRebuild, rebuild
from services.chassis.redis import Redis, told_between
from services.chassis.relay import record
from services.chassis.topics import partitions
from services.embedded.errors import CannotRun
from services.embedded.options import SERVICES
from services.embedded.ports import Ports
from services.ops import archive
from services.ops.archive import Line, Reader
from services.ops.place import embedded
from services.ops.still import fresh, service_of

_MOST_BYTES: Final = 4 * 1024 * 1024
_AT_ONCE: Final = 500

TOLD: Final = tuple(t for t in TOPICS if t.kept is None or t.kept >= timedelta(days=1))
"""The others are of the moment."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the file is, and which Talon."""

    file: Path
    state: Path | None = None
    phones: bool = True
    ports: Ports | None = None  # of a new embedded run


def backup(asked: Asked, console: Console) -> int:
    """Write a backup.

    Raises:
        CannotRun: it cannot be written, or the store does not serve.
    """
    options = embedded(asked.state) if asked.state else None
    services = [service_of(name, options) for name in SERVICES]
    try:
        told, kept = asyncio.run(_write(asked, services))
    except (RedisError, OSError) as error:
        raise CannotRun(f"the store does not serve ({error}); is Talon up?") from None
    size = asked.file.stat().st_size / 1e6
    console.print(f"{asked.file}: {told} records, {kept} keys, {size:.1f} MB", soft_wrap=True)
    return 0


def restore(asked: Asked, console: Console) -> int:
    """Bring an empty Talon to where it was when the backup was made.

    Raises:
        CannotRun: no backup, something runs, or Kafka or a store is not empty.
    """
    ports = asked.ports or Ports.from_base()
    with (
        archive.reading(asked.file) as found,
        fresh(asked.state, ports, found.clock) as options,
    ):
        services = [service_of(name, options) for name in SERVICES]
        try:
            count = asyncio.run(_restore(found, services))
        except CannotRebuild as error:
            raise CannotRun(str(error)) from None
        except (RedisError, OSError) as error:
            raise CannotRun(f"the store does not serve ({error}); check TALON_REDIS") from None
    console.print(
        f"{count} records of {found.made:%Y-%m-%d %H:%M:%S} UTC are back; what was told later is"
        " lost. Start the services.",
        soft_wrap=True,
    )
    return 0


async def _write(asked: Asked, services: Sequence[Service]) -> tuple[int, int]:
    kafka, told, kept = services[0].settings.kafka, 0, 0
    with archive.writing(asked.file, services[0].settings.clock) as out:
        for one in services:  # what is unsent goes first: what leaves meanwhile is in Kafka then
            told += await out.write(f"unsent/{one.name}.jsonl", _unsent(one.redis, one.name))
            names = one.rebuilding.saved if asked.phones else ("learned",)
            kept += await out.write(f"kept/{one.name}.jsonl", _kept(one.redis, one.name, names))
            await one.redis.aclose()
        for topic in TOLD:
            for name in (topic.name, topic.dead):
                told += await out.write(f"topics/{name}.jsonl", _records(kafka, name))
    return told, kept


async def _unsent(redis: Redis, service: str) -> AsyncIterator[Line]:
    for shard in shards.all_shards():
        sent: Any = await redis.hget(shards.checkpoint(service, shard), "id") or "0-0"
        outbox = shards.outbox(service, shard)
        for entry in await told_between(redis, outbox, f"({sent}", "+"):
            topic, key, value, headers = record(service, entry)
            pairs = [(name, text.encode()) for name, text in headers.items()]
            yield _line(key, value, pairs) | {"topic": topic}


async def _kept(redis: Redis, service: str, names: Sequence[str]) -> AsyncIterator[Line]:
    """Hashes, all of them, and when they go."""
    async for found in redis.scan_iter(f"{service}:*", count=1000):
        key = str(found)
        name = key.split(":", 3)[-1]
        if names and name.startswith(tuple(names)):
            yield {
                "key": key,
                "hash": await redis.hgetall(key),
                "until": await redis.pexpiretime(key),
            }


async def _records(kafka: Sequence[str], topic: str) -> AsyncIterator[Line]:
    async for one in records(kafka, topic):
        told = _line(one.key, one.value, one.headers)
        yield told | {"partition": one.partition, "timestamp": one.timestamp}


def _line(
    key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes | None]]
) -> Line:
    return {
        "key": _text(key),
        "value": _text(value),
        "headers": [[name, _text(told)] for name, told in headers],
    }


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else b64encode(raw).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else b64decode(text)


async def _restore(found: Reader, services: Sequence[Service]) -> int:
    kafka = services[0].settings.kafka
    there = {(part.topic, part.partition) for part in await partitions(kafka, _names())}
    if missing := _names() - {topic for topic, _ in there}:
        raise CannotRun(f"Kafka has no {', '.join(sorted(missing))}; first: talon topics apply")
    await _refuse_if_told(kafka)
    count = await _tell(found, kafka, there)
    for one in services:
        await rebuild(one.name, one.redis, kafka, one.rebuilding)
        for line in found.lines(f"kept/{one.name}.jsonl"):
            await _put(one.redis, line)
        await one.redis.aclose()
    return count


async def _refuse_if_told(kafka: Sequence[str]) -> None:
    for topic in TOLD:
        async for _ in records(kafka, topic.name):
            raise CannotRun(
                f"{topic.name} is not empty: a backup goes into an empty Talon; choose a new state"
                " folder, or empty Kafka and the stores"
            )


async def _tell(found: Reader, kafka: Sequence[str], there: set[tuple[str, int]]) -> int:
    """All records in their order, in the partitions where they were."""
    producer = AIOKafkaProducer(
        bootstrap_servers=list(kafka), acks="all", max_request_size=_MOST_BYTES
    )
    count = 0
    async with producer:
        waiting: list[Any] = []
        for part in found.parts:
            folder, _, name = part.removesuffix(".jsonl").partition("/")
            if folder == "kept":
                continue
            for line in found.lines(part):
                topic, at = line.get("topic", name), line.get("partition")
                waiting.append(
                    await producer.send(
                        topic,
                        _bytes(line["value"]),
                        _bytes(line["key"]),
                        partition=at if (topic, at) in there else None,
                        timestamp_ms=line.get("timestamp"),
                        headers=[(name, _bytes(told) or b"") for name, told in line["headers"]],
                    )
                )
                count += 1
                if len(waiting) == _AT_ONCE:
                    await asyncio.gather(*waiting)
                    waiting = []
        await asyncio.gather(*waiting)
    return count


def _names() -> set[str]:
    return {name for topic in TOLD for name in (topic.name, topic.dead)}


async def _put(redis: Redis, line: Line) -> None:
    await redis.hset(line["key"], mapping=line["hash"])
    if line["until"] > 0:
        await redis.pexpireat(line["key"], line["until"])
