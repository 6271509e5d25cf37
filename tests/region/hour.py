"""A region's hour as it is lived: halls fill, people come and are served, pages look on."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, Final

import httpx

from services.chassis.clock import Clock
from services.demo.answers import Party, Setback, Ticket
from services.demo.hall import Hall
from services.demo.operators import OperatorActor
from services.demo.visitors import VisitorActor
from services.world.catalogue import Branch
from services.world.visitors import Visitor
from tests.region.people import People
from tests.region.places import ConsoleApi, Screens

LOOKERS: Final = 0.3  # of the visitors look at their ticket while they wait
LOOK_EVERY: Final = timedelta(seconds=20)
KIOSK_EVERY: Final = 20.0  # real seconds between looks of a kiosk at what is offered
WINDOWS_OF_A_KIOSK: Final = 9
LATE_EVERY: Final = 0.05  # seconds


class LookedAt(Hall):
    """A hall in which some hold a phone with their ticket, and *look* at it while they wait."""

    def __init__(self, look: Callable[[str], None], dice: Random) -> None:
        super().__init__()
        self._look = look
        self._dice = dice

    def enter(self, ticket: str, visitor: Visitor) -> None:
        super().enter(ticket, visitor)
        if self._dice.random() < LOOKERS:
            self._look(ticket)


class BranchHour:
    """One branch's hour."""

    def __init__(
        self, branch: Branch, people: People, api: ConsoleApi, screens: Screens, clock: Clock
    ) -> None:
        self.branch = branch
        self.people = people
        self.api = api
        self.screens = screens
        self.clock = clock
        self.hall = LookedAt(lambda ticket: self._go(self._look(ticket)), api.dice)
        self.tasks: list[asyncio.Task[Any]] = []

    def open(self) -> None:
        """Hang the screens."""
        self._go(self.screens.hang(self.branch))
        for _ in range(max(1, len(self.branch.windows) // WINDOWS_OF_A_KIOSK)):
            self._go(self._stand())

    async def fill(self, seconds: float) -> None:
        """Let those come who are there already, and the operators begin, within some *seconds*."""
        pause = seconds / max(len(self.people.there) + len(self.people.shifts), 1)
        waiting = iter(self.people.there)
        for visitor in self.people.there[: len(self.people.shifts)]:
            self._come(replace(visitor, arrives=self.clock.now()))
            next(waiting)
            await asyncio.sleep(pause)
        for shift in self.people.shifts:
            ends = shift.ends + timedelta(hours=1)
            here = (shift, self.branch.code, self.api, self.hall, self.clock, ends)
            self._go(OperatorActor(*here).work())
            await asyncio.sleep(pause)
        for visitor in waiting:
            self._come(replace(visitor, arrives=self.clock.now()))
            await asyncio.sleep(pause)

    def begin(self, since: timedelta) -> None:
        """Let the hour begin *since* later than it was planned."""
        for visitor in self.people.coming:
            self._come(replace(visitor, arrives=visitor.arrives + since))

    def _come(self, visitor: Visitor) -> None:
        self._go(VisitorActor(visitor, self.branch.code, self.api, self.hall, self.clock).visit())

    async def _look(self, ticket: str) -> None:
        while self.hall.waits(ticket):
            try:
                await self.api.read(Party.TICKETING, f"/v1/tickets/{ticket}", Ticket)
            except Setback:
                return
            await self.clock.sleep(LOOK_EVERY)

    async def _stand(self) -> None:
        """A kiosk that nobody uses looks now and then what the branch offers."""
        await asyncio.sleep(KIOSK_EVERY * self.api.dice.random())
        path = f"{self.api.addresses[Party.TICKETING]}/v1/branches/{self.branch.code}/services"
        while True:
            with contextlib.suppress(httpx.HTTPError):
                await self.api.http.get(path)
            await asyncio.sleep(KIOSK_EVERY)

    def _go(self, actor: Coroutine[Any, Any, Any]) -> None:
        self.tasks.append(asyncio.create_task(actor))


async def lateness(late: list[float]) -> None:
    """Note how late this process itself is, until cancelled."""
    while True:
        due = time.perf_counter() + LATE_EVERY
        await asyncio.sleep(LATE_EVERY)
        late.append(max(0.0, time.perf_counter() - due))
