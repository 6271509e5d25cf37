"""Live events for hall boards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse

from contracts.values import Role
from services.chassis.auth import serves
from services.chassis.fresh import Fresh
from services.chassis.live import Entry, Live, response, sse
from services.chassis.moments import rfc3339
from services.notify.domain.board import Hall, average_wait_minutes
from services.notify.domain.branch import Branch
from services.notify.metrics import BOARDS
from services.notify.store.boards import Boards, as_told
from services.notify.store.branches import Branches

_FIGURES_EVERY = timedelta(seconds=1)


def shared_figures(branches: Branches, boards: Boards, now: Callable[[], datetime]) -> Fresh[Hall]:
    """How a branch's hall stands without its calls, read once a second for all its boards."""

    async def read(code: str) -> Hall:
        branch = await branches.get(code)
        return await boards.figures(code, branch.day(now()))

    return Fresh(read, _FIGURES_EVERY)


class _View:
    """What one board sees."""

    def __init__(
        self,
        branch: Branch,
        zone: str | None,
        boards: Boards,
        shared: Fresh[Hall],
        now: Callable[[], datetime],
    ) -> None:
        self._branch = branch
        self._zone = zone
        self._boards = boards
        self._shared = shared
        self._now = now

    def wants(self, entry: Entry) -> bool:
        """A hall hears its own calls; what became of a call has no zone."""
        return self._zone is None or entry.subject in {"", self._zone}

    async def snapshot(self) -> list[bytes]:
        """All state of the board, with the id at which it stands."""
        branch, now = self._branch, self._now()
        hall, at = await self._boards.hall(branch.code, branch.day(now))
        seen = hall.seen_from(self._zone, now)
        state = {
            "branch": {"code": branch.code, "name": {"ru": branch.name_ru, "en": branch.name_en}},
            "zone": self._zone,
            "timezone": branch.timezone,
            **self._figures(hall, now),
            "calls": [as_told(call) | {"state": state.value} for call, state in seen],
        }
        return [sse("snapshot", state, at)]

    async def tick(self) -> bytes:
        """The clock, and how many wait."""
        return sse("clock", self._figures(await self._shared.get(self._branch.code), self._now()))

    @staticmethod
    def _figures(hall: Hall, now: datetime) -> dict[str, object]:
        return {
            "now": rfc3339(now),
            "waiting": hall.waiting,
            "average_wait_minutes": average_wait_minutes(hall.waits, now),
        }


def router(
    branches: Branches, boards: Boards, live: Live, now: Callable[[], datetime]
) -> APIRouter:
    """The routes for boards."""
    routes = APIRouter(prefix="/v1/branches/{branch}", tags=["boards"])
    shared = shared_figures(branches, boards, now)

    @routes.get("/board/events", dependencies=[serves(Role.BOARD)])
    async def events(
        branch: str,
        zone: str | None = None,
        last_event_id: Annotated[str | None, Header()] = None,
    ) -> StreamingResponse:
        """Live: ``snapshot``, or what was missed since Last-Event-ID; then ``call`` (also of a
        recall), ``started`` and ``over`` as they happen, and ``clock`` every 5 s.
        """
        at = await branches.get(branch)
        view = _View(at, zone, boards, shared, now)
        heard = live.events(
            boards.live(branch),
            last=last_event_id,
            snapshot=view.snapshot,
            wants=view.wants,
            tick=view.tick,
        )
        return response(_counted(branch, heard))

    return routes


async def _counted(branch: str, events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    BOARDS.labels(branch).inc()
    try:
        async for part in events:
            yield part
    finally:
        BOARDS.labels(branch).dec()
