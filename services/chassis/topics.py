"""Topics as `contracts.topics` describes them, created where they are missing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaConnectionError, TopicAlreadyExistsError, for_code

from contracts.topics import DEAD_KEPT, PARTITIONS, TOPICS, Topic
from services.chassis.moments import span_ms

DEAD_BYTES = 2 * 1024 * 1024
"""Twice what Kafka takes of a record by default."""


async def create_topics(
    bootstrap: Sequence[str], *, replication: int = 1, patience: timedelta = timedelta(seconds=60)
) -> list[str]:
    """Create every missing topic; return the names of those created.

    Raises:
        KafkaConnectionError: no broker answered within *patience*.
    """
    admin = await _connected(bootstrap, patience)
    try:
        wanted = [new for topic in TOPICS for new in _both(topic, replication)]
        answer = await admin.create_topics(wanted)
        created = []
        for name, code, *_ in answer.topic_errors:
            if code == 0:
                created.append(name)
            elif code != TopicAlreadyExistsError.errno:
                raise for_code(code)(name)
        await _led(admin, [new.name for new in wanted], patience)
        return created
    finally:
        await admin.close()


def _both(topic: Topic, replication: int) -> list[NewTopic]:
    """A topic and its dead-letter topic."""
    keep = (
        {"cleanup.policy": "compact"}
        if topic.kept is None
        else {"retention.ms": str(span_ms(topic.kept))}
    )
    # A record of the greatest size must find its place there too, with its reason.
    dead = {"retention.ms": str(span_ms(DEAD_KEPT)), "max.message.bytes": str(DEAD_BYTES)}
    safe = {"min.insync.replicas": str(max(replication - 1, 1))}
    return [
        NewTopic(topic.name, PARTITIONS, replication, topic_configs=keep | safe),
        NewTopic(topic.dead, 1, replication, topic_configs=dead | safe),
    ]


async def _led(admin: AIOKafkaAdminClient, names: list[str], patience: timedelta) -> None:
    """Wait until every partition has a leader: who subscribes before that gets nothing at first."""
    async with asyncio.timeout(patience.total_seconds()):
        while True:
            topics = await admin.describe_topics(names)
            if all(t["error_code"] == 0 and _is_led(t["partitions"]) for t in topics):
                return
            await asyncio.sleep(0.05)


def _is_led(partitions: list[dict[str, int]]) -> bool:
    return bool(partitions) and all(p["error_code"] == 0 and p["leader"] >= 0 for p in partitions)


async def _connected(bootstrap: Sequence[str], patience: timedelta) -> AIOKafkaAdminClient:
    async with asyncio.timeout(patience.total_seconds()):
        while True:
            admin = AIOKafkaAdminClient(bootstrap_servers=list(bootstrap))
            try:
                await admin.start()
            except KafkaConnectionError:
                await admin.close()
                await asyncio.sleep(0.2)
            else:
                return admin
