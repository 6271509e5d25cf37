"""Ticketing on a real Kafka: what it tells arrives, and what dispatch tells is heard."""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import uuid4

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from redis.asyncio import Redis

from contracts.calls import ServiceStarted
from contracts.catalogue import BranchPublished
from contracts.envelope import attributes, headers
from contracts.tickets import DayClosed, TicketCancelled, TicketIssued
from contracts.topics import CALLS, CATALOGUE, TICKETS
from services.chassis.topics import create_topics
from tests.service.ticketing_server import ticketing
from tests.stack import Store
from tests.unit.ticketing.builders import a_branch_file, a_file

Record = ConsumerRecord[bytes, bytes]

BRANCH = f"T-{uuid4().hex[:6].upper()}"  # of this run: topics live longer than a test


async def heard(kafka: str, topic: str, until: str) -> list[Record]:
    """Every event about the branch, up to the first of a type; what came twice counts once."""
    reader = AIOKafkaConsumer(topic, bootstrap_servers=kafka, auto_offset_reset="earliest")
    events: dict[str, Record] = {}
    async with asyncio.timeout(40), reader:
        async for record in reader:
            if record.key == BRANCH.encode():
                ce = attributes(record.headers)
                events.setdefault(ce["id"], record)
                if ce["type"] == until:
                    return list(events.values())
    raise AssertionError(f"no {until}")


async def state_of(api: httpx.AsyncClient, ticket: str, state: str) -> None:
    """Wait until a ticket is in a state."""
    async with asyncio.timeout(30):
        while (await api.get(f"/v1/tickets/{ticket}")).json()["state"] != state:
            await asyncio.sleep(0.02)


async def say_that_service_started(kafka: str, ticket: str) -> None:
    fact = ServiceStarted(call="c1", ticket=ticket, window="1")
    ce = headers(
        id="5-0",
        source="/talon/dispatch",
        type=fact.TYPE,
        time=datetime.fromisoformat("2026-11-23T12:41:00+00:00").isoformat(),
        subject=ticket,
        partitionkey=BRANCH,
        previous="0-0",
    )
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        await producer.send_and_wait(
            CALLS.name,
            fact.model_dump_json().encode(),
            key=BRANCH.encode(),
            headers=[(name, value.encode()) for name, value in ce.items()],
        )


async def test_a_branch_s_story_is_told_and_heard(redis: Redis, store: Store, kafka: str):
    """Issued, served, given up; after a restart in the evening closed: whole and in order."""
    await create_topics([kafka])
    async with ticketing(store.url, "23T12:00:00", kafka) as api:
        await api.put("/v1/catalogue", json=a_file(branches=[a_branch_file(BRANCH)]))
        (published,) = await heard(kafka, CATALOGUE.name, BranchPublished.TYPE)
        assert BranchPublished.model_validate_json(published.value).branch == BRANCH

        url = f"/v1/branches/{BRANCH}/tickets"
        taken = [(await api.post(url, json={"service": "B01"})).json()["id"] for _ in range(3)]
        served, given_up, left = taken
        await say_that_service_started(kafka, served)
        await state_of(api, served, "serving")
        await api.post(f"/v1/tickets/{given_up}/cancel")

    async with ticketing(store.url, "23T19:30:00", kafka) as api:
        await state_of(api, left, "cancelled")
        tally = (await api.get(f"/v1/branches/{BRANCH}/days/2026-11-23")).json()["tickets"]
        assert {state: n for state, n in tally.items() if n} == {"serving": 1, "cancelled": 2}
        story = await heard(kafka, TICKETS.name, DayClosed.TYPE)

    told = [attributes(record.headers) for record in story]
    assert [(event["type"], event["subject"]) for event in told] == [
        *[(TicketIssued.TYPE, ticket) for ticket in taken],
        (TicketCancelled.TYPE, given_up),
        (TicketCancelled.TYPE, left),
        (DayClosed.TYPE, ""),
    ]
    assert [event["previous"] for event in told] == ["0-0", *[event["id"] for event in told[:-1]]]
    closed = DayClosed.model_validate_json(story[-1].value)
    assert (closed.issued, closed.cancelled) == (3, 2)
