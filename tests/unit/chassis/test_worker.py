"""Long sums in a process of their own: real processes, killed for real."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from services.chassis.worker import Worker, WorkerDied

OWNER = """
import asyncio, os, sys
from services.chassis.worker import Worker

async def main():
    print(await Worker("test").run(os.getpid), flush=True)
    await asyncio.sleep(60)

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest_asyncio.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker("test")
    yield worker
    worker.close()


def dies_once(mark: Path) -> str:
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def holds_the_lock(seconds: float) -> int:
    """Python that never waits: in a thread it would take its turns from the event loop."""
    until, turns = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        turns += 1
    return turns


async def test_a_sum_is_done_elsewhere(worker: Worker):
    """In another process, which stays for the next one."""
    first, second = await worker.run(os.getpid), await worker.run(os.getpid)
    assert first == second != os.getpid()


async def test_who_asks_gets_what_went_wrong(worker: Worker):
    """The error itself, and the worker goes on."""
    with pytest.raises(ValueError, match="invalid literal"):
        await worker.run(int, "many")
    assert await worker.run(int, "2") == 2


async def test_the_event_loop_is_free_meanwhile(worker: Worker):
    """Others have their turn while the sum is done."""
    sum = asyncio.create_task(worker.run(holds_the_lock, 0.3))
    turns = 0
    while not sum.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert turns > 3


async def test_a_worker_that_was_killed_is_replaced(worker: Worker, tmp_path: Path):
    """The sum is done again: it changes nothing, so twice is safe."""
    assert await worker.run(dies_once, tmp_path / "mark") == "done"


async def test_a_sum_that_kills_is_not_tried_for_ever(worker: Worker):
    """Twice, and then whoever asked is told; the next sum has a worker again."""
    with pytest.raises(WorkerDied):
        await worker.run(dies)
    assert await worker.run(abs, -1) == 1


async def test_a_sum_that_nobody_waits_for_any_more_is_given_up(worker: Worker):
    """And its answer is not taken for that of the next one."""
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(worker.run(holds_the_lock, 60), 0.5)
    assert await worker.run(abs, -2) == 2


def test_a_worker_ends_with_a_service_that_is_killed():
    """Kill -9 tells nobody anything: the closed pipe does."""
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    child = int(owner.stdout.readline())
    owner.kill()
    owner.wait()
    owner.stdout.close()
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail(f"process {child} lives on")
