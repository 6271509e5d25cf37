"""A simulated day lived against a Talon whose processes are killed and started again."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

import httpx

from services.chassis.clock import Clock
from services.demo.api import Api
from services.demo.day import Day
from services.demo.journal import Journal
from services.embedded.data import EXAMPLE
from services.embedded.stack import Stack
from services.world import catalogue
from tests.system.lossy import LossyTransport

SHORTEST, LONGEST = 0.5, 2.5  # seconds between two faults, and of each at least

FASTEST, SLOWEST = 480, 240  # times real time
START_TAKES = 1.2  # seconds that Python needs to load a service, on two idle cores


def an_afternoon() -> str:
    """A clock by which Talon is up in the first hours of a Monday afternoon.

    A machine that is busy with other things starts processes later; there the day goes by
    more slowly, so that all faults still fall into it.
    """
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import services.dispatch.app"], check=True)
    took = time.monotonic() - began
    speed = max(SLOWEST, min(FASTEST, round(FASTEST * START_TAKES / took)))
    return f"2026-11-23T11:30:00+05:00@{speed}"


@dataclass(frozen=True, slots=True)
class Kill:
    """One process killed, and when by the day's clock it died and answered again."""

    name: str
    died: datetime
    back: datetime


async def live(stack: Stack, journal: Path, seed: int, victims: Sequence[str]) -> Lived:
    """Live the branch's day to its end while *victims* are killed one after another."""
    published = catalogue.read(EXAMPLE)
    clock, dice = Clock.parse(stack.clock), Random(seed)
    branch = published.branch(stack.options.branches[0])
    day = Day.of(published, branch, branch.day_at(clock.now()), seed)
    network = LossyTransport(Random(seed))
    async with httpx.AsyncClient(transport=network, timeout=10) as http:
        with Journal(journal) as notes:
            api = Api(http, stack.addresses, clock, notes, dice, f"seed-{seed}")
            people = asyncio.create_task(day.live(api, clock))
            try:
                kills = await _kill_each(stack, clock, victims, Random(seed))
                await people
            finally:
                people.cancel()
            return Lived(day, notes, kills, api.retries, network.lost)


@dataclass(frozen=True, slots=True, repr=False)
class Lived:
    """A day that is over, what its people were promised, and what was done to it."""

    day: Day
    journal: Journal
    kills: Sequence[Kill]
    retries: int
    lost: int  # answers that the network lost


async def _kill_each(
    stack: Stack, clock: Clock, victims: Sequence[str], dice: Random
) -> Sequence[Kill]:
    kills = []
    for name in victims:
        await asyncio.sleep(dice.uniform(SHORTEST, LONGEST))  # the fault's own timing
        died = clock.now()
        await asyncio.to_thread(stack.kill, name)
        await asyncio.sleep(dice.uniform(SHORTEST, LONGEST))
        await asyncio.to_thread(stack.restart, name)
        kills.append(Kill(name, died, clock.now()))
    return kills
