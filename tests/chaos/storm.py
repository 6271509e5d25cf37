"""Faults as they happen: each begins at its time, holds its victim, and is mended."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.embedded.errors import ChildDied
from tests.chaos.faults import Fault, Kind
from tests.chaos.stand import Stand

LOOK_EVERY: Final = 0.5  # seconds

Tell = Callable[[str], None]


@dataclass
class Storm:
    """Breaks a stand by plan; *tell* hears of it as it happens."""

    stand: Stand
    tell: Tell
    deaths: int = 0  # of processes that nobody had killed
    began: float = field(default_factory=time.monotonic)
    _turns: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )
    _starts: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def blow(self, faults: Sequence[Fault]) -> None:
        """Return when all of *faults* are over and mended."""
        self.began = time.monotonic()
        watch = asyncio.create_task(self._revive())
        try:
            async with asyncio.TaskGroup() as group:
                for fault in faults:
                    group.create_task(self._suffer(fault))
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)

    async def _suffer(self, fault: Fault) -> None:
        await asyncio.sleep(max(0.0, fault.at - self._elapsed))
        async with self._turns[fault.victim]:  # two faults at once have two victims
            self.tell(f"{self._elapsed:6.1f}  {fault}")
            async with self._broken(fault):
                await asyncio.sleep(fault.lasts)

    @contextlib.asynccontextmanager
    async def _broken(self, fault: Fault) -> AsyncIterator[None]:
        stand, wires, victim = self.stand, self.stand.wires, fault.victim
        match fault.kind:
            case Kind.KILLED | Kind.AWAY | Kind.STEPPED:
                await asyncio.to_thread(stand.kill, victim)
            case Kind.RESTARTED:
                await self._back(victim)
            case Kind.LEFT:
                await asyncio.to_thread(stand.take_away, victim)
            case Kind.FROZEN:
                stand.pause(victim)
            case Kind.SLOW:
                wires.slow(victim, fault.by)
            case Kind.SILENT:
                wires.silence(victim)
            case Kind.CUT:
                wires.cut(victim)
        try:
            yield
        finally:
            match fault.kind:
                case Kind.KILLED | Kind.AWAY | Kind.LEFT:
                    await self._back(victim)
                case Kind.STEPPED:
                    stand.step_clock(victim, fault.by)
                    await self._back(victim)
                case Kind.FROZEN:
                    stand.resume(victim)
                case Kind.SLOW | Kind.SILENT | Kind.CUT:
                    wires.mend(victim)

    async def _back(self, name: str) -> None:
        """One start at a time: a machine that starts all at once starts none."""
        async with self._starts:
            await asyncio.to_thread(self.stand.bring_back, name)

    async def _revive(self) -> None:
        """Start again who died without our doing, and say so."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                self.stand.check()
            except ChildDied as died:
                self.deaths += 1
                self.tell(f"{self._elapsed:6.1f}  {died.name} ended by itself: {died.exit_code}")
                await self._back(died.name)

    @property
    def _elapsed(self) -> float:
        return time.monotonic() - self.began
