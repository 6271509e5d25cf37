"""A hall of dispatch on a real store: how tests open, call and move, and what was told."""

from __future__ import annotations

import json

from redis.asyncio import Redis

from contracts.topics import TOPICS
from services.dispatch.domain.windows import Command
from services.dispatch.store.keys import Keys
from services.dispatch.store.lines import Lines
from services.dispatch.store.windows import Windows
from tests.builders import a_branch, a_position, a_ticket, at

BRANCH = a_branch()
KEYS = Keys("BR-T")
FACTS = {fact.TYPE: fact for topic in TOPICS for fact in topic.facts}


async def opened(windows: Windows, window: str = "1", operator: str = "O1") -> None:
    await windows.open(BRANCH, window, operator, command=f"open-{window}", now=at(0))


async def next_at(windows: Windows, window: str = "1", command: str = "next"):
    return await windows.call_next(BRANCH, window, command=command, now=at(5))


async def moved(windows: Windows, move: Command, command: str | None = None, reason: str = ""):
    return await windows.move(BRANCH, "1", move, command=command or move, now=at(6), reason=reason)


async def joined(lines: Lines, *ns: int, line: str = "PASS"):
    return [await lines.join(a_ticket(n, line, arrived=n), at=a_position(n), now=at(n)) for n in ns]


async def told(redis: Redis) -> list[tuple[str, dict]]:
    """Type and data of every event in the outbox; each fits its contract, strictly."""
    events = []
    previous = "0-0"
    for id, entry in await redis.xrange(KEYS.outbox):
        data = json.loads(entry["data"])
        fact = FACTS[entry["type"]]
        fact.model_validate(data)
        assert set(data) <= set(fact.model_fields), "a writer says nothing beyond the contract"
        assert entry["previous"] == previous
        previous = id
        events.append((entry["type"].removeprefix("talon."), data))
    return events
