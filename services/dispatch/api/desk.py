"""What the routes of dispatch work with: the stores and the clock, handed over by app.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.chassis.live import Live
from services.dispatch.api import shapes
from services.dispatch.domain.branch import Branch
from services.dispatch.store.branches import Branches
from services.dispatch.store.lines import Lines
from services.dispatch.store.records import Window
from services.dispatch.store.windows import Windows


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a route needs."""

    branches: Branches
    windows: Windows
    lines: Lines
    live: Live
    now: Callable[[], datetime]

    async def shape(self, branch: Branch, window: Window) -> shapes.WindowShape:
        """A window with its visitor."""
        known = await self.lines.find(branch.code, [window.ticket] if window.ticket else [])
        return shapes.window_shape(branch, window, known)
