"""What ticketing does by the clock: a day that is over is closed, also after a stop."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from contracts.tickets import CancelReason
from services.chassis.clock import Clock
from services.ticketing import metrics
from services.ticketing.domain.catalogue import Branch
from services.ticketing.domain.hours import door, is_over
from services.ticketing.store.branches import Branches
from services.ticketing.store.days import Days

log = logging.getLogger(__name__)

LOOK_EVERY: Final = timedelta(minutes=1)
SHORTEST_PAUSE: Final = timedelta(milliseconds=200)  # of real time, however fast the clock


class CloseDays:
    """Any instance may do it, and all at once: a day is closed by one atomic step."""

    def __init__(self, branches: Branches, days: Days, clock: Clock, grace: timedelta) -> None:
        self._branches = branches
        self._days = days
        self._clock = clock
        self._grace = grace

    async def run(self) -> None:
        """Look every minute, until cancelled."""
        while True:
            await self.look(self._clock.now())
            await self._clock.sleep(max(LOOK_EVERY, SHORTEST_PAUSE * self._clock.speed))

    async def look(self, now: datetime) -> None:
        """Note the days that have begun, and close those that are over."""
        for branch in await self._branches.all():
            today = door(branch.week, now).today
            if today and today.opens <= now:
                await self._days.open(branch.code, today.day)
            await self._close_what_is_over(branch, now)

    async def _close_what_is_over(self, branch: Branch, now: datetime) -> None:
        for day in await self._days.still_open(branch.code):
            if is_over(branch.week, day, now, grace=self._grace):
                cancelled = await self._days.close(branch.code, day, now=now)
                metrics.CANCELLED.labels(branch.code, CancelReason.DAY_END).inc(cancelled)
                told = {"branch": branch.code, "day": str(day), "cancelled": cancelled}
                log.info("a day is closed", extra=told)
