"""The way of every request of the load: lean, timed by what is asked, and shut at the end."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import httpx

from tests.bench.wire import Server

RULES: Final = 409
"""A rule said no: a visitor gave up just as they were called. That is life, and no error."""


@dataclass
class Seen:
    """What was asked and answered while it counted. Seconds, by what was asked."""

    counts: bool = False
    took: dict[str, list[float]] = field(default_factory=dict)
    clicks: dict[tuple[str, str], float] = field(default_factory=dict)  # branch, number: sent
    refused: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)  # also while it does not count

    def note(self, asked: str, status: int, took: float) -> None:
        if status == RULES:
            self.refused[asked] += self.counts
        elif status >= 400:
            self.errors[f"{asked}: {status}"] += 1
        elif self.counts:
            self.took.setdefault(asked, []).append(took)


class Network(httpx.AsyncBaseTransport):
    """Instead of httpx's own connections, which cost a load generator three times as much."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._servers: dict[int | None, Server] = {}
        self._under_way = 0
        self._shut = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        key = request.headers.get("idempotency-key")
        if key is not None and self._shut.is_set():
            await asyncio.get_running_loop().create_future()  # whoever comes now waits for ever
        server = self._servers.setdefault(request.url.port, Server(str(request.url)))
        path, sent = request.url.raw_path.decode(), time.perf_counter()
        asked = what(request.method, request.url.path)
        self._under_way += 1
        try:
            if key is None:
                answer = await server.get(path)
            else:
                answer = await server.command(request.method, path, request.content, key)
        except ConnectionError as error:
            self._seen.errors[f"{asked}: {error}"] += 1
            raise httpx.ConnectError(str(error), request=request) from error
        finally:
            self._under_way -= 1
        self._seen.note(asked, answer.status, answer.at - sent)
        if asked == "next" and answer.status == 200 and self._seen.counts:
            number = json.loads(answer.body)["ticket"]["number"]
            self._seen.clicks[branch_in(request.url.path), number] = sent
        return httpx.Response(answer.status, content=answer.body)

    async def shut(self) -> None:
        """Let no more commands out, and wait until those under way are answered and noted."""
        self._shut.set()
        while self._under_way:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0)  # for whoever has just been answered


def what(method: str, path: str) -> str:
    """``POST …/windows/7/next`` -> ``next``; reading a ticket is ``look``."""
    last = path.rpartition("/")[2]
    if last == "tickets":
        return "issue"
    return "look" if method == "GET" and "/tickets/" in path else last


def branch_in(path: str) -> str:
    """``/v1/branches/R07/…`` -> ``R07``"""
    return path.split("/")[3]
