"""How the store of dispatch is made again from Kafka."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import uuid4

from contracts.topics import CALLS
from services.chassis.rebuild import Log
from services.dispatch.events import Heard
from services.dispatch.store.branches import Branches
from services.dispatch.store.remembered import Remembered
from services.dispatch.store.rules import RuleBook
from services.dispatch.store.windows import Windows

LEFT: Final = ("answer:", "forecast", "head_start", "learned", "live", "said", "seen")
"""Answers are for repeats within the hour; the others are measured or learned anew."""

SAVED: Final = ("learned",)


class Rebuild:
    """Wired by app.py."""

    def __init__(
        self,
        windows: Windows,
        branches: Branches,
        rules: RuleBook,
        now: Callable[[], datetime],
        heard: Heard,
    ) -> None:
        self._windows = windows
        self._branches = branches
        self._rules = rules
        self._now = now
        self._heard = heard

    async def remake(self, log: Log) -> None:
        """Who took a ticket, then what dispatch did, then what ticketing said afterwards.

        Windows are put back after the tickets were heard of, so that nobody is called anew; the
        ready ones last, and each then takes in whom it had not been given yet.
        """
        await log.hear(self._heard.catalogue)
        branches: dict[str, Remembered] = {}
        async for retold in log.own(CALLS):
            branch = retold.event.branch
            branches.setdefault(branch, Remembered(branch)).take(retold)
        for one in branches.values():
            await one.put_rules(log.redis)
        await log.hear(self._heard.issues)
        for one in branches.values():
            await one.put(log.redis)
        await log.hear(self._heard.tickets)
        for code, one in branches.items():
            for window in await one.put_ready(log.redis):
                await self._offer(code, window)

    async def _offer(self, code: str, window: str) -> None:
        branch, now = await self._branches.get(code), self._now()
        rules = await self._rules.in_force(code, now)
        await self._windows.call_next(branch, rules, window, command=uuid4().hex, now=now)
