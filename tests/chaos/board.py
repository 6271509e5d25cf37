"""A hall board that writes down what it shows, and comes back wherever somebody answers."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Final

import httpx

AGAIN: Final = 0.5  # real seconds
SILENCE: Final = 8.0  # real seconds; live events bring a heartbeat every 5


class Board:
    """Follows the calls of a branch. One JSON line for each that it shows."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._last = ""
        self.returns = 0

    async def watch(self, http: httpx.AsyncClient, notify: str, branch: str) -> None:
        """Until cancelled."""
        url = f"{notify}/v1/branches/{branch}/board/events"
        with self._file:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    await self._follow(http, url)
                self.returns += 1
                await asyncio.sleep(AGAIN)

    async def _follow(self, http: httpx.AsyncClient, url: str) -> None:
        headers = {"Last-Event-ID": self._last} if self._last else {}
        timeout = httpx.Timeout(5, read=SILENCE)
        async with http.stream("GET", url, headers=headers, timeout=timeout) as live:
            live.raise_for_status()
            event, id = "", ""
            async for line in live.aiter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    event = value
                elif name == "id":
                    id = value
                elif name == "data":
                    self._show(event, id, json.loads(value))
                    self._last, id = id or self._last, ""

    def _show(self, event: str, id: str, told: dict[str, object]) -> None:
        if event == "call":
            self._note(id, told, live=True)
        elif event == "snapshot" and isinstance(calls := told["calls"], list):
            for call in calls:
                self._note(id, call, live=False)

    def _note(self, id: str, call: dict[str, object], *, live: bool) -> None:
        shown = {"id": id, "call": call["call"], "recall": call["recall"], "live": live}
        self._file.write(json.dumps(shown) + "\n")
