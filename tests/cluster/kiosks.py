"""Kiosks that give out tickets while servers fail, and what they have seen."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from tests.unit.ticketing.builders import a_branch_file, a_file

NOT_NOW = 503
KIOSKS = 6


@dataclass(frozen=True, slots=True)
class Slip:
    """A ticket as it was printed."""

    id: str
    branch: str
    number: str


@dataclass
class Kiosks:
    """Each takes a ticket, asks again with the same key until it has it, and takes the next."""

    api: httpx.AsyncClient
    branches: Sequence[str]
    slips: dict[str, Slip] = field(default_factory=dict)  # key -> its first answer
    otherwise: list[tuple[Slip, Slip]] = field(default_factory=list)  # first and later answer
    refused: Counter[str] = field(default_factory=Counter)  # why there was no answer yet

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """They work for as long as this lasts, and finish what they began."""
        self._closing = False
        async with asyncio.TaskGroup() as tasks:
            for n in range(KIOSKS):
                tasks.create_task(self._work(self.branches[n % len(self.branches)]))
            try:
                yield
            finally:
                self._closing = True

    async def printed(self, branch: str, more: int, within: float = 60) -> None:
        """Wait until *more* tickets of *branch* were printed."""
        wanted = self.count(branch) + more
        async with asyncio.timeout(within):
            while self.count(branch) < wanted:
                await asyncio.sleep(0.02)

    def count(self, branch: str) -> int:
        return sum(slip.branch == branch for slip in self.slips.values())

    async def ask_again(self) -> None:
        """Ask with every key once more."""
        asked = [self._take(key, slip.branch) for key, slip in self.slips.items()]
        await asyncio.gather(*asked)

    async def forgotten(self) -> list[Slip]:
        """Printed tickets that the service does not know."""
        known = [await self.api.get(f"/v1/tickets/{slip.id}") for slip in self.slips.values()]
        slips = zip(self.slips.values(), known, strict=True)
        return [slip for slip, found in slips if not found.is_success]

    def twice(self) -> list[tuple[str, str]]:
        """Branch and number of slips that were given to several people."""
        given = Counter((slip.branch, slip.number) for slip in self.slips.values())
        return [number for number, times in given.items() if times > 1]

    async def _work(self, branch: str) -> None:
        while not self._closing:
            await self._take(uuid4().hex, branch)

    async def _take(self, key: str, branch: str) -> None:
        slip = await self._slip(key, branch)
        first = self.slips.setdefault(key, slip)
        if first != slip:
            self.otherwise.append((first, slip))

    async def _slip(self, key: str, branch: str) -> Slip:
        url, headers = f"/v1/branches/{branch}/tickets", {"Idempotency-Key": key}
        async with asyncio.timeout(60):
            while True:
                answer = await self.api.post(url, json={"service": "B01"}, headers=headers)
                if answer.status_code != NOT_NOW:
                    told = answer.raise_for_status().json()
                    return Slip(told["id"], branch, told["number"])
                self.refused[answer.json()["type"]] += 1
                await asyncio.sleep(0.1)


async def open_branches(api: httpx.AsyncClient, *branches: str) -> Kiosks:
    """Import a catalogue of *branches* and let kiosks stand there."""
    files = [a_branch_file(code) for code in branches]
    imported = await api.put("/v1/catalogue", json=a_file(branches=files))
    imported.raise_for_status()
    return Kiosks(api, branches)
