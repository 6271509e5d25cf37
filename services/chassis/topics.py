"""Topics as `contracts.topics` lays them out, against those that Kafka has."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaConnectionError, TopicAlreadyExistsError, for_code

from contracts.topics import TOPICS, Topic
from services.chassis.layouts import Difference, Found, differences, layouts

_OWN: Final = 1  # Kafka's DYNAMIC_TOPIC_CONFIG: set for this topic, not for the whole broker
_PATIENCE: Final = timedelta(seconds=60)
_SOON: Final = timedelta(seconds=5)


async def faults(bootstrap: Sequence[str], topics: Iterable[Topic]) -> list[Difference]:
    """What is so wrong with *topics* that no service may read or write them.

    Raises:
        KafkaError: Kafka does not answer.
    """
    wanted = layouts(topics, 1)
    async with administering(bootstrap, _SOON) as admin:
        found = await look(admin, [layout.name for layout in wanted])
    return [one for one in differences(wanted, found, 1) if one.blocks]


async def create_topics(
    bootstrap: Sequence[str], *, replication: int = 1, patience: timedelta = _PATIENCE
) -> list[str]:
    """Create every missing topic; return the names of those created.

    Raises:
        KafkaError: no broker answered within *patience*, or it refused.
    """
    async with administering(bootstrap, patience) as admin:
        wanted = layouts(TOPICS, replication)
        new = [
            NewTopic(w.name, w.partitions, replication, topic_configs=w.settings) for w in wanted
        ]
        answer = await admin.create_topics(new)
        created = []
        for name, code, *_ in answer.topic_errors:
            if code == 0:
                created.append(name)
            elif code != TopicAlreadyExistsError.errno:
                raise for_code(code)(name)
        await _led(admin, [layout.name for layout in wanted], patience)
        return created


async def look(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, Found]:
    """Those of *names* that are there, as they lie."""
    described = await admin.describe_topics()  # all: to ask for one might create it
    there = {t["topic"]: t for t in described if t["topic"] in names and t["error_code"] == 0}
    if not there:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in there]
    found = {}
    for answer in await admin.describe_configs(asked):
        for code, message, _, name, entries in answer.resources:
            if code:
                raise for_code(code)(f"{name}: {message}")
            found[name] = Found(
                {p["partition"]: tuple(p["replicas"]) for p in there[name]["partitions"]},
                {entry[0]: entry[1] for entry in entries},
                {entry[0]: entry[1] for entry in entries if entry[3] == _OWN},
            )
    return found


async def partitions(bootstrap: Sequence[str], names: Collection[str]) -> list[TopicPartition]:
    """Those of *names* that are there; a consumer would wait for the others for ever.

    Raises:
        KafkaConnectionError: nobody answers.
    """
    async with administering(bootstrap, _SOON) as admin:
        return [
            TopicPartition(topic["topic"], partition["partition"])
            for topic in await admin.describe_topics()
            if topic["topic"] in names
            for partition in topic["partitions"]
        ]


@contextlib.asynccontextmanager
async def administering(
    bootstrap: Sequence[str], patience: timedelta = _PATIENCE
) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client that asks and alters.

    Raises:
        KafkaConnectionError: no broker answered within *patience*.
    """
    admin = await _connected(bootstrap, patience)
    try:
        yield admin
    finally:
        await admin.close()


async def _led(admin: AIOKafkaAdminClient, names: list[str], patience: timedelta) -> None:
    """Wait until every partition has a leader: who subscribes before that gets nothing at first."""
    async with asyncio.timeout(patience.total_seconds()):
        while True:
            topics = await admin.describe_topics(names)
            if all(t["error_code"] == 0 and _is_led(t["partitions"]) for t in topics):
                return
            await asyncio.sleep(0.05)


def _is_led(partitions: list[dict[str, Any]]) -> bool:
    return bool(partitions) and all(p["error_code"] == 0 and p["leader"] >= 0 for p in partitions)


async def _connected(bootstrap: Sequence[str], patience: timedelta) -> AIOKafkaAdminClient:
    try:
        async with asyncio.timeout(patience.total_seconds()):
            while True:
                admin = AIOKafkaAdminClient(
                    bootstrap_servers=list(bootstrap), request_timeout_ms=10_000
                )
                try:
                    await admin.start()
                except BaseException as error:
                    await admin.close()
                    if not isinstance(error, KafkaConnectionError):
                        raise
                    await asyncio.sleep(0.2)
                else:
                    return admin
    except TimeoutError:
        raise KafkaConnectionError(f"nobody answers at {', '.join(bootstrap)}") from None
