"""The load: a process of its own, told its job as JSON on stdin, that answers in JSON lines.

``{"phase": …}`` when another part begins, ``{"done": 1}`` as it goes on, then ``{"result": …}``.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import httpx
import uvloop

from services.chassis.clock import Clock
from services.demo.answers import Setback
from services.demo.journal import Journal
from services.world import catalogue
from tests.bench.loading import say
from tests.region import check
from tests.region.hour import BranchHour, lateness
from tests.region.network import Network, Seen
from tests.region.people import people
from tests.region.places import ConsoleApi, Pages, Screens

BETWEEN: Final = 0.1  # seconds from one branch's screens to the next one's
FILLED_WITHIN: Final = 300.0  # seconds until every window is open
SETTLE: Final = 3.0  # seconds from then to the hour
LATEST: Final = 10.0  # seconds that a board is waited for
EXIT_WITHIN: Final = 5.0


def main() -> None:
    job = json.loads(sys.stdin.readline())
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    say({"result": uvloop.run(_run(job))})


async def _run(job: dict[str, Any]) -> dict[str, Any]:
    seen, clock, dice = Seen(), Clock.parse(job["clock"]), Random(job["seed"])
    network = Network(seen)
    with Journal(Path(job["journal"])) as journal:
        async with httpx.AsyncClient(transport=network, timeout=30) as http:
            run, pages = f"r{job['seed']}", Pages(seen.errors)
            api = ConsoleApi(http, job["addresses"], clock, journal, dice, run, pages=pages)
            hour = _Hour(job, api, seen, clock)
            await hour.fill()
            await hour.live()
            await network.shut()
            return await hour.end()


class _Hour:
    """The hour of all branches."""

    def __init__(self, job: dict[str, Any], api: ConsoleApi, seen: Seen, clock: Clock) -> None:
        self._job, self._api, self._seen, self._clock = job, api, seen, clock
        self._begins = datetime.fromisoformat(job["begins"])
        self._screens = Screens(job["addresses"], api.pages)
        self._late: list[float] = []
        self._cpu, self._pages = 0.0, 0
        region = catalogue.read(Path(job["catalogue"]))
        ends = self._begins + timedelta(seconds=job["seconds"] * clock.speed)
        self._branches = [
            BranchHour(
                branch,
                people(region, branch, self._begins, ends, job["seed"]),
                api,
                self._screens,
                clock,
            )
            for branch in region.branches
        ]

    async def fill(self) -> None:
        """Hang the screens, and let those come who are there already."""
        say({"phase": "fill"})
        for branch in self._branches:
            branch.open()
            await asyncio.sleep(BETWEEN)
        filling = [asyncio.create_task(b.fill(self._job["fill"])) for b in self._branches]
        ticking = asyncio.create_task(_tick())
        await asyncio.gather(*filling)
        wanted = sum(len(branch.people.shifts) for branch in self._branches)
        try:
            async with asyncio.timeout(FILLED_WITHIN):
                while self._api.open_windows < wanted:
                    await asyncio.sleep(0.1)
        finally:
            ticking.cancel()
        await asyncio.sleep(SETTLE)

    async def live(self) -> None:
        """The part that counts."""
        say({"phase": "live"})
        self._seen.counts = True
        late = asyncio.create_task(lateness(self._late))
        since = self._clock.now() - self._begins
        for branch in self._branches:
            branch.begin(since)
        begun, used = time.perf_counter(), time.process_time()
        ticking = asyncio.create_task(_tick(lambda: self._status(begun)))
        await asyncio.sleep(self._job["seconds"])
        self._seen.counts = False
        self._cpu, self._pages = time.process_time() - used, self._api.pages.open
        say({"phase": "end"})
        ticking.cancel()
        late.cancel()

    def _status(self, begun: float) -> str:
        took, seconds = self._seen.took, time.perf_counter() - begun
        issued, called = len(took.get("issue", ())), len(took.get("next", ()))
        errors = self._seen.errors.total()
        return f"{issued / seconds:.1f} tickets/s, {called / seconds:.1f} calls/s, {errors} errors"

    async def end(self) -> dict[str, Any]:
        """Compare what clients know with what the services say."""
        clicks, shown = self._seen.clicks, self._screens.shown
        until = time.perf_counter() + LATEST
        while clicks.keys() - shown.keys() and time.perf_counter() < until:
            await asyncio.sleep(0.05)
        codes = [branch.branch.code for branch in self._branches]
        try:
            faults = await check.faults(self._api, codes, self._begins.date())
        except Setback as setback:
            faults = [f"could not ask: {setback}"]
        going = [task for branch in self._branches for task in branch.tasks]
        faults += [
            f"an actor failed: {one.exception()!r}"
            for one in going
            if one.done() and not one.cancelled() and one.exception()
        ]
        for task in going:
            task.cancel()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*going, return_exceptions=True), EXIT_WITHIN)
        return {
            "took": self._seen.took,
            "boards": [shown[call] - sent for call, sent in clicks.items() if call in shown],
            "never": len(clicks.keys() - shown.keys()),
            "refused": self._seen.refused,
            "errors": self._seen.errors,
            "cpu": self._cpu,
            "pages": self._pages,
            "late": self._late,
            "retries": self._api.retries,
            "faults": faults,
            "tickets": len(check.issued(self._api.journal.entries)),
        }


async def _tick(status: Any = lambda: "") -> None:
    while True:
        await asyncio.sleep(1)
        say({"done": 1, "status": status()})


if __name__ == "__main__":
    main()
