"""Notify as it runs: a process of its own, and pages that listen to it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from httpx_sse import ServerSentEvent, aconnect_sse

from services.embedded.ports import Ports

NOWHERE = "127.0.0.1:1"
"""A broker that is away: notify answers all the same."""

_STARTS_WITHIN = 90  # seconds
_STOPS_WITHIN = 20
_HEARD_WITHIN = 20


def a_notify(*, redis: str, kafka: str = NOWHERE) -> contextlib.AbstractContextManager[str]:
    """The address of a running notify on Monday morning; it stops gracefully."""
    return a_service("notify", redis=redis, kafka=kafka)


@contextlib.contextmanager
def a_service(name: str, *, redis: str, kafka: str = NOWHERE) -> Iterator[str]:
    """The address of an instance of a service on Monday morning; it stops gracefully."""
    port = Ports.free().notify
    address = f"http://127.0.0.1:{port}"
    env = os.environ | {
        "TALON_PORT": str(port),
        "TALON_REDIS": redis,
        "TALON_KAFKA": kafka,
        "TALON_CLOCK": "2026-11-23T09:00:00+05:00@1",
        "TALON_ADDRESSES": '{"notify": "http://localhost:8103"}',
        "TALON_LOG": "error",
    }
    command = [sys.executable, "-m", "services.cli", "serve", name]
    with subprocess.Popen(command, env=env) as running:
        try:
            _wait_until_live(address, running)
            yield address
        finally:
            running.terminate()
            try:
                assert running.wait(_STOPS_WITHIN) in {0, -signal.SIGTERM}
            finally:
                running.kill()


def _wait_until_live(address: str, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline and running.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/health/live").is_success:
                return
        time.sleep(0.05)
    raise AssertionError(f"{address} does not answer; exit code {running.poll()}")


@dataclass
class Listener:
    """A page that listens."""

    events: AsyncIterator[ServerSentEvent]

    async def next(self, event: str) -> ServerSentEvent:
        """The next event of this name."""
        async with asyncio.timeout(_HEARD_WITHIN):
            async for heard in self.events:
                if heard.event == event:
                    return heard
        raise AssertionError(f"the events ended without {event}")

    async def data(self, event: str) -> Any:
        return (await self.next(event)).json()


@contextlib.asynccontextmanager
async def listening(client: httpx.AsyncClient, url: str, last: str = "") -> AsyncIterator[Listener]:
    headers = {"Last-Event-ID": last} if last else {}
    async with aconnect_sse(client, "GET", url, headers=headers) as source:
        source.response.raise_for_status()
        yield Listener(source.aiter_sse())
