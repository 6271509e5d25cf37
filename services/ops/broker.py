"""How Kafka is: its brokers, its topics, how far its readers are, what they put aside."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from contracts.topics import TOPICS
from services.chassis import letters
from services.chassis.topics import administering, partitions
from services.embedded.errors import CannotRun
from services.ops import topics
from services.ops.findings import Finding, Health, graded

_PATIENCE: Final = timedelta(seconds=5)
_STANDS: Final = timedelta(seconds=2)  # a reader tells twice a second how far it is
_BEHIND: Final = (100.0, 10_000.0)  # records


@dataclass(frozen=True, slots=True)
class Reader:
    """How far a service is with a topic."""

    lag: int
    told: int  # sum of the offsets that it told Kafka


async def examine(kafka: Sequence[str]) -> list[Finding]:
    """All that can be said of Kafka; if it is away, only that."""
    where = ", ".join(kafka)
    if not kafka:
        return [Finding("Kafka", Health.RED, "nowhere, as the settings say", "see above")]
    try:
        async with asyncio.timeout(30), administering(kafka, _PATIENCE) as admin:
            brokers = len((await admin.describe_cluster())["brokers"])
        found = [Finding("Kafka", Health.GREEN, f"at {where}, brokers: {brokers}")]
        async with asyncio.timeout(60):
            return [*found, await _topics(kafka), *await _lags(kafka), await _dead(kafka)]
    except (KafkaError, OSError) as error:
        mend = "start it, or correct TALON_KAFKA; meanwhile the outboxes keep what is told"
        reason = str(error) or type(error).__name__
        return [Finding("Kafka", Health.RED, f"{where}: {reason}", mend)]


async def _topics(kafka: Sequence[str]) -> Finding:
    try:
        differing = (await topics.look(topics.Asked(kafka))).differences
    except CannotRun as unsure:
        return Finding("topics", Health.YELLOW, str(unsure), "")
    if not differing:
        return Finding("topics", Health.GREEN, "as they shall be")
    blocks = any(one.blocks for one in differing)
    health = Health.RED if blocks else Health.YELLOW
    found = "; ".join(map(str, differing[:4])) + (" …" if differing[4:] else "")
    return Finding("topics", health, found, "talon topics diff, then talon topics apply")


async def _lags(kafka: Sequence[str]) -> list[Finding]:
    first = await _readers(kafka)
    behind = [name for name, one in first.items() if one.lag]
    if behind:
        await asyncio.sleep(_STANDS.total_seconds())
    now = await _readers(kafka) if behind else first
    findings = []
    for name, one in now.items():
        what, found = f"lag of {name}", f"{one.lag} records"
        if name in behind and one.lag and one.told == first[name].told:
            mend = "it begins anew after a minute, unless it waits for its store: see its log"
            findings.append(Finding(what, Health.RED, f"{found}, and it stands still", mend))
        else:
            mend = "wait, and look again; if it grows, add an instance of the service"
            findings.append(graded(what, one.lag, _BEHIND, found, mend))
    return findings


async def _readers(kafka: Sequence[str]) -> Mapping[str, Reader]:
    """Each group, by its name."""
    there: dict[str, Reader] = {}
    parts = await partitions(kafka, {topic.name for topic in TOPICS})
    consumer = AIOKafkaConsumer(bootstrap_servers=list(kafka))
    async with consumer, administering(kafka, _PATIENCE) as admin:
        begins, ends = await consumer.beginning_offsets(parts), await consumer.end_offsets(parts)
        for topic in TOPICS:
            for service in topic.consumers:
                group = f"{service}.{topic.name}"
                told = await admin.list_consumer_group_offsets(group)
                mine = [part for part in parts if part.topic == topic.name]
                at = {part: _at(part, told, begins) for part in mine}
                there[group] = Reader(
                    sum(max(ends[part] - at[part], 0) for part in mine), sum(at.values())
                )
    return there


def _at(
    part: TopicPartition,
    told: Mapping[TopicPartition, object],
    begins: Mapping[TopicPartition, int],
) -> int:
    """Where a reader goes on; one that told nothing begins with what is kept."""
    offset = getattr(told.get(part), "offset", -1)
    return max(offset, begins[part])


async def _dead(kafka: Sequence[str]) -> Finding:
    found = await asyncio.gather(*(letters.read(kafka, topic) for topic in TOPICS))
    unsent = {
        t.dead: sum(x.replayed is None for x in some) for t, some in zip(TOPICS, found, strict=True)
    }
    counts = [f"{count} in {name}" for name, count in unsent.items() if count]
    if not counts:
        return Finding("dead letters", Health.GREEN, "none that were not sent again")
    mend = "talon dead list, then talon dead replay once the reason is gone"
    return Finding("dead letters", Health.YELLOW, ", ".join(counts), mend)
