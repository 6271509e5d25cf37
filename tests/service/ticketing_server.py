"""Ticketing as tests talk to it, without a socket."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx

from services.chassis.app import application
from services.ticketing.app import wired
from services.ticketing.settings import Settings

PROBLEM = "application/problem+json"
NOBODY = "127.0.0.1:1"  # a broker that is not there


@contextlib.asynccontextmanager
async def ticketing(
    redis_url: str, clock: str, kafka: str = NOBODY, copies: int = 0
) -> AsyncIterator[httpx.AsyncClient]:
    """An instance whose clock began at *clock*, by the branch's wall in November 2026.

    With a broker it runs whole: relay, subscriptions and jobs. What it answers is on so many
    *copies* of the store.
    """
    settings = Settings.model_validate(
        {
            "port": 8101,
            "redis": redis_url,
            "store_copies": copies,
            "kafka": kafka,
            "clock": f"2026-11-{clock}+05:00@1",
        }
    )
    service = wired(settings)
    app = application(service, give_up=lambda: None)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with contextlib.AsyncExitStack() as stack:
        if kafka == NOBODY:
            stack.push_async_callback(service.redis.aclose)
        else:
            await stack.enter_async_context(app.router.lifespan_context(app))
        client = httpx.AsyncClient(transport=transport, base_url="http://localhost:8101")
        yield await stack.enter_async_context(client)


def problem(answer: httpx.Response, status: int, name: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    body: dict[str, Any] = answer.json()
    assert (body["type"], body["status"]) == (f"/problems/{name}", status)
    assert body["title"]
    assert body["detail"]
    return body
