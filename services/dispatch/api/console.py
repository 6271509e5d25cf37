"""What an operator asks of their window."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel

from contracts.values import Role
from contracts.windows import CloseReason, PauseReason
from services.chassis.auth import serves
from services.chassis.commands import Command as Key
from services.dispatch.api.desk import Desk
from services.dispatch.api.shapes import (
    CalledShape,
    WindowShape,
    decision_shape,
    ticket_shape,
    window_shape,
)
from services.dispatch.domain.windows import Command
from services.dispatch.metrics import CALLS, VISITS, WAIT


class Open(BaseModel):
    """Who will serve."""

    operator: str


class Pause(BaseModel):
    """Why the window stops for a while."""

    reason: PauseReason


def router(desk: Desk) -> APIRouter:
    """The routes of the operator's console."""
    routes = APIRouter(
        prefix="/v1/branches/{branch}/windows/{window}",
        tags=["operator"],
        dependencies=[serves(Role.OPERATOR)],
    )

    async def move(
        branch: str, window: str, command: Command, key: str, reason: str = ""
    ) -> WindowShape:
        at = await desk.branches.get(branch)
        moved = await desk.windows.move(
            at, window, command, command=key, now=desk.now(), reason=reason
        )
        return await desk.shape(at, moved)

    @routes.post("/open")
    async def open_window(branch: str, window: str, body: Open, key: Key) -> WindowShape:
        """Begin to serve at a window."""
        at = await desk.branches.get(branch)
        opened = await desk.windows.open(at, window, body.operator, command=key, now=desk.now())
        return await desk.shape(at, opened)

    @routes.post(
        "/next",
        response_model=CalledShape,
        responses={204: {"description": "Nobody suitable waits; the next arrival comes here."}},
    )
    async def call_next(branch: str, window: str, key: Key) -> CalledShape | Response:
        """Call the next visitor."""
        at, now = await desk.branches.get(branch), desk.now()
        called, ticket = await desk.windows.call_next(at, window, command=key, now=now)
        if ticket is None or called.decision is None:
            return Response(status_code=204)
        CALLS.labels(branch, "call").inc()
        WAIT.labels(branch).observe((now - ticket.arrived).total_seconds())
        return CalledShape(
            ticket=ticket_shape(at, ticket),
            decision=decision_shape(called.decision),
            window=window_shape(at, called, {ticket.id: ticket}),
        )

    @routes.post("/recall")
    async def recall(branch: str, window: str, key: Key) -> WindowShape:
        """Call the same visitor once more."""
        recalled = await move(branch, window, Command.RECALL, key)
        CALLS.labels(branch, "recall").inc()
        return recalled

    @routes.post("/start")
    async def start(branch: str, window: str, key: Key) -> WindowShape:
        """The visitor came."""
        return await move(branch, window, Command.START, key)

    @routes.post("/finish")
    async def finish(branch: str, window: str, key: Key) -> WindowShape:
        """The visit is over."""
        finished = await move(branch, window, Command.FINISH, key)
        VISITS.labels(branch, "finished").inc()
        return finished

    @routes.post("/no-show")
    async def no_show(branch: str, window: str, key: Key) -> WindowShape:
        """The visitor did not come."""
        missed = await move(branch, window, Command.NO_SHOW, key, "absent")
        VISITS.labels(branch, "no_show").inc()
        return missed

    @routes.post("/pause")
    async def pause(
        branch: str, window: str, body: Annotated[Pause, Body()], key: Key
    ) -> WindowShape:
        """Take a break."""
        return await move(branch, window, Command.PAUSE, key, body.reason)

    @routes.post("/resume")
    async def resume(branch: str, window: str, key: Key) -> WindowShape:
        """The break is over."""
        return await move(branch, window, Command.RESUME, key)

    @routes.post("/close")
    async def close(branch: str, window: str, key: Key) -> WindowShape:
        """Nobody serves here any more."""
        return await move(branch, window, Command.CLOSE, key, CloseReason.OPERATOR)

    return routes
