"""`talon topics`: in what Kafka differs from the table, and what of that can be altered safely."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.admin.new_partitions import NewPartitions
from aiokafka.errors import for_code
from rich.console import Console

from contracts.topics import REPLICATION, TOPICS
from services.chassis import topics
from services.chassis.layouts import (
    COPIES,
    MISSING,
    PARTS,
    Difference,
    Found,
    differences,
    layouts,
)
from services.chassis.topics import administering
from services.embedded.errors import CannotRun

_PATIENCE: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which Kafka, and what may be done to it."""

    kafka: Sequence[str]
    replication: int | None = None  # None: as many as fit its brokers
    repartition: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """Kafka's topics against the table."""

    replication: int
    brokers: tuple[int, ...]
    found: Mapping[str, Found]
    differences: Sequence[Difference]


async def look(asked: Asked) -> Look:
    """Compare.

    Raises:
        CannotRun: it cannot be known how many copies there should be.
    """
    async with administering(asked.kafka, _PATIENCE) as admin:
        return await _look(admin, asked)


async def _look(admin: AIOKafkaAdminClient, asked: Asked) -> Look:
    cluster = await admin.describe_cluster()
    brokers = tuple(sorted(broker["node_id"] for broker in cluster["brokers"]))
    replication = asked.replication or copies_for(len(brokers))
    wanted = layouts(TOPICS, replication)
    found = await topics.look(admin, [layout.name for layout in wanted])
    return Look(replication, brokers, found, differences(wanted, found, replication))


def copies_for(brokers: int) -> int:
    """How many copies of each record a cluster of that many brokers keeps.

    Raises:
        CannotRun: two brokers are none of the clusters that the table knows; one may be down.
    """
    if brokers >= REPLICATION:
        return REPLICATION
    if brokers == 1:
        return 1
    raise CannotRun(
        f"{brokers} brokers answer: if one is down, start it; if there are no more, say how many"
        " copies each record shall have: --replication 2"
    )


def diff(asked: Asked, console: Console) -> int:
    """Print what differs; 1 if anything does."""
    seen = asyncio.run(look(asked))
    for one in seen.differences:
        console.print(str(one), markup=False, highlight=False, soft_wrap=True)
    if not seen.differences:
        console.print(f"all topics are as they shall be, with {seen.replication} copies each")
    return 1 if seen.differences else 0


def apply(asked: Asked, console: Console) -> int:
    """Create and alter what can be; 1 if a service would still refuse what is left."""
    done, left = asyncio.run(mend(asked))
    for line in [*done, *(f"{one}; {why}" for one, why in left)]:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if not done and not left:
        console.print("nothing to do")
    return 1 if any(one.blocks for one, _ in left) else 0


async def mend(asked: Asked) -> tuple[list[str], list[tuple[Difference, str]]]:
    """What was done, and what is left to do with how to do it."""
    async with administering(asked.kafka) as admin:
        before = await _look(admin, asked)
        created: list[str] = []
        if any(one.what == MISSING for one in before.differences):
            created = await topics.create_topics(asked.kafka, replication=before.replication)
        done = [f"{name}: created" for name in created]
        left: list[tuple[Difference, str]] = []
        for name in {one.topic: None for one in before.differences if one.what != MISSING}:
            differing = [one for one in before.differences if one.topic == name]
            await _set(admin, before.found[name], differing)
            for one in differing:
                if one.what == PARTS and _may_grow(one, asked):
                    await admin.create_partitions({name: NewPartitions(int(one.wanted))})
                    done.append(f"{one.topic}: {one.what} {one.found} -> {one.wanted}")
                elif one.what == PARTS:
                    left.append((one, _why_not(one)))
                elif one.what == COPIES:
                    left.append((one, _move(one, before, asked.kafka)))
                else:
                    done.append(f"{one.topic}: {one.what} {one.found} -> {one.wanted}")
        return done, left


async def _set(admin: AIOKafkaAdminClient, found: Found, differing: Sequence[Difference]) -> None:
    """Alter the settings that differ; Kafka forgets those of a topic's own that are not named."""
    wanted = {one.what: one.wanted for one in differing if one.what not in {PARTS, COPIES}}
    if not wanted:
        return
    changed = dict(found.own) | wanted
    (answer,) = await admin.alter_configs(
        [ConfigResource(ConfigResourceType.TOPIC, differing[0].topic, changed)]
    )
    for code, message, _, name in answer.resources:
        if code:
            raise for_code(code)(f"{name}: {message}")


def _may_grow(one: Difference, asked: Asked) -> bool:
    return asked.repartition and int(one.wanted) > int(one.found)


def _why_not(one: Difference) -> str:
    if int(one.wanted) < int(one.found):
        return (
            "Kafka cannot take partitions away: stop the services when every outbox is sent and"
            f" every lag is 0 (talon doctor), delete {one.topic}, apply again"
        )
    return (
        "with more partitions a branch goes on in another one, and its order is lost for events"
        " not read yet: stop the services when every lag is 0 (talon doctor), then apply with"
        " --repartition"
    )


def _move(one: Difference, seen: Look, kafka: Sequence[str]) -> str:
    """How to give a topic another number of copies: by Kafka's own tool, for it moves data."""
    if int(one.wanted) > len(seen.brokers):
        return f"only {len(seen.brokers)} brokers answer: start more, or name fewer: --replication"
    plan = json.dumps({"version": 1, "partitions": _partitions(one, seen)}, separators=(",", ":"))
    return (
        f"write {plan} to copies.json and run kafka-reassign-partitions.sh"
        f" --bootstrap-server {','.join(kafka)} --reassignment-json-file copies.json --execute"
    )


def _partitions(one: Difference, seen: Look) -> list[dict[str, object]]:
    """Each partition keeps the brokers that it has first; others follow in turn."""
    plan: list[dict[str, object]] = []
    for partition, has in sorted(seen.found[one.topic].replicas.items()):
        first = partition % len(seen.brokers)
        others = [b for b in (*seen.brokers[first:], *seen.brokers[:first]) if b not in has]
        brokers = [*has, *others][: int(one.wanted)]
        plan.append({"topic": one.topic, "partition": partition, "replicas": brokers})
    return plan
