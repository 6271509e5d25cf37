"""Without copies before the answer a failover may lose what was acknowledged; then it rings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from faststream.kafka import KafkaBroker
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from contracts.envelope import Event, Missing, Position
from contracts.topics import TICKETS
from services.chassis import stories
from services.chassis.consume import Subscription, subscribe
from services.chassis.dead import DeadLetters
from services.chassis.lua import Step
from tests.cluster.noon import at_noon, master_of, replaced
from tests.cluster.servers import Servers, a_watched_master

FEW = 10


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


async def rings(name: str, before: float, **labels: str) -> None:
    async with asyncio.timeout(30):
        while counted(name, **labels) <= before:
            await asyncio.sleep(0.05)


@asynccontextmanager
async def a_reader(kafka: str, redis: Redis, branch: str) -> AsyncIterator[None]:
    """Somebody who follows the story of *branch*, and whose own store loses nothing."""

    async def hear(event: Event[Any]) -> Step[Missing] | None:
        at = Position(event.topic, event.partitionkey, event.id, event.previous)
        return stories.pass_by(redis, "heard", at) if event.partitionkey == branch else None

    broker = KafkaBroker([kafka], logger=None, allow_auto_create_topics=False)
    reader = f"reader-{uuid4().hex}"
    subscribe(broker, reader, Subscription(TICKETS, {}, hear), DeadLetters(broker, reader))
    async with broker:
        await broker.start()
        yield


@pytest.mark.long
async def test_what_no_replica_had_is_lost_and_rings(kafka, redis):
    """Copies would have refused these tickets; so the same numbers are given to two people."""
    forgot, gap = "talon_store_forgot_total", "talon_gaps_total"
    labels = {"topic": TICKETS.name, "kind": "forgotten"}
    before = counted(forgot), counted(gap, **labels)
    with a_watched_master() as servers:
        async with at_noon(servers, kafka, copies=0) as kiosks:
            here, _ = kiosks.branches
            async with a_reader(kafka, redis, here):
                async with kiosks.at_work():
                    await kiosks.printed(here, FEW)
                    await _fail_over_to_one_that_is_behind(servers, here, kiosks.printed)
                    await kiosks.printed(here, FEW)
                await rings(forgot, before[0])
                await rings(gap, before[1], **labels)
            assert await kiosks.forgotten()
            assert kiosks.twice()


async def _fail_over_to_one_that_is_behind(servers: Servers, branch: str, printed: Any) -> None:
    master = await master_of(servers, branch)
    await asyncio.to_thread(master.shut_out_replicas)
    await printed(branch, FEW)
    await asyncio.to_thread(master.kill)
    await replaced(servers, branch, master)


@pytest.mark.long
async def test_with_copies_nothing_is_acknowledged_that_no_replica_has(kafka):
    """The same fault: nobody gets a ticket, everybody is told why, and it is counted."""
    before = counted("talon_too_few_copies_total")
    with a_watched_master() as servers:
        async with at_noon(servers, kafka, copies=1) as kiosks:
            here, _ = kiosks.branches
            master = await master_of(servers, here)
            async with kiosks.at_work():
                await kiosks.printed(here, FEW)
                await asyncio.to_thread(master.shut_out_replicas)
                await rings("talon_too_few_copies_total", before + FEW)
                assert kiosks.refused["/problems/too-few-copies"]
                await asyncio.to_thread(master.kill)
                await replaced(servers, here, master)
                await asyncio.to_thread(servers.again, master)
                await kiosks.printed(here, FEW)
            assert not await kiosks.forgotten()
            assert not kiosks.twice()
