"""A master dies, or freezes and wakes, while people take tickets: nothing acknowledged is lost.

It holds with as many copies before the answer as a master has replicas, for then whichever takes
over has everything. With fewer, a master that only died is replaced by the one furthest ahead; one
that froze and wakes too early may be confirmed by a replica that has not heard of its successor.
"""

from __future__ import annotations

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer

from contracts.envelope import attributes
from contracts.tickets import TicketIssued
from contracts.topics import TICKETS
from tests.cluster.kiosks import Kiosks
from tests.cluster.noon import at_noon, follows, master_of, replaced
from tests.cluster.servers import Servers, a_cluster, a_watched_master

FEW = 15


async def killed(servers: Servers, kiosks: Kiosks) -> None:
    """The master of the first branch dies, and comes back when its place is taken."""
    here, there = kiosks.branches
    master = await master_of(servers, here)
    await kiosks.printed(here, FEW)
    await asyncio.to_thread(master.kill)
    if await asyncio.to_thread(servers.masters):
        await kiosks.printed(there, FEW, within=20)
    await replaced(servers, here, master)
    await asyncio.to_thread(servers.again, master)
    await kiosks.printed(here, FEW)


async def frozen(servers: Servers, kiosks: Kiosks) -> None:
    """The master of the first branch freezes, is replaced, and wakes believing that it is one."""
    here, _ = kiosks.branches
    master = await master_of(servers, here)
    await kiosks.printed(here, FEW)
    master.freeze()
    await replaced(servers, here, master)
    master.wake()
    await follows(master)
    await kiosks.printed(here, FEW)


@pytest.mark.parametrize(
    ("servers", "copies", "fault"),
    [
        pytest.param(lambda: a_watched_master(replicas=2), 1, killed, marks=pytest.mark.long),
        pytest.param(lambda: a_watched_master(replicas=2), 2, frozen, marks=pytest.mark.long),
        pytest.param(lambda: a_cluster(replicas=1), 1, killed, marks=pytest.mark.long),
        pytest.param(lambda: a_cluster(replicas=1), 1, frozen, marks=pytest.mark.long),
    ],
    ids=["sentinel-killed", "sentinel-frozen", "cluster-killed", "cluster-frozen"],
)
async def test_nothing_acknowledged_is_lost(servers, copies, fault, kafka):
    """Each ticket is there and told once, its number is given once, a repeat gets the same."""
    with servers() as store:
        async with at_noon(store, kafka, copies) as kiosks:
            async with kiosks.at_work():
                await fault(store, kiosks)
            assert kiosks.refused, "nobody noticed the failover"
            await kiosks.ask_again()
            assert not kiosks.otherwise, "a repeated command gets its first answer"
            assert not kiosks.twice()
            assert not await kiosks.forgotten()
            for branch in kiosks.branches:
                await _is_told(kiosks, branch, kafka)


async def _is_told(kiosks: Kiosks, branch: str, kafka: str) -> None:
    """The story of *branch* has each ticket that was printed, no other one, and no gap."""
    printed = {slip.id for slip in kiosks.slips.values() if slip.branch == branch}
    tally = (await kiosks.api.get(f"/v1/branches/{branch}/days/today")).json()
    assert tally["total"] == len(printed)
    story = await _story(kafka, branch, len(printed))
    assert {event["subject"] for event in story.values()} == printed
    assert {event["type"] for event in story.values()} == {TicketIssued.TYPE}
    assert [event["previous"] for event in story.values()] == ["0-0", *[*story][:-1]]


async def _story(kafka: str, branch: str, count: int) -> dict[str, dict[str, str]]:
    """What Kafka has of *branch*, by the id of the event, once it has *count* events."""
    story: dict[str, dict[str, str]] = {}
    reader = AIOKafkaConsumer(TICKETS.name, bootstrap_servers=kafka, auto_offset_reset="earliest")
    async with asyncio.timeout(30), reader:
        while len(story) < count:
            record = await reader.getone()
            if record.key == branch.encode():
                event = attributes(record.headers)
                story.setdefault(event["id"], event)
    return story
