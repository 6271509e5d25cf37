"""What hangs and lies in a branch: a console at each window, boards, kiosks, the head's page."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.demo.answers import Party, Window, WindowState
from services.demo.api import Api
from services.world.catalogue import Branch
from tests.bench.wire import Page

Hear = Callable[[str, bytes, float], None]
AGAIN: Final = 1.0  # seconds until a page that was cut off comes back
_IDLE = frozenset({WindowState.FREE, WindowState.TIDYING})


@dataclass
class Console:
    """An operator's page: the window as it was told last, by an answer or live."""

    window: Window | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def show(self, window: Window) -> Window:
        """Show *window*, unless something newer was told."""
        known = self.window and self.window.since
        if known is None or window.since is None or window.since >= known:
            self.window = window
            self._news.set()
            self._news = asyncio.Event()
        return window

    async def until(self, wanted: Callable[[Window], bool]) -> Window:
        while self.window is None or not wanted(self.window):
            await self._news.wait()
        return self.window


@dataclass
class Pages:
    """Live pages that come back when they are cut off, as a browser's do."""

    errors: Counter[str]
    open: int = 0

    async def keep(self, address: str, path: str, hear: Hear, begins: str = "snapshot") -> None:
        """Keep a page open until cancelled."""
        while True:
            try:
                page = await Page.open(address, path, hear, begins)
            except (OSError, TimeoutError) as error:
                self.errors[f"a page does not open: {error!r}"] += 1
            else:
                self.open += 1
                try:
                    await page.gone.wait()
                    self.errors["a page was cut off"] += 1
                finally:
                    self.open -= 1
                    page.close()
            await asyncio.sleep(AGAIN)


@dataclass
class ConsoleApi(Api):
    """The demo's customer, whose operators look at a console that stays open, as people do."""

    pages: Pages = field(default_factory=lambda: Pages(Counter()))
    consoles: dict[tuple[str, str], Console] = field(default_factory=dict)

    @property
    def open_windows(self) -> int:
        """Consoles that show an operator at work."""
        shown = [console.window for console in self.consoles.values()]
        return sum(one is not None and one.state is not WindowState.CLOSED for one in shown)

    def console(self, branch: str, window: str) -> Console:
        return self.consoles.setdefault((branch, window), Console())

    async def keep_console(self, branch: str, window: str) -> None:
        console = self.console(branch, window)

        def hear(name: str, data: bytes, _: float) -> None:
            if name == "window":
                console.show(Window.model_validate_json(data))

        path = f"/v1/branches/{branch}/windows/{window}/events"
        address = self.addresses[Party.DISPATCH]
        await self.pages.keep(address, path, hear, begins="window")

    async def window(self, branch: str, window: str) -> Window:
        return await self.console(branch, window).until(lambda _: True)

    async def change(self, branch: str, window: str, since: WindowState) -> Window:
        return await self.console(branch, window).until(lambda w: w.state is not since)

    async def call_next(self, branch: str, window: str, actor: str) -> Window | None:
        console = self.console(branch, window)
        if called := await super().call_next(branch, window, actor):
            return console.show(called)
        return await console.until(lambda w: w.state not in _IDLE)

    async def move(
        self, branch: str, window: str, actor: str, verb: str, body: Mapping[str, str] | None = None
    ) -> Window | None:
        moved = await super().move(branch, window, actor, verb, body)
        return moved and self.console(branch, window).show(moved)


@dataclass
class Screens:
    """The boards of all halls, and which call each showed first when."""

    addresses: Mapping[str, str]
    pages: Pages
    shown: dict[tuple[str, str], float] = field(default_factory=dict)  # branch, number

    async def hang(self, branch: Branch) -> None:
        """A board in each zone, and the page of the shift head; until cancelled."""

        def hear(name: str, data: bytes, at: float) -> None:
            if name == "call":
                self.shown.setdefault((branch.code, json.loads(data)["number"]), at)

        home = f"/v1/branches/{branch.code}"
        dispatch, notify = self.addresses[Party.DISPATCH], self.addresses[Party.NOTIFY]
        boards = [
            self.pages.keep(notify, f"{home}/board/events?zone={zone}", hear)
            for zone in sorted({window.zone for window in branch.windows})
        ]
        head = self.pages.keep(dispatch, f"{home}/shift/events", lambda *_: None, begins="shift")
        await asyncio.gather(head, *boards)
