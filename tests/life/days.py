"""Day after day of a branch on a Talon of its own, with a look at the end of each."""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import httpx
from rich.console import Console

from services.chassis.clock import Clock
from services.demo import report
from services.demo.api import Api
from services.demo.day import Day
from services.demo.journal import Journal
from services.embedded.child import Plan as ChildPlan
from services.embedded.data import EXAMPLE
from services.embedded.options import Options
from services.embedded.ports import Ports
from services.embedded.stack import Stack
from services.world import catalogue
from tests.life.measures import sample

FIRST: Final = "2026-11-23T06:00:00+05:00"
SOONER: Final = 4
"""What is kept for days goes so many times sooner still: forty days do not end in thirty."""

AFTER: Final = timedelta(hours=2)
"""Of the branch's clock, from the day's end to the look: who was served late has gone."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be lived."""

    days: int  # of the calendar
    speed: float
    branch: str
    seed: int


class Hastened(Stack):
    """Its services let go of what they keep as their clock has it (see hastened.py)."""

    def plan_of(self, service: str) -> ChildPlan:
        plan, speed = super().plan_of(service), Clock.parse(self.clock).speed
        told = [f"{SOONER * speed:g}", f"{speed:g}", service]
        return replace(plan, command=[sys.executable, "-P", "-m", "tests.life.hastened", *told])


async def live(plan: Plan, folder: Path, console: Console) -> list[dict[str, Any]]:
    """What was measured at the end of each day that the branch was open."""
    published = catalogue.read(EXAMPLE)
    branch = published.branch(plan.branch)
    root = str(Path(__file__).parents[2])
    options = Options(
        state=folder / "state",
        ports=Ports.free(),
        clock=f"{FIRST}@{plan.speed:g}",
        branches=(plan.branch,),
        environment={"TALON_SMS": "simulator", "PYTHONPATH": root},
    )
    looks: list[dict[str, Any]] = []
    async with Hastened(options) as stack:
        clock = Clock.parse(stack.clock)
        last = datetime.fromisoformat(FIRST) + timedelta(days=plan.days)
        while (day := _next(published, branch, clock, plan.seed)).opens < last:
            with Journal(folder / f"{day.on}.jsonl") as journal:
                said = await _lived(day, stack, clock, journal)
            figures, faults = await sample(stack)
            looks.append({"day": str(day.on), "figures": figures, "faults": [*said, *faults]})
            _tell(looks[-1], console)
            stack.check()
    return looks


def _next(published: catalogue.Catalogue, branch: Any, clock: Clock, seed: int) -> Day:
    return Day.of(published, branch, branch.day_at(clock.now()), seed)


async def _lived(day: Day, stack: Stack, clock: Clock, journal: Journal) -> list[str]:
    """Live *day* with people of its own; return what went wrong in it."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    async with httpx.AsyncClient(trust_env=False, limits=limits, timeout=10) as http:
        dice = Random(0)
        api = Api(http, stack.addresses, clock, journal, dice, secrets.token_hex(4))
        await day.live(api, clock)
        ended = await report.of(day, api)
        await clock.sleep(max(day.ends + AFTER - clock.now(), timedelta()))
    return list(ended.faults)


def _tell(look: dict[str, Any], console: Console) -> None:
    figures = look["figures"]
    memory = {n.removeprefix("memory "): v for n, v in figures.items() if n.startswith("memory")}
    keys = sum(value for name, value in figures.items() if name.startswith("keys "))
    console.print(
        f"{look['day']}  "
        + "  ".join(f"{name} {value:.0f}" for name, value in memory.items())
        + f" MB  store {figures['store data']:.1f} MB, {keys:.0f} keys"
        + f"  disk kafka {figures['disk kafka']:.0f}, valkey {figures['disk valkey']:.0f} MB"
    )
    for fault in look["faults"][:20]:
        console.print(f"    {fault}", markup=False, style="yellow")
