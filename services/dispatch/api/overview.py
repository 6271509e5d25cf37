"""What is going on in a branch: its windows, its lines, its day; and live for a console."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse

from contracts.values import Role
from services.chassis.auth import serves
from services.chassis.clock import real_now
from services.chassis.live import Entry, response, sse
from services.dispatch.api.desk import Desk
from services.dispatch.api.shapes import (
    LinesShape,
    WindowsShape,
    branch_shape,
    lines_shape,
    operator_shapes,
    window_shape,
)
from services.dispatch.domain import tickets
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.skills import NONE
from services.dispatch.store.glances import Glance, Line

_CLOCK_EVERY = timedelta(seconds=5)
_ALIVE_EVERY = timedelta(seconds=10)
"""A page that listens is a console that lives; the limits for silence are longer."""

_LINES_EVERY = timedelta(seconds=1)


class LinesNow:
    """How a branch's lines stand, as its consoles are told."""

    def __init__(self, branch: Branch, glance: Glance, now: datetime) -> None:
        self.glance = glance
        self.names = tuple(line.line for line in glance.lines)
        self.abilities = {window.window: window.abilities for window in glance.windows}
        self._branch = branch
        self._now = now
        self._told: dict[tuple[int, ...], bytes] = {}

    def news(self, places: tuple[int, ...]) -> object:
        """What would have to change for the lines at *places* to be news. That time goes by is
        none: pages count the minutes.
        """
        return self.glance.waiting, self._lines(places)

    def told(self, places: tuple[int, ...]) -> bytes:
        """The lines at *places*, written once for all who serve the same."""
        if places not in self._told:
            waiting = self.glance.waiting
            shape = lines_shape(self._branch, self._lines(places), waiting, self._now)
            self._told[places] = sse("lines", shape.model_dump_json())
        return self._told[places]

    def _lines(self, places: tuple[int, ...]) -> Sequence[Line]:
        return tuple(self.glance.lines[place] for place in places)


def lines_now(desk: Desk) -> Callable[[str], Awaitable[LinesNow]]:
    """How a branch's lines stand, the same for all consoles that ask at a moment."""
    known: dict[str, LinesNow] = {}

    async def now(code: str) -> LinesNow:
        branch, glance = await desk.branches.get(code), await desk.glances.recent(code)
        if code not in known or known[code].glance is not glance:
            known[code] = LinesNow(branch, glance, desk.now())
        return known[code]

    return now


def router(desk: Desk) -> APIRouter:
    """The routes that only look."""
    routes = APIRouter(prefix="/v1/branches/{branch}", tags=["overview"])
    shared = lines_now(desk)

    @routes.get("/windows", dependencies=[serves(Role.OPERATOR, Role.SHIFT_HEAD)])
    async def windows(branch: str) -> WindowsShape:
        """All windows and who may serve there."""
        at = await desk.branches.get(branch)
        glance = await desk.glances.look(at)
        return WindowsShape(
            branch=branch_shape(at),
            windows=[window_shape(at, window, glance.visitors) for window in glance.windows],
            operators=operator_shapes(at, glance.windows),
            skills=at.published.skills,
        )

    @routes.get("/lines", dependencies=[serves(Role.OPERATOR, Role.SHIFT_HEAD, Role.ADMINISTRATOR)])
    async def lines(branch: str) -> LinesShape:
        """How the lines stand."""
        at = await desk.branches.get(branch)
        glance = await desk.glances.look(at)
        return lines_shape(at, glance.lines, glance.waiting, desk.now())

    @routes.get("/windows/{window}/events", dependencies=[serves(Role.OPERATOR)])
    async def events(
        branch: str, window: str, last_event_id: Annotated[str | None, Header()] = None
    ) -> StreamingResponse:
        """Live: ``window`` at each change, ``lines`` when they change, ``clock`` every 5 s."""
        at = await desk.branches.get(branch)
        at.window(window)
        view = _WindowView(desk, at, window, shared)
        return response(
            desk.live.events(
                desk.windows.live_stream(branch),
                last=last_event_id,
                snapshot=view.snapshot,
                wants=lambda entry: entry.subject == window,
                tick=view.tick(),
                every=_LINES_EVERY,
                render=view.render,
            )
        )

    @routes.get("/days/{day}", dependencies=[serves(Role.OPS, Role.SHIFT_HEAD)])
    async def count(branch: str, day: date | Literal["today"]) -> dict[str, object]:
        """How many tickets of a day are in each state, as dispatch knows them."""
        at = await desk.branches.get(branch)
        zone = ZoneInfo(at.published.timezone)
        wanted = desk.now().astimezone(zone).date() if day == "today" else day
        counted = await desk.lines.count(branch, wanted)
        return {
            "branch": branch,
            "day": wanted,
            "tickets": {state: counted[state] for state in tickets.State},
            "total": counted.total(),
        }

    return routes


class _WindowView:
    """What one console sees."""

    def __init__(
        self,
        desk: Desk,
        branch: Branch,
        window: str,
        shared: Callable[[str], Awaitable[LinesNow]],
    ) -> None:
        self._desk = desk
        self._branch = branch
        self._window = window
        self._shared = shared
        self._serves: object = None  # abilities, names of the lines
        self._places: tuple[int, ...] = ()  # among them, of those that this window may serve

    async def snapshot(self) -> list[bytes]:
        return [await self._state(None)]

    async def render(self, entry: Entry) -> bytes:
        """State is read anew, so that a burst of changes never shows an old one."""
        return await self._state(entry.id)

    def tick(self) -> Callable[[], Awaitable[bytes]]:
        """The lines of this window's operator when they changed, and the clock now and then."""
        known: object = None
        told_clock, heard = 0.0, 0.0

        async def beat() -> bytes:
            nonlocal known, told_clock, heard
            now = await self._shared(self._branch.code)
            places = self._served(now)
            said, before, known = b"", known, now.news(places)
            if known != before:
                said = now.told(places)
            if time.monotonic() - heard >= _ALIVE_EVERY.total_seconds():
                self._desk.watch.heard(self._branch.code, self._window, real_now=real_now())
                heard = time.monotonic()
            if time.monotonic() - told_clock >= _CLOCK_EVERY.total_seconds() - 0.5:
                said += sse("clock", {"now": self._desk.now().isoformat()})
                told_clock = time.monotonic()
            return said

        return beat

    async def _state(self, id: str | None) -> bytes:
        window = await self._desk.windows.read(self._branch, self._window)
        shape = await self._desk.shape(self._branch, window)
        return sse("window", shape.model_dump_json(), id)

    def _served(self, now: LinesNow) -> tuple[int, ...]:
        abilities = now.abilities.get(self._window, NONE)
        if (abilities, now.names) != self._serves:
            self._serves, levels = (abilities, now.names), map(abilities.level, now.names)
            self._places = tuple(n for n, level in enumerate(levels) if level is not None)
        return self._places
