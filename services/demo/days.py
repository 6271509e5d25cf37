"""One simulated day after another, in several branches at once, against services that run."""

import asyncio
import contextlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import httpx
from rich.console import Console

from services.chassis.clock import Clock
from services.demo import report, welcome
from services.demo.api import Api
from services.demo.day import Day
from services.demo.journal import Journal
from services.demo.status import Status
from services.world.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class World:
    """Where the days are lived: the catalogue and the running services."""

    catalogue: Catalogue
    branches: tuple[str, ...]
    addresses: Mapping[str, str]
    clock: Clock
    seed: int

    def next_days(self) -> list[Day]:
        """Plan for each branch the day that is on or, when it has closed, its next one."""
        branches = map(self.catalogue.branch, self.branches)
        now = self.clock.now()
        return [Day.of(self.catalogue, one, one.day_at(now), self.seed) for one in branches]


async def live(world: World, journal: Journal, console: Console, *, until_end: bool) -> int:
    """Live day after day, or only the first one with *until_end*; return the exit code."""
    dice = Random(world.seed)  # noqa: S311 - only spreads the retries
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    async with httpx.AsyncClient(trust_env=False, limits=limits, timeout=10) as http:
        api = Api(http, world.addresses, world.clock, journal, dice, secrets.token_hex(4))
        welcome.show(world.next_days(), world.addresses, console)
        while True:
            days = world.next_days()
            await _live(days, api, console)
            reports = [await report.of(day, api) for day in days]
            for one in reports:
                report.show(one, console)
            if until_end:
                return 1 if any(one.faults for one in reports) else 0


async def _live(days: Sequence[Day], api: Api, console: Console) -> None:
    status = asyncio.create_task(Status(api, api.clock, console, days).show())
    try:
        await asyncio.gather(*(day.live(api, api.clock) for day in days))
    finally:
        status.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await status
