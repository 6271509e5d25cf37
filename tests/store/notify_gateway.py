"""A small SMS centre: a real HTTP server that answers as a test tells it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse


@dataclass
class SmsCentre:
    """Keyed by ``Idempotency-Key``, as a good one is."""

    url: str = ""
    status: int = 200
    body: dict[str, str] = field(default_factory=lambda: {"state": "sent"})
    silent: bool = False  # takes the message, and answers too late
    asked: list[tuple[dict[str, str], dict[str, str]]] = field(default_factory=list)
    phones: dict[str, dict[str, str]] = field(default_factory=dict)

    async def take(self, request: Request) -> Response:
        message = await request.json()
        self.asked.append((message, dict(request.headers)))
        if self.silent:
            self.phones.setdefault(request.headers["idempotency-key"], message)
            await asyncio.sleep(30)
        if self.status < 300:
            self.phones.setdefault(request.headers["idempotency-key"], message)
        return JSONResponse(self.body, self.status)


@contextlib.contextmanager
def an_sms_centre() -> Iterator[SmsCentre]:
    centre = SmsCentre()
    app = FastAPI()
    app.add_api_route("/sms", centre.take, methods=["POST"])
    config = uvicorn.Config(
        app, port=0, log_config=None, lifespan="off", loop="asyncio", timeout_graceful_shutdown=0
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
        (port,) = {s.getsockname()[1] for a in server.servers for s in a.sockets}
        centre.url = f"http://127.0.0.1:{port}/sms"
        yield centre
    finally:
        server.should_exit = True
        thread.join(10)
