"""A small HTTP client that keeps its connections, so that a bench does not measure its client."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

from httptools import HttpResponseParser

TRIES = 3
"""A server may close an idle connection just as it is used; a command's key makes that harmless."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, and when its last byte was here (`time.perf_counter`)."""

    status: int
    body: bytes
    at: float


class Server:
    """One service, over as many connections as are in use at once."""

    def __init__(self, address: str) -> None:
        self.port = urlsplit(address).port
        self._idle: list[_Connection] = []

    async def post(self, path: str, body: object = None) -> Answer:
        """Send a command, under a key of its own."""
        content = b"" if body is None else json.dumps(body).encode()
        return await self.command("POST", path, content, uuid4().hex)

    async def command(self, method: str, path: str, content: bytes, key: str) -> Answer:
        """Send a command under *key*."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\n"
            f"Idempotency-Key: {key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        return await self._ask(head.encode() + content)

    async def get(self, path: str) -> Answer:
        return await self._ask(_get(path, self.port))

    async def _ask(self, request: bytes) -> Answer:
        for _ in range(TRIES):
            connection = self._kept() or await self._connect()
            try:
                answer = await connection.ask(request)
            except ConnectionError:
                continue
            self._idle.append(connection)
            return answer
        raise ConnectionError(f"port {self.port} closes every connection")

    def _kept(self) -> _Connection | None:
        """The one used last, for servers close those that idle."""
        while self._idle:
            if (connection := self._idle.pop()).open:
                return connection
        return None

    async def _connect(self) -> _Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(_Connection, "127.0.0.1", self.port)
        return connection


def _get(path: str, port: int | None) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()


class _Connection(asyncio.Protocol):
    """One question at a time."""

    def __init__(self) -> None:
        self._parser = HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._body = b""

    @property
    def open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, request: bytes) -> asyncio.Future[Answer]:
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._waiting

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def connection_lost(self, _: Exception | None) -> None:
        self._transport = None
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(ConnectionError("closed"))

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, part: bytes) -> None:
        self._body += part

    def on_message_complete(self) -> None:
        body, self._body = self._body, b""
        if self._waiting and not self._waiting.done():
            status = self._parser.get_status_code()
            self._waiting.set_result(Answer(status, body, time.perf_counter()))


class Page(asyncio.Protocol):
    """A live page, such as a board: hears server-sent events and says when each came."""

    def __init__(
        self, request: bytes, heard: Callable[[str, bytes, float], None], begins: str
    ) -> None:
        self._parser = HttpResponseParser(self)
        self._request = request
        self._heard = heard
        self._begins = begins
        self._rest = b""
        self._now = 0.0
        self._transport: asyncio.BaseTransport | None = None
        self.ready = asyncio.Event()
        self.gone = asyncio.Event()

    @classmethod
    async def open(
        cls,
        address: str,
        path: str,
        heard: Callable[[str, bytes, float], None],
        begins: str = "snapshot",
    ) -> Page:
        """Return a page that has its state, which comes as the event *begins*; *heard* gets an
        event's name, data and moment.
        """
        port = urlsplit(address).port
        loop = asyncio.get_running_loop()
        _, page = await loop.create_connection(
            lambda: cls(_get(path, port), heard, begins), "127.0.0.1", port
        )
        try:
            await asyncio.wait_for(page.ready.wait(), 30)
        except BaseException:
            page.close()
            raise
        return page

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        transport.write(self._request)  # type: ignore[attr-defined]

    def connection_lost(self, _: Exception | None) -> None:
        self.gone.set()

    def data_received(self, data: bytes) -> None:
        self._now = time.perf_counter()
        self._parser.feed_data(data)

    def on_body(self, part: bytes) -> None:
        *events, self._rest = (self._rest + part).split(b"\n\n")
        for event in events:
            lines = dict(line.split(b": ", 1) for line in event.split(b"\n") if b": " in line)
            name = lines.get(b"event", b"").decode()
            self._heard(name, lines.get(b"data", b""), self._now)
            if name == self._begins:
                self.ready.set()
