"""Lines under pressure, on a real store: their head starts are kept by the rounds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from services.dispatch.domain.rules import Rules
from services.dispatch.domain.windows import Command
from services.dispatch.jobs.rounds import Rounds
from tests.builders import a_branch, at, ticket_id
from tests.store.dispatch_hall import KEYS, Centre, told

STAFF = {"O1": ("PASS", "REAL"), "O2": ("REAL",), "O3": ("REAL",)}
PRESSED = Rules(version="pressed", pressure=0.5, most_pressure=timedelta(minutes=30))
REAL, PASS = ticket_id(1), ticket_id(2)


@pytest.fixture
async def centre(redis: Redis) -> Centre:
    """One waits for three windows, and four who came later for one of them."""
    centre = Centre(redis, a_branch(STAFF), PRESSED)
    for window in ("1", "2", "3"):
        await centre.opened(window, f"O{window}")
    await centre.joined(1, line="REAL")
    await centre.joined(2, 3, 4, 5)
    return centre


async def rounds_go(centre: Centre) -> None:
    await Rounds(centre.stores, lambda: at(5)).go(centre.branch, centre.rules, at(5))


async def test_a_line_with_much_work_for_few_windows_is_called_earlier(centre, redis):
    """By a share of its backlog; the decision on record says what it was weighed with."""
    await rounds_go(centre)
    _, called = await centre.next_at(now=at(6))
    assert called.id == PASS
    first, second = called.decision.considered
    assert (first.head.promise, first.by) < (at(17), at(0))
    assert second.head.ticket == REAL
    assert first.by < second.by < second.head.promise < first.head.promise
    (kind, data) = (await told(redis))[-1]
    assert (kind, data["decision"]["rules"]) == ("ticket.called", "pressed")
    seen = {one["line"]: one["weighed"] < one["promise"] for one in data["decision"]["considered"]}
    assert seen == {"PASS": True, "REAL": True}


async def test_head_starts_are_replaced_whole(centre, redis):
    """A line where nobody waits any more has none; a window on a break relieves nobody."""
    await rounds_go(centre)
    before = await redis.hgetall(KEYS.head_start)
    assert set(before) == {"PASS", "REAL"}
    assert await redis.pttl(KEYS.head_start) == -1
    for window in ("2", "3"):
        await centre.moved(Command.PAUSE, window)
    await rounds_go(centre)
    after = await redis.hgetall(KEYS.head_start)
    assert int(after["REAL"]) > int(before["REAL"])
    await centre.moved(Command.RESUME, "2")
    await centre.next_at("2")
    await rounds_go(centre)
    assert set(await redis.hgetall(KEYS.head_start)) == {"PASS"}


async def test_a_centre_that_orders_no_pressure_calls_by_the_promise(centre, redis):
    """From the next round on, whatever was kept before."""
    await rounds_go(centre)
    centre.rules = replace(PRESSED, pressure=0.0)
    await rounds_go(centre)
    assert await redis.exists(KEYS.head_start) == 0
    _, called = await centre.next_at(now=at(6))
    assert called.id == REAL
    assert all(seen.by == seen.head.promise for seen in called.decision.considered)
