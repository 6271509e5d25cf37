"""A simulated day of a branch in a storm, and the evidence that it leaves."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import httpx

from services.chassis.clock import Clock
from services.demo.api import Api
from services.demo.day import Day
from services.demo.journal import Journal
from services.embedded.data import EXAMPLE
from services.world import catalogue
from tests.chaos.board import SILENCE, Board
from tests.chaos.checker.evidence import Evidence, Place, gather, rest
from tests.chaos.clicks import ClickNetwork
from tests.chaos.faults import Fault
from tests.chaos.stand import Stand
from tests.chaos.storm import Storm, Tell

BRANCH: Final = "BR-D"
MONDAY: Final = "2026-11-23"
OPENS, CLOSES = (datetime.fromisoformat(f"{MONDAY}T{at}:00+05:00") for at in ("08:00", "20:00"))
STARTING: Final = 12.0  # real seconds in which Talon comes up
CALL_IS_FRESH: Final = 1800.0  # seconds of the day: half of what boards go by
DRAINED_WITHIN: Final = 120.0  # real seconds


def clock_for(minutes: float, speed: float) -> str:
    """A Monday's clock by which the branch closes about so many real *minutes* after the start.

    A day that is shorter than they are goes by more slowly.
    """
    longest = (CLOSES - OPENS).total_seconds()
    speed = min(speed, math.floor(longest / (60 * minutes)))
    lived = timedelta(seconds=(60 * minutes + STARTING) * speed)
    return f"{(CLOSES - lived).isoformat()}@{speed:g}"


@dataclass(frozen=True, slots=True, repr=False)
class Lived:
    """A day that is over."""

    evidence: Evidence
    retries: int
    answers_lost: int
    deaths: int
    held_up: int
    board_returns: int
    calm: bool  # nothing was on its way any more


def place_of(stand: Stand, folder: Path) -> Place:
    """Where a stand leaves its evidence; clients write into *folder*."""
    return Place(
        kafka=stand.kafka,
        redis=stand.redis,
        store_log=stand.options.state / "valkey" / "appendonlydir",
        journal=folder / "journal.jsonl",
        clicks=folder / "clicks.jsonl",
        board=folder / "board.jsonl",
        fresh_for=CALL_IS_FRESH / Clock.parse(stand.clock).speed,
    )


async def live(stand: Stand, folder: Path, seed: int, faults: Sequence[Fault], tell: Tell) -> Lived:
    """Live the branch's day to its end in a storm of *faults*."""
    published = catalogue.read(EXAMPLE)
    clock, branch = Clock.parse(stand.clock), published.branch(BRANCH)
    day = Day.of(published, branch, branch.day_at(clock.now()), seed)
    place, storm = place_of(stand, folder), Storm(stand, tell)
    network = ClickNetwork(place.clicks, Random(seed), doors=stand.doors)
    board = Board(place.board)
    with Journal(place.journal) as notes:
        async with httpx.AsyncClient(transport=network, timeout=10) as http:
            api = Api(http, stand.addresses, clock, notes, Random(seed), f"chaos-{seed}")
            people = asyncio.create_task(day.live(api, clock))
            shows = asyncio.create_task(board.watch(http, stand.addresses["notify"], BRANCH))
            try:
                await storm.blow(faults)
                await people
                calm = await rest(place, DRAINED_WITHIN)
                await asyncio.sleep(SILENCE)  # for a board that is just coming back
            finally:
                for task in (people, shows):
                    task.cancel()
                await asyncio.gather(people, shows, return_exceptions=True)
    evidence = await gather(place, BRANCH, is_over=True)
    return Lived(
        evidence, api.retries, network.lost, storm.deaths, day.held_up, board.returns, calm
    )
