"""A network that now and then loses the answer to a command that was carried out."""

from __future__ import annotations

from random import Random

import httpx

SHARE = 0.05


class LossyTransport(httpx.AsyncBaseTransport):
    """The client sees a broken connection and repeats its command with the same key."""

    def __init__(self, dice: Random) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
        self._real = httpx.AsyncHTTPTransport(trust_env=False, limits=limits)
        self._dice = dice
        self.lost = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._real.handle_async_request(request)
        if request.method == "GET" or self._dice.random() >= SHARE:
            return response
        await response.aread()
        await response.aclose()
        self.lost += 1
        raise httpx.ReadError("the answer was lost", request=request)

    async def aclose(self) -> None:
        await self._real.aclose()
