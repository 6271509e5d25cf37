"""Any instance of dispatch serves any console."""

from __future__ import annotations

from typing import Any

import httpx
from redis.asyncio import Redis

from contracts.envelope import Event
from services.dispatch.store.branches import Branches
from tests.builders import a_published_branch
from tests.service.notify_server import a_service, listening
from tests.stack import Store

WINDOW = "/v1/branches/BR-T/windows/1"


async def test_a_console_that_comes_back_to_another_instance_misses_nothing(
    store: Store, redis: Redis
) -> None:
    """What happened meanwhile, through whichever instance; and a click there has its effect."""
    event = Event[Any].model_construct(id="1-0", partitionkey="BR-T", data=a_published_branch())
    await Branches(redis).publish(event)
    with (
        a_service("dispatch", redis=store.url) as one,
        a_service("dispatch", redis=store.url) as other,
    ):
        async with httpx.AsyncClient(trust_env=False) as http:
            async with listening(http, f"{one}{WINDOW}/events") as console:
                assert (await console.data("window"))["state"] == "closed"
                opened = await http.post(f"{other}{WINDOW}/open", json={"operator": "O1"})
                assert opened.is_success, opened.text
                heard = await console.next("window")
                assert heard.json()["state"] == "free"
            assert (await http.post(f"{one}{WINDOW}/pause", json={"reason": "lunch"})).is_success
            async with listening(http, f"{other}{WINDOW}/events", last=heard.id) as console:
                missed = await console.next("window")
                assert missed.id != heard.id
                assert missed.json()["state"] == "paused"
                assert (await http.post(f"{other}{WINDOW}/resume")).is_success
                assert (await console.data("window"))["state"] == "free"
