"""A break asked for over HTTP, on a real store: granted, put off, begun, withdrawn."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from tests.service.dispatch_server import Api, dispatch
from tests.service.ticketing_server import problem
from tests.stack import Store


@pytest.fixture
async def api(store: Store, redis: Redis) -> AsyncIterator[Api]:
    """O1 is at window 1 and O2, who can do the same, at window 2."""
    async with dispatch(store, redis) as api:
        for window in ("1", "2"):
            assert (await api.post("open", window=window, operator=f"O{window}")).is_success
        yield api


async def test_a_break_with_nobody_there_has_begun(api):
    """The answer brings the window; a repeat gets it again, and begins nothing anew."""
    given = await api.asked("one", minutes=30, reason="technical")
    assert (given["granted"], given["window"]["state"]) == (True, "paused")
    assert (given["window"]["reason"], given["window"]["break_due"]) == ("technical", None)
    assert given["until"].startswith("2026-11-23T07:30")
    assert given["text"]["ru"] == "Перерыв разрешён и начался."
    assert (await api.post("resume")).is_success
    assert await api.asked("one", minutes=30, reason="technical") == given
    assert (await api.window())["state"] == "free"
    assert await api.plan() == [("O1", 30)]


async def test_a_break_with_a_visitor_there_is_due(api):
    """The window says so, and for how long; it begins whole, and without another press."""
    await api.serve()
    given = await api.asked("one", minutes=30)
    assert (given["granted"], given["window"]["state"]) == (True, "serving")
    assert given["window"]["break_due"] == {"minutes": 30, "reason": "lunch"}
    assert given["text"]["en"].startswith("The break is granted. It begins after the visitor")
    assert given["until"] is None, "nobody knows when the visitor leaves"
    assert (await api.window())["break_due"] == given["window"]["break_due"]
    finished = (await api.post("finish")).json()
    assert (finished["state"], finished["reason"]) == ("paused", "lunch")
    assert finished["break_due"] is None
    assert await api.asked("one", minutes=30) == given, "a repeat changes nothing"
    assert (await api.window())["state"] == "paused"


async def test_a_break_that_is_withdrawn_leaves_the_plan(api):
    """The operator goes on after the visitor; a late repeat takes no later break away."""
    await api.serve()
    await api.asked(minutes=30)
    assert await api.plan() == [("O1", 30)]
    withdrawn = (await api.post("withdraw-break", "back")).json()
    assert (withdrawn["state"], withdrawn["break_due"]) == ("serving", None)
    assert await api.plan() == []
    problem(await api.post("withdraw-break"), 409, "no-break-due")
    await api.asked(minutes=45)
    assert (await api.post("withdraw-break", "back")).is_success
    assert await api.plan() == [("O1", 45)]
    assert (await api.window())["break_due"] is not None


async def test_a_break_at_the_wrong_moment_is_put_off(api):
    """With the reason and an hour; the window stays as it was."""
    assert (await api.post("break", window="2")).json()["granted"]
    given = await api.asked()
    assert (given["granted"], given["reason"]) == (False, "skill_stays")
    assert given["at"].startswith("2026-11-23T13:15")
    assert (given["window"]["state"], given["window"]["break_due"]) == ("free", None)
    assert (await api.window())["state"] == "free"


async def test_who_rests_or_is_away_asks_for_no_break(api):
    """What is possible instead is told."""
    await api.asked()
    refused = problem(await api.post("break"), 409, "illegal-move")
    assert (refused["state"], refused["legal"]) == ("paused", ["resume", "close"])
    assert (await api.post("close")).is_success
    assert problem(await api.post("break"), 409, "illegal-move")["legal"] == ["open"]
    assert (await api.post("break", reason="console_lost")).status_code == 422
