"""What the routes of dispatch work with: the stores and the clock, handed over by app.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.chassis.live import Live
from services.chassis.worker import Worker
from services.dispatch.api import shapes
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.moves import Moved, check
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import Command, State, Window
from services.dispatch.store.branches import Branches
from services.dispatch.store.forecasts import Forecasts
from services.dispatch.store.glances import Glances
from services.dispatch.store.hall import Hall, Order
from services.dispatch.store.lines import Lines
from services.dispatch.store.rules import RuleBook
from services.dispatch.store.watch import Watch
from services.dispatch.store.windows import Windows

Decide = Callable[[Window, Ticket, Branch, Rules, datetime], Moved]
"""Makes something of a window and the visitor who is there."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a route needs."""

    branches: Branches
    rules: RuleBook
    hall: Hall
    windows: Windows
    lines: Lines
    glances: Glances
    watch: Watch
    forecasts: Forecasts
    worker: Worker  # looks ahead
    live: Live
    now: Callable[[], datetime]

    async def shape(self, branch: Branch, window: Window) -> shapes.WindowShape:
        """A window with its visitor."""
        known = await self.lines.find(branch.code, [window.ticket] if window.ticket else [])
        rules = await self.rules.in_force(branch.code, self.now())
        return shapes.window_shape(branch, window, known, rules)

    async def visit(
        self,
        branch: str,
        window: str,
        command: Command,
        key: str,
        decide: Decide,
        *,
        words: str = "",
    ) -> shapes.WindowShape:
        """Do something with the visitor who is at *window*; *words* tell apart what is asked."""
        at, now = await self.branches.get(branch), self.now()
        rules = await self.rules.in_force(branch, now)

        def with_visitor(place: Window, ticket: Ticket | None) -> Moved:
            check(place, command)
            assert ticket is not None, f"nobody is at window {window}, which is {place.state}"
            return decide(place, ticket, at, rules, now)

        order = Order(f"{command} {window} {words}".strip(), key, now)
        moved, ticket = await self.hall.at_window(at, rules, window, with_visitor, order)
        return self._shaped(at, window, moved, ticket)

    async def duty(
        self,
        branch: str,
        window: str,
        words: str,
        key: str,
        decide: Callable[[Window, datetime], Moved],
    ) -> shapes.WindowShape:
        """Do something with *window* that concerns no visitor."""
        at, now = await self.branches.get(branch), self.now()
        rules = await self.rules.in_force(branch, now)
        moved, ticket = await self.hall.at_window(
            at, rules, window, lambda place, _: decide(place, now), Order(words, key, now)
        )
        return self._shaped(at, window, moved, ticket)

    def _shaped(
        self, branch: Branch, name: str, window: Window | None, ticket: Ticket | None
    ) -> shapes.WindowShape:
        shown = window or Window(name, branch.window(name).zone, State.CLOSED)
        return shapes.window_shape(branch, shown, {ticket.id: ticket} if ticket else {})
