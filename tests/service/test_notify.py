"""Notify with a real store and a real broker, its neighbours played by the test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from redis.asyncio import Redis

from contracts.envelope import Event, Fact, attributes, headers
from services.chassis.topics import create_topics
from tests.service.notify_server import a_notify, listening
from tests.stack import Store
from tests.store.notify_hall import (
    BRANCH,
    PHONE,
    Story,
    a_ticket,
    called,
    issued,
    published,
    recalled,
)


@dataclass
class Neighbours:
    """Ticketing and dispatch of a branch that no other test knows."""

    producer: AIOKafkaProducer
    branch: str = field(default_factory=lambda: f"T{uuid4().hex[:8].upper()}")
    story: Story = field(default_factory=Story)

    async def tell(self, *facts: Fact) -> Sequence[Event[Any]]:
        events = self.story.events(facts)
        for event in events:
            await self.say(event)
        return events

    async def say(
        self, event: Event[Any], raw: bytes | None = None, more: Sequence[tuple[str, bytes]] = ()
    ) -> None:
        about = headers(
            id=event.id,
            source=event.source,
            type=event.type,
            time=event.time.isoformat(),
            subject=self.here(event.subject),
            partitionkey=self.branch,
            previous=event.previous,
        )
        await self.producer.send_and_wait(
            event.topic,
            raw or self.here(event.data.model_dump_json()).encode(),
            key=self.branch.encode(),
            headers=[*((name, value.encode()) for name, value in about.items()), *more],
        )

    def here(self, text: str) -> str:
        return text.replace(BRANCH, self.branch)

    def ticket(self, n: int) -> str:
        return self.here(a_ticket(n))

    @property
    def board(self) -> str:
        return f"/v1/branches/{self.branch}/board/events"


@pytest.fixture
async def neighbours(kafka: str, redis: Redis) -> AsyncIterator[Neighbours]:
    """Their topics are there, and notify's store is empty."""
    assert redis
    await create_topics([kafka])
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        yield Neighbours(producer)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await condition():  # what changes is in another process
            await asyncio.sleep(0.05)


async def is_ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/health/ready")).is_success


async def give_phone(client: httpx.AsyncClient, ticket: str) -> bool:
    body = {"phone": PHONE, "language": "ru", "consent": True}
    return (await client.put(f"/v1/tickets/{ticket}/contact", json=body)).is_success


async def texts(client: httpx.AsyncClient) -> list[str]:
    phones = (await client.get("/v1/phones")).json()["phones"]
    return sorted(m["kind"] for phone in phones for m in phone["messages"])


async def test_a_call_is_shown_spoken_and_written(
    neighbours: Neighbours, kafka: str, store: Store
) -> None:
    """From two topics to a board and a phone; and what became of the messages is told."""
    await neighbours.tell(published(), issued(118))
    ticket = neighbours.ticket(118)
    with a_notify(redis=store.url, kafka=kafka) as address:
        async with httpx.AsyncClient(base_url=address, timeout=30) as client:
            await until(lambda: is_ready(client))
            await until(lambda: give_phone(client, ticket))
            async with listening(client, neighbours.board) as board:
                await board.next("snapshot")
                await _told(kafka, neighbours.branch, 2)  # the first one has come
                await neighbours.tell(called(118))
                call = await board.data("call")
            assert call["spoken"]["ru"] == "Талон дэ сто восемнадцать, окно четырнадцать"

            async def both_came() -> bool:
                return await texts(client) == ["called", "issued"]

            await until(both_came)
        told = await _told(kafka, neighbours.branch, 4)
    assert [(type.rpartition(".")[2], data["kind"]) for type, _, data in told] == [
        ("queued", "issued"),
        ("delivered", "issued"),
        ("queued", "called"),
        ("delivered", "called"),
    ]
    ids = [about["id"] for _, about, _ in told]
    assert [about["previous"] for _, about, _ in told] == ["0-0", *ids[:-1]]
    assert PHONE[1:] not in json.dumps([data for _, _, data in told])


@pytest.mark.parametrize(
    ("spoilt", "gaps"), [({"raw": b"{"}, 0), ({"more": [("ce_type", b"\xff")]}, 1)]
)
async def test_a_bad_record_does_not_stop_the_calls_behind_it(
    neighbours: Neighbours, kafka: str, store: Store, spoilt: dict[str, Any], gaps: int
) -> None:
    """It is buried, and the hall goes on; it keeps its place in the story if that can be read."""
    await neighbours.tell(published(), issued(1), issued(2))
    with a_notify(redis=store.url, kafka=kafka) as address:
        async with httpx.AsyncClient(base_url=address, timeout=30) as client:
            await until(lambda: is_ready(client))
            async with listening(client, neighbours.board) as board:
                await board.next("snapshot")
                (bad,) = neighbours.story.events([called(1)])
                await neighbours.say(bad, **spoilt)
                await neighbours.tell(called(2))
                assert (await board.data("call"))["call"] == "c2"

            async def both_are_counted() -> bool:
                metrics = (await client.get("/metrics")).text
                return (
                    'talon_dead_letters_total{topic="talon.calls"} 1.0' in metrics
                    and f'talon_gaps_total{{kind="missing",topic="talon.calls"}} {gaps:.1f}'
                    in metrics
                )

            await until(both_are_counted)


async def test_facts_told_again_after_a_restart_write_to_nobody_again(
    neighbours: Neighbours, kafka: str, store: Store
) -> None:
    """Kafka tells at least once; a visitor is written to at most once."""
    await neighbours.tell(published())
    with a_notify(redis=store.url, kafka=kafka) as address:
        async with httpx.AsyncClient(base_url=address, timeout=30) as client:
            await until(lambda: is_ready(client))
            await until(lambda: give_phone(client, neighbours.ticket(1)))
            events = await neighbours.tell(issued(1), called(1), recalled(1))

            async def called_twice() -> bool:
                return {"called", "recalled"} <= {*await texts(client)}

            await until(called_twice)
            before = await texts(client)
    for event in events:
        await neighbours.say(event)
    with a_notify(redis=store.url, kafka=kafka) as address:
        async with httpx.AsyncClient(base_url=address, timeout=30) as client:
            await neighbours.tell(issued(2))

            async def caught_up() -> bool:
                url = f"/v1/branches/{neighbours.branch}/days/2026-11-23"
                counted = (await client.get(url)).json()["tickets"]
                return bool(counted["waiting"] == 1)

            await until(caught_up)
            assert await texts(client) == before
            states = (await client.get("/v1/messages/summary")).json()["states"]
    assert (states["queued"], states["sending"]) == (0, 0)


async def _told(kafka: str, branch: str, count: int) -> list[tuple[str, dict[str, str], Any]]:
    """What notify told of the branch: type, attributes, data."""
    found: list[tuple[str, dict[str, str], Any]] = []
    async with (
        AIOKafkaConsumer(
            "talon.messages", bootstrap_servers=kafka, auto_offset_reset="earliest"
        ) as consumer,
        asyncio.timeout(30),
    ):
        while len(found) < count:
            record = await consumer.getone()
            if record.key == branch.encode():
                about = attributes(record.headers)
                found.append((about["type"], about, json.loads(record.value)))
    return found
