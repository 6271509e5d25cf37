"""Dispatch as tests talk to it, without a socket."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from contracts.envelope import Event
from services.chassis.app import application
from services.dispatch.app import build
from services.dispatch.store.branches import Branches
from tests.builders import RULES, a_position, a_published_branch, a_ticket, at
from tests.service.ticketing_server import NOBODY
from tests.stack import Store
from tests.store.dispatch_hall import Centre

AT = "/v1/branches/BR-T"
NOON = "2026-11-23T12:00:00+05:00"


class Api:
    """Dispatch as a console speaks to it."""

    def __init__(self, client: httpx.AsyncClient, centre: Centre) -> None:
        self.client = client
        self.centre = centre

    async def post(
        self, command: str, key: str = "", window: str = "1", **body: Any
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        path = f"{AT}/windows/{window}/{command}"
        return await self.client.post(path, json=body, headers=headers)

    async def asked(self, key: str = "", **body: Any) -> Any:
        return (await self.post("break", key, **body)).raise_for_status().json()

    async def get(self, path: str) -> Any:
        return (await self.client.get(f"{AT}/{path}")).raise_for_status().json()

    async def window(self, window: str = "1") -> Any:
        return next(w for w in (await self.get("windows"))["windows"] if w["window"] == window)

    async def plan(self) -> list[tuple[str, int]]:
        breaks = (await self.get("breaks"))["breaks"]
        return [(one["operator"], one["minutes"]) for one in breaks]

    async def call(self) -> None:
        """Window 1 calls somebody."""
        ticket = a_ticket(1, arrived=170)
        await self.centre.lines.join(ticket, RULES, at=a_position(1), now=at(170))
        assert (await self.post("next")).is_success

    async def serve(self) -> None:
        """Window 1 serves somebody."""
        await self.call()
        assert (await self.post("start")).is_success


@contextlib.asynccontextmanager
async def dispatch(store: Store, redis: Redis) -> AsyncIterator[Api]:
    """Dispatch on a Monday at noon, with BR-T; its jobs do not run."""
    event = Event[Any].model_construct(id="1-0", partitionkey="BR-T", data=a_published_branch())
    await Branches(redis).publish(event)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"REDIS": store.url, "KAFKA": NOBODY, "CLOCK": f"{NOON}@1"}.items():
            patch.setenv(f"TALON_{name}", value)
        service = build()
    transport = httpx.ASGITransport(application(service, give_up=lambda: None))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8102") as client:
        yield Api(client, Centre(redis))
    await service.redis.aclose()
