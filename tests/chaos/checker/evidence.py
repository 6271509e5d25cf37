"""What is left of a day, gathered where it lies."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from redis.asyncio import Redis

from contracts.topics import CALLS, MESSAGES, TICKETS
from tests.chaos.checker import changes, journals, stores
from tests.chaos.checker.journals import Acknowledged, Click, Shown
from tests.chaos.checker.stores import Stores
from tests.keeping import Key, keys_of
from tests.system.told import Told, once, records, story

TOLD: Final = (TICKETS, CALLS, MESSAGES)
CALM: Final = 3  # looks in a row at which nothing moves
LOOK_EVERY: Final = 0.3  # seconds


@dataclass(frozen=True, slots=True)
class Place:
    """Where the evidence lies."""

    kafka: str
    redis: str
    store_log: Path  # the folder of the store's log of changes
    journal: Path
    clicks: Path
    board: Path
    fresh_for: float  # real seconds in which a board still shows a call


@dataclass(frozen=True, slots=True, repr=False)
class Evidence:
    """Of one branch."""

    log: Mapping[str, Sequence[Told]]  # topic -> its events, with repeats
    dead: Sequence[str]  # dead letters, by their headers
    stores: Stores
    keys: Sequence[Key]  # all that there are
    relayed: Sequence[tuple[str, str]]  # checkpoint, id: each move in its order
    journal: Sequence[Acknowledged]
    clicks: Sequence[Click]
    board: Sequence[Shown]
    fresh_for: float  # real seconds
    is_over: bool  # the day has ended: nobody may wait any more

    def heard(self, topic: str) -> list[Told]:
        """The events of *topic* without repeats."""
        return once(self.log[topic])


async def rest(place: Place, within: float) -> bool:
    """Wait until nothing is on its way; False if something still was after so many seconds."""
    deadline = time.monotonic() + within
    async with Redis.from_url(place.redis, decode_responses=True) as redis:
        calm = 0
        while calm < CALM:
            if time.monotonic() > deadline:
                return False
            calm = calm + 1 if await stores.is_at_rest(redis) else 0
            await asyncio.sleep(LOOK_EVERY)
    return True


async def gather(place: Place, branch: str, *, is_over: bool) -> Evidence:
    """Read everything about *branch*."""
    log = {topic.name: await _of(branch, place.kafka, topic.name) for topic in TOLD}
    dead = [
        f"{topic.dead}: {dict(record.headers)}"
        for topic in TOLD
        for record in await records(place.kafka, topic.dead)
    ]
    async with Redis.from_url(place.redis, decode_responses=True) as redis:
        kept, keys = await stores.dump(redis, branch), await keys_of(redis)
    return Evidence(
        log=log,
        dead=dead,
        stores=kept,
        keys=keys,
        relayed=list(changes.relayed(place.store_log)),
        journal=[one for one in journals.acknowledged(place.journal) if one.branch == branch],
        clicks=journals.clicks(place.clicks),
        board=journals.shown(place.board),
        fresh_for=place.fresh_for,
        is_over=is_over,
    )


async def _of(branch: str, kafka: str, topic: str) -> list[Told]:
    return [event for event in await story(kafka, topic) if event.branch == branch]
