"""A console that vanished: who was called is put back, who is served is alarmed, taken over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from redis.asyncio import Redis

from services.chassis.clock import real_now
from services.dispatch.jobs.rounds import Rounds
from services.dispatch.store.watch import Watch
from tests.builders import RULES, at, ticket_id
from tests.service.dispatch_server import Api, dispatch
from tests.service.ticketing_server import problem
from tests.stack import Store
from tests.store.dispatch_hall import told

VISITOR = ticket_id(1)


@pytest.fixture
async def api(store: Store, redis: Redis) -> AsyncIterator[Api]:
    """Window 1 serves somebody, and its console has been silent for too long."""
    async with dispatch(store, redis) as api:
        assert (await api.post("open", operator="O1")).is_success
        await api.serve()
        long_ago = real_now() - RULES.lost_console - timedelta(seconds=1)
        await a_sign_of_life(redis, long_ago)
        yield api


async def a_sign_of_life(redis: Redis, when: datetime) -> None:
    watch = Watch(redis)
    watch.heard("BR-T", "1", real_now=when)
    await watch.keep_heard("BR-T")


async def goes_round(api: Api, now: datetime) -> None:
    """What is done when time goes by."""
    rounds = Rounds(api.centre.stores, lambda: now)
    await rounds.go(api.centre.branch, RULES, now)
    await rounds.look(api.centre.branch, RULES, now)


async def alarms(api: Api) -> list[tuple[str, str]]:
    """What the shift head is told after a round."""
    await goes_round(api, at(181))
    return [(alarm["kind"], alarm["subject"]) for alarm in (await api.get("shift"))["alarms"]]


async def test_who_is_served_is_not_let_go_but_alarmed(api, redis):
    """Somebody sits there: only a person can know what to do."""
    assert await alarms(api) == [("silent", "1")]
    window = await api.window()
    assert (window["state"], window["operator"], window["ticket"]["id"]) == (
        "serving", "O1", VISITOR,
    )  # fmt: skip


async def test_who_is_called_to_a_silent_window_is_put_back(store, redis):
    """Not at once: an operator who has just called is there, only the page's line is not."""
    async with dispatch(store, redis) as api:
        await api.post("open", operator="O1")
        await api.call()
        long_ago = real_now() - RULES.lost_console - timedelta(seconds=1)
        await a_sign_of_life(redis, long_ago)
        called = datetime.fromisoformat((await api.window())["since"])
        await goes_round(api, called + RULES.lost_console / 2)
        assert (await api.window())["state"] == "calling"
        await goes_round(api, called + RULES.lost_console)
        window = await api.window()
        assert (window["state"], window["reason"]) == ("paused", "console_lost")
        assert (await api.get("lines"))["waiting"] == 1


async def test_another_operator_takes_the_window_over_with_the_visit(api, redis):
    """If it is confirmed; nobody sees an alarm for a console that is not asked any more."""
    await alarms(api)
    problem(await api.post("open", operator="O2"), 409, "window-taken")
    window = (await api.post("open", operator="O2", take_over=True)).json()
    assert (window["state"], window["operator"], window["ticket"]["id"]) == (
        "serving", "O2", VISITOR,
    )  # fmt: skip
    assert await alarms(api) == []
    closed, opened = [
        data for kind, data in await told(redis) if kind in {"window.closed", "window.opened"}
    ][-2:]
    assert (closed["operator"], closed["reason"], opened["operator"]) == ("O1", "taken_over", "O2")
    finished = (await api.post("finish")).json()
    assert (finished["state"], finished["operator"]) == ("tidying", "O2")


async def test_the_operator_takes_the_visit_to_a_place_that_works(api, redis):
    """The visitor is told where to go, and the window that is silent closes."""
    await alarms(api)
    window = (await api.post("open", window="2", operator="O1", take_over=True)).json()
    assert (window["state"], window["ticket"]["id"]) == ("serving", VISITOR)
    assert (await api.window("1"))["state"] == "closed"
    kind, data = [fact for fact in await told(redis) if fact[1].get("ticket") == VISITOR][-1]
    assert (kind, data["window"]) == ("service.started", "2")
    assert await alarms(api) == []


async def test_nobody_is_silent_who_could_not_be_heard(api):
    """After a stop of some minutes, consoles first have the time to come back."""
    await Rounds(api.centre.stores, lambda: at(181)).visit("BR-T", with_alarms=True)
    assert (await api.get("shift"))["alarms"] == []
    assert await alarms(api) == [("silent", "1")]


async def test_a_new_console_is_watched_over_again(api, redis):
    """It gave a sign of life, and then none."""
    await api.post("open", operator="O2", take_over=True)
    assert await alarms(api) == []
    long_ago = real_now() - RULES.lost_console - timedelta(seconds=1)
    await a_sign_of_life(redis, long_ago)
    assert await alarms(api) == [("silent", "1")]
