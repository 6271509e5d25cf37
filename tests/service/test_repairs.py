"""A story with a gap repairs itself on a real Kafka, or says that it cannot."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import httpx
import pytest
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from contracts.envelope import attributes
from contracts.topics import TICKETS
from services.chassis import jobs, shards
from services.chassis.gaps import Gap, open_gaps
from services.chassis.spine import Spine
from services.chassis.topics import create_topics
from services.dispatch.events import CatalogueEvents, Heard, TicketEvents
from services.dispatch.store.branches import Branches
from services.dispatch.store.keys import Keys
from services.dispatch.store.lines import Lines
from services.dispatch.store.rules import RuleBook
from tests.builders import at
from tests.service.ticketing_server import NOBODY, ticketing
from tests.stack import Store
from tests.system.told import records
from tests.unit.ticketing.builders import a_branch_file, a_file

NOON = "23T12:00:00"


class Scene:
    """Ticketing tells of a branch of its own; dispatch hears it."""

    def __init__(self, redis: Redis, store: Store, kafka: str) -> None:
        self.redis = redis
        self.store = store
        self.kafka = kafka
        self.branch = f"R-{uuid4().hex[:6].upper()}"
        self.outbox = shards.outbox("ticketing", shards.shard_of(self.branch))
        self.checkpoint = shards.checkpoint("ticketing", shards.shard_of(self.branch))

    async def issue(self, api: httpx.AsyncClient, count: int = 1) -> list[str]:
        url = f"/v1/branches/{self.branch}/tickets"
        answers = [await api.post(url, json={"service": "B01"}) for _ in range(count)]
        return [answer.raise_for_status().json()["id"] for answer in answers]

    async def lose(self, count: int) -> list[str]:
        """Issue tickets of which Kafka has acknowledged everything and has nothing."""
        async with ticketing(self.store.url, NOON, NOBODY) as api:
            lost = await self.issue(api, count)
        newest = await self.redis.xrevrange(self.outbox, count=1)
        await self.redis.hset(self.checkpoint, "id", newest[0][0])
        return lost

    async def knows(self, *tickets: str) -> bool:
        return all([await self.redis.hexists(Keys(self.branch).tickets, one) for one in tickets])

    async def gaps(self) -> list[Gap]:
        found = await open_gaps(self.redis, "dispatch")
        return [gap for gap in found if gap.partitionkey == self.branch]

    async def told_again(self) -> list[str]:
        """Of the branch, in the order in which it came, for dispatch alone."""
        return [
            attributes(record.headers)["subject"]
            for record in await records(self.kafka, TICKETS.name)
            if record.key == self.branch.encode()
            and dict(record.headers).get("replay_for") == b"dispatch"
        ]


@contextlib.asynccontextmanager
async def dispatch(scene: Scene) -> AsyncIterator[None]:
    """Its subscriptions and all that the chassis does for them."""
    branches = Branches(scene.redis)
    on_ticket = TicketEvents(Lines(scene.redis), branches, RuleBook(scene.redis), lambda: at(1))
    heard = Heard(on_ticket, CatalogueEvents(branches))
    wanted = [heard.catalogue, heard.tickets]
    spine = Spine("dispatch", scene.redis, [scene.kafka], wanted, give_up=lambda: None)
    tasks = jobs.begin(spine.jobs())
    try:
        yield
    finally:
        await jobs.end(tasks)
        await spine.stop()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(40):
        while not await condition():
            await asyncio.sleep(0.05)


def repaired(outcome: str) -> float:
    labels = {"topic": TICKETS.name, "outcome": outcome}
    return REGISTRY.get_sample_value("talon_repairs_total", labels) or 0


@pytest.fixture
async def scene(redis: Redis, store: Store, kafka: str) -> Scene:
    await create_topics([kafka])
    scene = Scene(redis, store, kafka)
    async with ticketing(store.url, NOON, NOBODY) as api:
        published = a_file(branches=[a_branch_file(scene.branch)])
        (await api.put("/v1/catalogue", json=published)).raise_for_status()
    return scene


async def test_what_a_reader_missed_is_told_again(scene: Scene):
    """To that reader alone, in its order; then the story is whole and nothing is asked any more."""
    before = repaired("told")
    async with dispatch(scene), ticketing(scene.store.url, NOON, scene.kafka) as api:
        heard = await one_is_heard(scene, api)
    lost = await scene.lose(3)
    async with dispatch(scene), ticketing(scene.store.url, NOON, scene.kafka) as api:
        newest = await scene.issue(api)
        await until(lambda: scene.knows(*heard, *lost, *newest))
        await until(lambda: is_whole(scene))
    assert await scene.told_again() == lost
    assert repaired("told") == before + 1


async def one_is_heard(scene: Scene, api: httpx.AsyncClient) -> list[str]:
    """A ticket that comes to dispatch as all do."""
    heard = await scene.issue(api)
    await until(lambda: scene.knows(*heard))
    return heard


async def is_whole(scene: Scene) -> bool:
    """No gap of the branch is open, and the gauge says so."""
    shown = REGISTRY.get_sample_value("talon_gaps_open", {"topic": TICKETS.name})
    others = [g for g in await open_gaps(scene.redis, "dispatch") if g.topic == TICKETS.name]
    return await scene.gaps() == [] and shown == len(others)


async def test_what_no_outbox_has_stays_missing_and_is_said(scene: Scene):
    """What is left of it is told again all the same."""
    before = repaired("gone")
    async with dispatch(scene), ticketing(scene.store.url, NOON, scene.kafka) as api:
        heard = await one_is_heard(scene, api)
    lost = await scene.lose(3)
    told = {told["subject"]: id for id, told in await scene.redis.xrange(scene.outbox)}
    await scene.redis.xdel(scene.outbox, told[lost[0]], told[lost[1]])
    async with dispatch(scene), ticketing(scene.store.url, NOON, scene.kafka) as api:
        newest = await scene.issue(api)
        await until(lambda: scene.knows(*heard, lost[2], *newest))
        await until(lambda: is_gone(before))
    (gap,) = await scene.gaps()
    assert gap.until == told[lost[1]]
    assert not await scene.knows(lost[0])
    shown = REGISTRY.get_sample_value("talon_gaps_open", {"topic": TICKETS.name})
    assert shown is not None
    assert shown >= 1


async def is_gone(before: float) -> bool:
    return repaired("gone") > before
