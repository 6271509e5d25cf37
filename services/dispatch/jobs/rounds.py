"""What happens by the clock: deferrals end, silent windows let go, lines weigh, alarms rise."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from contracts.alarms import AlarmKind
from services.chassis.clock import real_now
from services.chassis.redis import is_away
from services.chassis.telemetry import reason
from services.dispatch.domain import duty, placing
from services.dispatch.domain.alarms import Hall as Seen
from services.dispatch.domain.alarms import alarms
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.errors import Refused
from services.dispatch.domain.pressure import head_starts_in
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.windows import MOVES, Command, State
from services.dispatch.jobs import gauges
from services.dispatch.jobs.stores import Stores
from services.dispatch.metrics import ALARMS
from services.dispatch.store.glances import Glance
from services.dispatch.store.hall import Order

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=2)
ALARMS_EVERY = 3  # rounds


class Rounds:
    """Goes through all branches again and again. Two instances may do so at once: each step
    compares what it was decided from.
    """

    def __init__(self, stores: Stores, now: Callable[[], datetime]) -> None:
        self._stores = stores
        self._now = now
        self._hears_since: dict[str, datetime] = {}  # by branch, real moments

    async def run(self) -> None:
        """Work until cancelled."""
        for turn in itertools.count():
            for code in await self._stores.branches.codes():
                await self.visit(code, with_alarms=turn % ALARMS_EVERY == 0)
            await asyncio.sleep(EVERY.total_seconds())

    async def visit(self, code: str, *, with_alarms: bool) -> None:
        """Go to one branch; where its store is away, pass by."""
        self._hears_since.setdefault(code, real_now())
        try:
            branch, now = await self._stores.branches.get(code), self._now()
            rules = await self._stores.rules.in_force(code, now)
            await self.go(branch, rules, now)
            if with_alarms:
                await self.look(branch, rules, now)
        except Exception as error:
            del self._hears_since[code]
            if not is_away(error):
                raise
            away = {"branch": code, "reason": reason(error)}
            log.warning("a branch is passed by: its store is away", extra=away)

    def _silent(self, code: str, rules: Rules, glance: Glance) -> frozenset[str]:
        """Whose console gives no sign of life; nobody's before all had the time to give one: this
        process, or the store, may have been away for longer than a console may be silent.
        """
        since = real_now() - rules.lost_console
        heard = self._hears_since.get(code, since) <= since
        return glance.silent(since) if heard else frozenset()

    async def go(self, branch: Branch, rules: Rules, now: datetime) -> None:
        """Do what is due."""
        await self._stores.watch.keep_heard(branch.code)  # before anybody is called silent
        glance = await self._stores.glances.look(branch)
        await self._end_deferrals(branch, rules, glance.due(now), now)
        silent = self._silent(branch.code, rules, glance)
        await self._let_go_of_silent_windows(branch, rules, silent, now)
        await self._weigh_lines(branch, rules, glance)
        gauges.show(branch.code, glance, now)

    async def _end_deferrals(
        self, branch: Branch, rules: Rules, due: Iterable[str], now: datetime
    ) -> None:
        for ticket in due:
            order = Order(f"resume {ticket}", uuid4().hex, now)
            try:
                await self._stores.hall.in_line(
                    branch.code,
                    rules,
                    ticket,
                    lambda held: placing.go_on_waiting(held, now),
                    order,
                )
            except Refused as refused:  # somebody was faster
                log.info("a deferral is over already", extra={"reason": str(refused)})

    async def _let_go_of_silent_windows(
        self, branch: Branch, rules: Rules, silent: Collection[str], now: datetime
    ) -> None:
        if not silent:
            return
        places = await self._stores.windows.read_all(branch)
        # The ready ones first: none of them is then given the visitor whom another lets go.
        for place in sorted(places, key=lambda place: place.state is not State.READY):
            if place.window not in silent:
                continue
            if place.state is State.CLOSED:
                await self._stores.watch.gone(branch.code, place.window)
            if place.state not in MOVES[Command.LOSE].come_from:
                continue
            if place.since is not None and now < place.since + rules.lost_console:
                continue  # who has just pressed a button is there, whatever the page's line says
            order = Order(f"lose {place.window}", uuid4().hex, now)
            try:
                await self._stores.hall.at_window(
                    branch, rules, place.window, lambda w, ticket: duty.lose(w, ticket, now), order
                )
            except Refused as refused:
                log.info("a window is not silent any more", extra={"reason": str(refused)})

    async def _weigh_lines(self, branch: Branch, rules: Rules, glance: Glance) -> None:
        """Lines with much work for few windows have a head start, if the centre ordered so."""
        stores, code = self._stores, branch.code
        starts: Mapping[str, timedelta] = {}
        if rules.pressure:
            starts = head_starts_in(
                branch,
                await stores.lines.waiting(code),
                glance.windows,
                (await stores.forecasts.learned(code)).durations,
                rules,
            )
        if starts != glance.head_starts:
            await stores.lines.set_head_starts(code, starts)

    async def look(self, branch: Branch, rules: Rules, now: datetime) -> None:
        """Raise the alarms that are true, and clear all others."""
        stores, code = self._stores, branch.code
        midnight = now.astimezone(ZoneInfo(branch.published.timezone)).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        waiting = await stores.lines.waiting(code)
        load = await stores.watch.load(code, midnight, rules.short_visit)
        glance = await stores.glances.look(branch)  # after those who wait: who opened, opened
        silent = self._silent(code, rules, glance)
        raised = alarms(Seen(waiting, glance.windows, load, silent), rules, now)
        if raised != glance.alarms.keys():
            await stores.watch.set_alarms(code, raised, now=now)
        counted = Counter(alarm.kind for alarm in raised)
        for kind in AlarmKind:
            ALARMS.labels(code, kind).set(counted[kind])
