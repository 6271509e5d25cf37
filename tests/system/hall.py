"""A branch as its people see it: the public HTTP API, and how long each answer took."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from prometheus_client.parser import text_string_to_metric_families

SERVICES = ("ticketing", "dispatch", "notify")
Json = dict[str, Any]


async def until(what: str, holds: Callable[[], Awaitable[Any]], within: float = 60) -> Any:
    """Wait until *holds* answers something true, and return it; *within* is in real seconds."""
    deadline = time.monotonic() + within
    while not (found := await holds()):
        assert time.monotonic() < deadline, f"not within {within:.0f} s: {what}"
        await asyncio.sleep(0.1)
    return found


@dataclass
class Hall:
    """One branch of a running Talon."""

    http: httpx.AsyncClient
    addresses: Mapping[str, str]
    branch: str = "BR-D"
    slowest: float = 0.0  # seconds, of all answers to commands
    commands: int = 0
    _services: list[Json] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/v1/branches/{self.branch}"

    async def take_ticket(self, service: str) -> Json:
        return await self._command("ticketing", f"{self.path}/tickets", {"service": service})

    async def cancel(self, ticket: str) -> Json:
        return await self._command("ticketing", f"/v1/tickets/{ticket}/cancel")

    async def at_window(self, window: str, verb: str, body: Json | None = None) -> Json:
        """Give a window a command; {} if nobody waits for it."""
        return await self._command("dispatch", f"{self.path}/windows/{window}/{verb}", body)

    async def serve(self, window: str) -> Json | None:
        """Call the next visitor, start and finish; return the ticket, None if nobody waits."""
        called = await self.at_window(window, "next")
        if not called:
            return None
        await self.at_window(window, "start")
        await self.at_window(window, "finish")
        ticket: Json = called["ticket"]
        return ticket

    async def ticket(self, id: str) -> Json:
        return await self.read("ticketing", f"/v1/tickets/{id}")

    async def windows(self) -> dict[str, Json]:
        listed = await self.read("dispatch", f"{self.path}/windows")
        return {window["window"]: window for window in listed["windows"]}

    async def waiting(self) -> int:
        """How many wait, as dispatch knows it."""
        waiting: int = (await self.read("dispatch", f"{self.path}/lines"))["waiting"]
        return waiting

    async def days(self, day: str = "today") -> dict[str, Json]:
        """What each service counts of the day."""
        return {one: await self.read(one, f"{self.path}/days/{day}") for one in SERVICES}

    async def is_known(self) -> bool:
        """Whether the catalogue has come to every service."""
        paths = [f"{self.addresses[one]}{self.path}/days/today" for one in SERVICES]
        return all([(await self.http.get(path)).is_success for path in paths])

    async def agree(self, day: str = "today") -> Json | None:
        """What the three services count, if it is the same and nothing is on its way."""
        first, *others = (await self.days(day)).values()
        return first if all(other == first for other in others) else None

    async def metric(self, service: str, name: str) -> float:
        """The sum of a metric over its labels."""
        text = (await self.http.get(self.addresses[service] + "/metrics")).text
        families = text_string_to_metric_families(text)
        return sum(s.value for f in families for s in f.samples if s.name == name)

    async def read(self, service: str, path: str) -> Json:
        answer = await self.http.get(self.addresses[service] + path)
        assert answer.is_success, f"GET {path}: {answer.status_code} {answer.text[:300]}"
        told: Json = answer.json()
        return told

    async def services(self) -> list[Json]:
        """What may be chosen at the kiosk, in a fixed order."""
        if not self._services:
            listed = await self.read("ticketing", f"{self.path}/services")
            self._services = sorted(listed["services"], key=lambda one: one["code"])
        return self._services

    async def service_for(self, skills: Sequence[str]) -> str:
        """A service for which an operator with *skills* is enough."""
        for one in await self.services():
            if set(one["skills"]) <= set(skills):
                return str(one["code"])
        raise AssertionError(f"{self.branch} offers nothing for {', '.join(skills)}")

    async def _command(self, service: str, path: str, body: Json | None = None) -> Json:
        began = time.monotonic()
        answer = await self.http.post(
            self.addresses[service] + path, json=body, headers={"Idempotency-Key": uuid4().hex}
        )
        took = time.monotonic() - began
        self.slowest, self.commands = max(self.slowest, took), self.commands + 1
        refused = f"POST {path}: {answer.status_code} after {took:.2f} s: {answer.text[:300]}"
        assert answer.is_success, refused
        told: Json = answer.json() if answer.content else {}
        return told


@asynccontextmanager
async def a_hall(addresses: Mapping[str, str], branch: str = "BR-D") -> AsyncIterator[Hall]:
    """A client of *branch* that never repeats a request by itself."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        hall = Hall(http, addresses, branch)
        await until(f"all services know {branch}", hall.is_known)
        yield hall
