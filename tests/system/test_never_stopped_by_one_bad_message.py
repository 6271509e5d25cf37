"""What cannot be read is put aside with its reason; whoever comes behind it is called as usual."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord
from aiokafka.structs import RecordMetadata

from contracts.topics import CALLS, TICKETS, Topic
from services.embedded.stack import Stack
from tests.stack import a_talon
from tests.system.hall import Hall, a_hall, until
from tests.system.poison import Poison, poisons
from tests.system.told import records

CLOCK = "2026-11-23T10:00:00+05:00@1"
WINDOW, OPERATOR, SKILLS = "1", "D01", ("ISSUE", "DIGI", "PASS")
KEY = b"BR-D"
POISONED = (TICKETS, CALLS)


@pytest.fixture
async def talon() -> AsyncIterator[Stack]:
    """A Talon in which nothing has happened yet."""
    with a_talon(CLOCK) as stack:
        yield stack


async def test_bad_messages_are_put_aside_and_the_people_behind_them_served(
    talon: Stack, tell: Callable[[str], None]
) -> None:
    """At the very start of a story as well as in the middle of it, on every topic of facts."""
    async with a_hall(talon.addresses) as hall:
        service = await hall.service_for(SKILLS)
        sent = {topic: await _poison(talon.kafka, topic) for topic in POISONED}
        await hall.at_window(WINDOW, "open", {"operator": OPERATOR})
        before = await hall.take_ticket(service)
        await until("the ticket behind the first poison waits", hall.waiting)
        assert (await hall.serve(WINDOW) or {})["id"] == before["id"]
        for topic in POISONED:
            sent[topic] += await _poison(talon.kafka, topic)
        after = await hall.take_ticket(service)
        await until("the ticket behind the second poison waits", hall.waiting)
        assert (await hall.serve(WINDOW) or {})["id"] == after["id"]
        await until("all three know that both are served", lambda: _served(hall, 2))
        for topic, bad in sent.items():
            await _are_buried(talon.kafka, hall, topic, bad)
            tell(f"{topic.name}: {len(bad)} poisons buried by {' and '.join(topic.consumers)}")


async def _poison(kafka: str, topic: Topic) -> list[tuple[Poison, RecordMetadata]]:
    """Put every poison into the branch's partition; return where each lies."""
    async with AIOKafkaProducer(bootstrap_servers=kafka, max_request_size=2**21) as producer:
        return [
            (
                bad,
                await producer.send_and_wait(
                    topic.name, bad.value, key=KEY, headers=list(bad.headers)
                ),
            )
            for bad in poisons(topic)
        ]


async def _served(hall: Hall, people: int) -> bool:
    counts = await hall.agree()
    return bool(counts) and counts["tickets"].get("finished", 0) == counts["total"] == people


async def _are_buried(
    kafka: str, hall: Hall, topic: Topic, sent: list[tuple[Poison, RecordMetadata]]
) -> None:
    """Each poison lies in the dead-letter topic as it came, with its reason, from each reader."""
    graves = {_grave(record): record for record in await records(kafka, topic.dead)}
    for bad, at in sent:
        for reader in topic.consumers:
            record = graves.get((reader, f"{at.topic}/{at.partition}/{at.offset}"))
            assert record is not None, f"{reader} did not bury: {bad.name}"
            reason = dict(record.headers)["dead_reason"].decode()
            assert bad.reason in reason, f"{bad.name}: {reason}"
            assert (record.key, record.value) == (KEY, bad.value or b""), bad.name
            kept = dict(record.headers)
            assert {name for name, _ in bad.headers} <= kept.keys(), bad.name
    for reader in topic.consumers:
        counted = await hall.metric(reader, "talon_dead_letters_total")
        assert counted >= len(sent), f"{reader} counts {counted:.0f} of {len(sent)} dead letters"


def _grave(record: ConsumerRecord[bytes, bytes]) -> tuple[str, str]:
    told = dict(record.headers)
    return told["dead_reader"].decode(), told["dead_place"].decode()
