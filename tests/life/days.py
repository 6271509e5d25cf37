"""Day after day of a branch on a Talon of its own, with a look each morning at what it holds."""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import httpx
from rich.console import Console

from services.chassis.clock import Clock
from services.demo import report
from services.demo.api import Api
from services.demo.day import Day
from services.demo.journal import Journal
from services.demo.report import Report
from services.embedded.child import Plan as ChildPlan
from services.embedded.data import EXAMPLE
from services.embedded.options import Options
from services.embedded.ports import Ports
from services.embedded.stack import Stack
from services.world import catalogue
from tests.life.measures import Figures, measure

FIRST: Final = "2026-11-23T06:00:00+05:00"
ROOT: Final = Path(__file__).parents[2]

SOONER: Final = 4
"""What is kept for days goes so many times sooner still: forty days do not end in thirty."""

AT_REST: Final = timedelta(hours=23, minutes=30)
"""From the opening of a day to the look at it: before the next doors open, when all have gone."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be lived."""

    days: int  # of the calendar
    speed: float
    branch: str
    seed: int


@dataclass(frozen=True, slots=True)
class Look:
    """What was there in the morning after *day*."""

    day: str
    figures: Figures
    faults: list[str]  # keys that are kept otherwise than docs/keeping.md says


class Hastened(Stack):
    """Its services let go of what they keep as their clock has it (see hastened.py)."""

    def plan_of(self, service: str) -> ChildPlan:
        plan, speed = super().plan_of(service), Clock.parse(self.clock).speed
        told = [f"{SOONER * speed:g}", f"{speed:g}", service]
        return replace(plan, command=[sys.executable, "-P", "-m", "tests.life.hastened", *told])


async def live(plan: Plan, folder: Path, looks: list[Look], console: Console) -> None:
    """Live all days that the branch is open; *looks* grows by one with each."""
    published = catalogue.read(EXAMPLE)
    branch = published.branch(plan.branch)
    options = Options(
        state=folder / "state",
        ports=Ports.free(),
        clock=f"{FIRST}@{plan.speed:g}",
        branches=(plan.branch,),
        environment={"TALON_SMS": "simulator", "PYTHONPATH": str(ROOT)},
    )
    last = datetime.fromisoformat(FIRST) + timedelta(days=plan.days)
    async with Hastened(options) as stack:
        clock = Clock.parse(stack.clock)
        on = branch.day_at(clock.now())
        while (day := Day.of(published, branch, on, plan.seed)).opens < last:
            ended = await _lived(day, stack, clock, folder)
            figures, faults = await measure(stack)
            looks.append(Look(str(day.on), figures, faults))
            _tell(looks[-1], ended, console)
            stack.check()
            on = branch.working_day_after(on)


async def _lived(day: Day, stack: Stack, clock: Clock, folder: Path) -> Report:
    """Live *day* with people of its own, and wait for the morning."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    with Journal(folder / f"{day.on}.jsonl") as journal:
        async with httpx.AsyncClient(trust_env=False, limits=limits, timeout=10) as http:
            dice = Random(f"{day.on}")
            api = Api(http, stack.addresses, clock, journal, dice, secrets.token_hex(4))
            await day.live(api, clock)
            ended = await report.of(day, api)
    await clock.sleep(max(day.opens + AT_REST - clock.now(), timedelta()))
    return ended


def _tell(look: Look, ended: Report, console: Console) -> None:
    seen = look.figures
    memory = {n.removeprefix("memory "): v for n, v in seen.items() if n.startswith("memory")}
    keys = sum(value for name, value in seen.items() if name.startswith("keys "))
    held = ", ".join(f"{name} {value:.0f}" for name, value in memory.items())
    tickets = max((counts.total for counts in ended.counts.values()), default=0)
    console.print(
        f"{look.day} {tickets} tickets · MB: {held} · store {seen['store data']:.1f} MB,"
        f" {keys:.0f} keys · disk: kafka {seen['disk kafka']:.0f}, valkey"
        f" {seen['disk valkey']:.0f} MB"
    )
    for fault in ended.faults:  # of people who were too late, at such a speed: no fault of keeping
        console.print(f"    {fault}", markup=False, style="dim")
    for fault in look.faults[:20]:
        console.print(f"    {fault}", markup=False, style="red")
