"""One simulated day of one branch: its people, started on time and seen home."""

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Final, Self

from services.chassis.clock import Clock
from services.demo.api import Api
from services.demo.hall import Hall
from services.demo.operators import OperatorActor
from services.demo.visitors import VisitorActor
from services.world import shifts, visitors
from services.world.catalogue import Branch, Catalogue
from services.world.day import privileged
from services.world.shifts import Shift
from services.world.visitors import Visitor

CLOSES_THE_DAY: Final = timedelta(minutes=60)  # after closing, ticketing gives up who still waits
MISSED: Final = timedelta(minutes=1)  # whoever should have come before the start stays away
SEEN_HOME: Final = 120.0  # real seconds for actors that a fault holds up at the end


@dataclass
class Day:
    """A branch's day as it is planned, and its hall as it fills."""

    branch: Branch
    on: date
    opens: datetime
    closes: datetime
    visitors: tuple[Visitor, ...]
    shifts: tuple[Shift, ...]
    hall: Hall = field(default_factory=Hall)
    operators: list[OperatorActor] = field(default_factory=list)
    held_up: int = 0  # actors who had to be sent home

    @classmethod
    def of(cls, catalogue: Catalogue, branch: Branch, day: date, seed: int) -> Self:
        """Plan *day*, which must be a working day of *branch*."""
        hours = branch.opening(day)
        assert hours is not None, f"{branch.code} does not open on {day}"
        dice = Random(f"{seed}/{branch.code}/{day}")  # noqa: S311 - an invented day, no secret
        guest = shifts.guest(branch)
        return cls(
            branch=branch,
            on=day,
            opens=hours[0],
            closes=hours[1],
            visitors=privileged(
                branch, visitors.of_day(branch, catalogue.offered(branch), day, dice), dice
            ),
            shifts=shifts.of_day(branch, day, without=guest.operator if guest else None),
        )

    @property
    def ends(self) -> datetime:
        """When no ticket waits any more, whatever happened."""
        return self.closes + CLOSES_THE_DAY

    async def live(self, api: Api, clock: Clock) -> None:
        """Let everybody come, work and go; return when the day has ended."""
        began, code = clock.now(), self.branch.code
        self.operators = [
            OperatorActor(shift, code, api, self.hall, clock, self.ends) for shift in self.shifts
        ]
        actors = [asyncio.create_task(operator.work()) for operator in self.operators]
        actors += [
            asyncio.create_task(VisitorActor(visitor, code, api, self.hall, clock).visit())
            for visitor in self.visitors
            if visitor.arrives > began - MISSED
        ]
        try:
            left = (self.ends - clock.now()).total_seconds() / clock.speed
            _, late = await asyncio.wait(actors, timeout=max(0.0, left) + SEEN_HOME)
            self.held_up = len(late)
            for actor in set(actors) - late:
                actor.result()  # a mistake of ours in an actor is not hidden
            await clock.sleep(max(self.ends - clock.now(), timedelta()))
        finally:
            for actor in actors:
                actor.cancel()
            await asyncio.gather(*actors, return_exceptions=True)
