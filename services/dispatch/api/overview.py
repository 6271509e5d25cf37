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
from services.chassis.fresh import Fresh
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
from services.dispatch.domain.windows import Window
from services.dispatch.store.lines import Line

_CLOCK_EVERY = timedelta(seconds=5)
_ALIVE_EVERY = timedelta(seconds=10)
"""A page that listens is a console that lives; the limits for silence are longer."""

_LINES_EVERY = timedelta(seconds=1)


class LinesNow:
    """How a branch's lines stand, as its consoles are told."""

    def __init__(
        self, branch: Branch, lines: Sequence[Line], windows: Sequence[Window], now: datetime
    ) -> None:
        self.names = tuple(line.line for line in lines)
        self.abilities = {window.window: window.abilities for window in windows}
        self._branch = branch
        self._lines = lines
        self._now = now
        self._waiting = sum(line.waiting for line in lines)
        self._told: dict[tuple[int, ...], tuple[object, bytes]] = {}

    def told(self, places: tuple[int, ...]) -> tuple[object, bytes]:
        """The lines at *places*, written once for all who serve the same; before them, what would
        have to change for it to be news. That time goes by is none: pages count the minutes.
        """
        if places not in self._told:
            mine = tuple(self._lines[place] for place in places)
            shape = lines_shape(self._branch, mine, self._waiting, self._now)
            news = mine, self._waiting
            self._told[places] = news, sse("lines", shape.model_dump_json())
        return self._told[places]


def lines_now(desk: Desk) -> Fresh[LinesNow]:
    """How a branch's lines stand, read once a second however many consoles look."""

    async def read(code: str) -> LinesNow:
        branch = await desk.branches.get(code)
        lines, windows = await desk.lines.read(branch), await desk.windows.read_all(branch)
        return LinesNow(branch, lines, windows, desk.now())

    return Fresh(read, _LINES_EVERY)


def router(desk: Desk) -> APIRouter:
    """The routes that only look."""
    routes = APIRouter(prefix="/v1/branches/{branch}", tags=["overview"])
    shared = lines_now(desk)

    @routes.get("/windows", dependencies=[serves(Role.OPERATOR, Role.SHIFT_HEAD)])
    async def windows(branch: str) -> WindowsShape:
        """All windows and who may serve there."""
        at = await desk.branches.get(branch)
        all_windows = await desk.windows.read_all(at)
        known = await desk.lines.find(branch, [w.ticket for w in all_windows if w.ticket])
        return WindowsShape(
            branch=branch_shape(at),
            windows=[window_shape(at, window, known) for window in all_windows],
            operators=operator_shapes(at, all_windows),
            skills=at.published.skills,
        )

    @routes.get("/lines", dependencies=[serves(Role.OPERATOR, Role.SHIFT_HEAD, Role.ADMINISTRATOR)])
    async def lines(branch: str) -> LinesShape:
        """How the lines stand."""
        at = await desk.branches.get(branch)
        lines = await desk.lines.read(at)
        return lines_shape(at, lines, sum(line.waiting for line in lines), desk.now())

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

    def __init__(self, desk: Desk, branch: Branch, window: str, shared: Fresh[LinesNow]) -> None:
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
            news, lines = await self._lines()
            said, known = b"" if news == known else lines, news
            if time.monotonic() - heard >= _ALIVE_EVERY.total_seconds():
                await self._desk.watch.alive(self._branch.code, self._window, real_now=real_now())
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

    async def _lines(self) -> tuple[object, bytes]:
        now = await self._shared.get(self._branch.code)
        abilities = now.abilities.get(self._window, NONE)
        if (abilities, now.names) != self._serves:
            self._serves, levels = (abilities, now.names), map(abilities.level, now.names)
            self._places = tuple(n for n, level in enumerate(levels) if level is not None)
        return now.told(self._places)
