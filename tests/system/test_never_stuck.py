"""A consumer that stands still for ever is found out, and its service begins anew."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from services.embedded.revive import keep_alive
from services.embedded.stack import Stack
from tests.system.hall import a_hall, until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def freezing(talon: Stack, tmp_path: Path) -> Iterator[Stack]:
    """Notify reads a batch, and then nothing more until it is started again."""
    child = talon.children["notify"]
    sound = child.plan
    command = [sys.executable, "-P", "-m", "tests.chaos.frozen", str(tmp_path / "frozen"), "notify"]
    environment = {**sound.environment, "PYTHONPATH": str(ROOT)}
    child.plan = replace(sound, command=command, environment=environment)
    try:
        talon.restart("notify")
        yield talon
    finally:
        child.plan = sound
        talon.restart("notify")


@pytest.mark.long
async def test_a_service_whose_consumer_is_stuck_is_started_again(freezing: Stack, tmp_path: Path):
    """Who watches over the processes brings it back, and it hears all that was told meanwhile."""
    frozen, notify = tmp_path / "frozen", freezing.children["notify"]
    died_of = notify.pid
    async with a_hall(freezing.addresses) as hall:
        service = await hall.service_for(["PASS"])

        async def is_frozen() -> bool:
            await hall.take_ticket(service)
            return frozen.exists()

        await until("a batch was read", is_frozen)

        async def has_begun_anew() -> bool:
            return notify.pid != died_of and await asyncio.to_thread(notify.plan.answers)

        for _ in range(5):
            await hall.take_ticket(service)
        watch = asyncio.create_task(keep_alive(freezing, Console(quiet=True)))
        try:
            await until("notify was started anew", has_begun_anew)
            await until("all three know every ticket", hall.agree)
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
    assert "a reader is stuck" in notify.log.read_text()
