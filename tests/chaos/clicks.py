"""A network that loses answers now and then, and writes down each command and each answer.

What was asked is on record before it leaves, so that a click without an answer is seen. One JSON
line each, without a phone number. Where a service has several instances, each request goes to any
of them, as before a proxy that knows nothing of their health.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

import httpx

LOST: Final = 0.05  # share of the answers to commands


class ClickNetwork(httpx.AsyncBaseTransport):
    """What it loses, by *dice*, was carried out all the same: the client asks again.

    *doors* are the addresses of all instances by the one that clients know.
    """

    def __init__(
        self,
        path: Path,
        dice: Random,
        lost: float = LOST,
        doors: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
        self._real = httpx.AsyncHTTPTransport(trust_env=False, limits=limits)
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._dice = dice
        self._share = lost
        self._doors = {httpx.URL(known).port: list(all) for known, all in (doors or {}).items()}
        self.lost = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if doors := self._doors.get(request.url.port):
            request.url = request.url.copy_with(port=httpx.URL(self._dice.choice(doors)).port)
        key = request.headers.get("idempotency-key")
        if key is None:
            return await self._real.handle_async_request(request)
        self._note(key=key, asked=f"{request.method} {request.url.path}")
        response = await self._real.handle_async_request(request)
        body = await response.aread()
        lost = self._dice.random() < self._share
        self._note(key=key, status=response.status_code, ticket=_ticket(body), lost=lost)
        if lost:
            self.lost += 1
            await response.aclose()
            raise httpx.ReadError("the answer was lost", request=request)
        return response

    async def aclose(self) -> None:
        await self._real.aclose()
        self._file.close()

    def _note(self, **fields: Any) -> None:
        self._file.write(json.dumps(fields) + "\n")


def _ticket(body: bytes) -> str | None:
    """The ticket that an answer tells of, if it is one."""
    try:
        told = json.loads(body)
        return str(told["id"]) if "number" in told else None
    except (ValueError, TypeError, KeyError):
        return None
