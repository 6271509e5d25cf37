"""Forecasts at a steady rhythm, what they are learned from, and how well they are met."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random

from contracts import topics
from contracts.forecasts import CallsForecast, Expected
from services.chassis.measurements import Measurements
from services.chassis.worker import Worker
from services.dispatch.domain.accuracy import Accuracy, Said, by_people_ahead
from services.dispatch.domain.ahead import look_ahead
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.durations import Durations
from services.dispatch.domain.forecast import Forecast
from services.dispatch.domain.load import Kind
from services.dispatch.domain.outlook import minutes_of, snapshot_of
from services.dispatch.domain.presence import is_on_duty
from services.dispatch.domain.rules import MINUTE, Rules
from services.dispatch.domain.snapshot import Snapshot
from services.dispatch.domain.tickets import State, Ticket
from services.dispatch.domain.windows import Window
from services.dispatch.jobs.stores import Stores
from services.dispatch.metrics import FORECAST_ERROR, FORECAST_INSIDE, FORECAST_SECONDS
from services.dispatch.store.forecasts import Learned, Observed

EVERY = timedelta(seconds=5)
AT_LEAST_EVERY = timedelta(seconds=15)
MOST_OF_A_CORE = 0.1
"""Those who press buttons come first: the rhythm is slower where there is much to forecast."""

ADVICE_WITHIN = 0.5  # seconds of the worker, of one branch
ADVICE_OF_ALL = MOST_OF_A_CORE * AT_LEAST_EVERY.total_seconds()
"""Many branches share it, or a round would take longer than forecasts may be old."""


class Forecaster:
    """Forecasts each branch where somebody waits. A second instance does the same work again and
    comes to the same end; each forecast replaces the one before.
    """

    def __init__(
        self,
        stores: Stores,
        worker: Worker,
        measurements: Measurements,
        now: Callable[[], datetime],
    ) -> None:
        self._stores = stores
        self._worker = worker
        self._measurements = measurements
        self._now = now
        self._seeds = Random()  # noqa: S311  # runs of a simulation
        self._last_wait: dict[tuple[str, str], timedelta] = {}  # branch, line

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            took = 0.0
            codes = await self._stores.branches.codes()
            seconds = min(ADVICE_WITHIN, ADVICE_OF_ALL / max(len(codes), 1))
            for code in codes:
                branch, now = await self._stores.branches.get(code), self._now()
                rules = await self._stores.rules.in_force(code, now)
                began = time.monotonic()
                await self.forecast(branch, rules, now, seconds)
                took += time.monotonic() - began
            pause = min(max(EVERY, timedelta(seconds=took / MOST_OF_A_CORE)), AT_LEAST_EVERY)
            await asyncio.sleep(pause.total_seconds())

    async def forecast(
        self, branch: Branch, rules: Rules, now: datetime, advice_within: float
    ) -> None:
        """Learn, judge what was said, and say anew; *advice_within* so many seconds."""
        stores, code = self._stores, branch.code
        waiting = await stores.lines.waiting(code)
        learned = await self._learn(branch, rules, waiting)
        if not waiting and await stores.forecasts.get(code) is None:
            return
        windows = await stores.windows.read_all(branch)
        known = await stores.lines.find(code, [w.ticket for w in windows if w.ticket])
        snapshot = snapshot_of(
            branch,
            rules,
            waiting,
            windows,
            known,
            durations=learned.durations,
            calls_since=await stores.lines.calls_since(code),
            plan=await stores.watch.day_plan(branch, now),
            now=now,
            arrivals=learned.arrivals,
        )
        idle = [branch.operator(one) for one in idle_operators(branch, windows, now)]
        sum = partial(
            look_ahead,
            seed=self._seeds.getrandbits(64),
            seconds=advice_within,
            clock=time.monotonic,
        )
        ahead = await self._worker.run(sum, list(branch.windows.values()), snapshot, idle)
        FORECAST_SECONDS.observe(ahead.took)
        made = ahead.forecast
        await stores.forecasts.put(code, made, ahead.advice)
        self._measurements.tell(topics.FORECASTS, code, _told(made), at=now)
        await self._say(code, snapshot, made, waiting)

    async def _learn(self, branch: Branch, rules: Rules, waiting: Sequence[Ticket]) -> Learned:
        """From what took its time, and from calls of those of whom something was said."""
        forecasts, code = self._stores.forecasts, branch.code
        before = await forecasts.learned(code)
        observed = await forecasts.observed(code, before.at)
        durations = before.durations
        for one in observed:
            durations = _with(durations, one, branch, rules)
        taken = await forecasts.taken(code, before.heard, branch.zone_info)
        accuracy = await self._judge(code, before.accuracy, {ticket.id for ticket in waiting})
        learned = Learned(
            durations,
            accuracy,
            observed[-1].id if observed else before.at,
            before.arrivals.after_all(ticket for _, ticket in taken),
            taken[-1][0] if taken else before.heard,
        )
        if learned != before:
            await forecasts.learn(code, learned)
        _show(code, accuracy)
        return learned

    async def _judge(self, branch: str, accuracy: Accuracy, waiting: set[str]) -> Accuracy:
        said = await self._stores.forecasts.said(branch)
        gone = [ticket for ticket in said if ticket not in waiting]
        known = await self._stores.lines.find(branch, gone)
        for ticket in known.values():
            if ticket.called is None or ticket.state is State.CANCELLED:
                continue
            self._last_wait[branch, ticket.line] = ticket.called - ticket.arrived
            accuracy = accuracy.after_call(said[ticket.id], ticket.called)
        await self._stores.forecasts.forget(branch, gone)
        return accuracy

    async def _say(
        self, branch: str, snapshot: Snapshot, made: Forecast, waiting: Sequence[Ticket]
    ) -> None:
        """Remember what is said of those of whom nothing was said before."""
        before = await self._stores.forecasts.said(branch)
        fresh = [
            ticket
            for ticket in waiting
            if ticket.id not in before and ticket.id in made.tickets and ticket.called is None
        ]
        await self._stores.forecasts.say(
            branch,
            {
                ticket.id: Said(
                    made.made,
                    made.tickets[ticket.id],
                    by_people_ahead(snapshot, ticket.id),
                    self._last_wait.get((branch, ticket.line)),
                )
                for ticket in fresh
            },
        )


def _told(made: Forecast) -> CallsForecast:
    return CallsForecast(
        made=made.made,
        tickets=tuple(
            Expected(ticket=ticket, earliest=found.p10, likely=found.p50, latest=found.p90)
            for ticket, found in made.tickets.items()
        ),
    )


def idle_operators(branch: Branch, windows: Sequence[Window], now: datetime) -> list[str]:
    """Who is at no window, and not off duty; whether they are in the house the shift head knows."""
    at_work = {window.operator for window in windows}
    return [
        operator
        for operator in branch.operators
        if operator not in at_work and is_on_duty(branch, operator, now)
    ]


def _with(durations: Durations, one: Observed, branch: Branch, rules: Rules) -> Durations:
    minutes = one.length_ms / 60_000
    match Kind(one.kind):
        case Kind.VISIT:
            said = minutes_of(branch, one.service)
            return durations.after_visit(one.service, said, minutes, rules.short_visit / MINUTE)
        case Kind.CAME:
            return durations.after_call(came=True, took=minutes)
        case Kind.MISSED:
            return durations.after_call(came=False, took=minutes)
        case Kind.TIDIED:
            return durations.after_tidying(minutes)


def _show(branch: str, accuracy: Accuracy) -> None:
    if accuracy.share_inside is not None:
        FORECAST_INSIDE.labels(branch).set(accuracy.share_inside)
    errors: Mapping[str, float | None] = {
        "ours": accuracy.ours.root_mean_square,
        "people_ahead": accuracy.ahead.root_mean_square,
        "last_called": accuracy.last.root_mean_square,
    }
    for rule, error in errors.items():
        if error is not None:
            FORECAST_ERROR.labels(branch, rule).set(error * 60)
