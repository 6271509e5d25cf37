"""What an operator asks of their window."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Body, Response
from pydantic import AwareDatetime, BaseModel, Field

from contracts.calls import Outcome, OutOfOrder
from contracts.values import Role, ServiceCode, TicketId, WindowNumber
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
from services.dispatch.domain import duty, placing, visits
from services.dispatch.domain.placing import Goal
from services.dispatch.domain.windows import Command
from services.dispatch.metrics import CALLS, VISITS, WAIT
from services.dispatch.store.hall import Order


class Open(BaseModel):
    """Who will serve."""

    operator: str
    take_over: bool = False  # confirmed: in place of another operator, or from another window


class Call(BaseModel):
    """Whom to call before their turn, and why."""

    ticket: TicketId
    reason: OutOfOrder


class Finish(BaseModel):
    """How the service ended."""

    outcome: Outcome = Outcome.DONE


class Transfer(BaseModel):
    """Where the visitor is to be served; what is not named stays as it is."""

    service: ServiceCode | None = None
    window: WindowNumber | None = None
    zone: str | None = None

    @property
    def goal(self) -> Goal:
        return Goal(self.service, self.window, self.zone)


class Defer(BaseModel):
    """For how long, or until when, the visitor is away."""

    minutes: Annotated[int | None, Field(ge=1, le=480)] = None
    until: AwareDatetime | None = None


class Pause(BaseModel):
    """Why the window stops for a while."""

    reason: PauseReason


_DONE = Finish()


def router(desk: Desk) -> APIRouter:
    """The routes that begin and end work at a window, and call visitors to it."""
    routes = APIRouter(
        prefix="/v1/branches/{branch}/windows/{window}",
        tags=["operator"],
        dependencies=[serves(Role.OPERATOR, Role.SHIFT_HEAD)],
    )

    @routes.post("/open")
    async def open_window(branch: str, window: str, body: Open, key: Key) -> WindowShape:
        """Begin to serve at a window; `take_over` confirms that a visit there goes on."""
        at, now = await desk.branches.get(branch), desk.now()
        opened = await desk.windows.open(
            at,
            await desk.rules.in_force(branch, now),
            window,
            body.operator,
            confirmed=body.take_over,
            command=key,
            now=now,
        )
        await desk.watch.gone(branch, window)  # the console before is silent, this one is new
        return await desk.shape(at, opened)

    @routes.post(
        "/next",
        response_model=CalledShape,
        responses={204: {"description": "Nobody suitable waits; the next arrival comes here."}},
    )
    async def call_next(branch: str, window: str, key: Key) -> CalledShape | Response:
        """Call the next visitor."""
        at, now = await desk.branches.get(branch), desk.now()
        rules = await desk.rules.in_force(branch, now)
        called, ticket = await desk.windows.call_next(at, rules, window, command=key, now=now)
        if ticket is None or ticket.decision is None:
            return Response(status_code=204)
        CALLS.labels(branch, "call").inc()
        WAIT.labels(branch).observe((now - ticket.arrived).total_seconds())
        return CalledShape(
            ticket=ticket_shape(at, ticket),
            decision=decision_shape(ticket.decision),
            window=window_shape(at, called, {ticket.id: ticket}),
        )

    @routes.post("/call")
    async def call_by_hand(branch: str, window: str, body: Call, key: Key) -> WindowShape:
        """Call a certain ticket before its turn; the reason is on record."""
        at, now = await desk.branches.get(branch), desk.now()
        rules = await desk.rules.in_force(branch, now)
        called, ticket = await desk.hall.at_window(
            at,
            rules,
            window,
            lambda place, waits: visits.call_by_hand(
                place, waits, body.ticket, rules, body.reason, call=uuid4().hex, now=now
            ),
            Order(f"call {window} {body.ticket} {body.reason}", key, now),
            ticket=body.ticket,
        )
        assert called is not None, "a window called and is not there"
        CALLS.labels(branch, "out_of_order").inc()
        return window_shape(at, called, {ticket.id: ticket} if ticket else {})

    @routes.post("/pause")
    async def pause(
        branch: str, window: str, body: Annotated[Pause, Body()], key: Key
    ) -> WindowShape:
        """Take a break."""
        words = f"pause {window} {body.reason}"
        return await desk.duty(
            branch, window, words, key, lambda place, now: duty.pause(place, body.reason, now)
        )

    @routes.post("/resume")
    async def resume(branch: str, window: str, key: Key) -> WindowShape:
        """The break is over."""
        return await desk.duty(branch, window, f"resume {window}", key, duty.resume)

    @routes.post("/close")
    async def close(branch: str, window: str, key: Key) -> WindowShape:
        """Nobody serves here any more."""
        return await desk.duty(
            branch,
            window,
            f"close {window}",
            key,
            lambda place, _: duty.close(place, CloseReason.OPERATOR),
        )

    return routes


def visit_router(desk: Desk) -> APIRouter:
    """The routes about the visitor who is at a window."""
    routes = APIRouter(
        prefix="/v1/branches/{branch}/windows/{window}",
        tags=["operator"],
        dependencies=[serves(Role.OPERATOR, Role.SHIFT_HEAD)],
    )

    @routes.post("/recall")
    async def recall(branch: str, window: str, key: Key) -> WindowShape:
        """Call the same visitor once more."""
        recalled = await desk.visit(
            branch,
            window,
            Command.RECALL,
            key,
            lambda place, ticket, _, rules, now: visits.recall(place, ticket, rules, now),
        )
        CALLS.labels(branch, "recall").inc()
        return recalled

    @routes.post("/start")
    async def start(branch: str, window: str, key: Key) -> WindowShape:
        """The visitor came."""
        return await desk.visit(
            branch,
            window,
            Command.START,
            key,
            lambda place, ticket, _, __, now: visits.start(place, ticket, now),
        )

    @routes.post("/finish")
    async def finish(branch: str, window: str, key: Key, body: Finish = _DONE) -> WindowShape:
        """The service is over; a visit with another one goes on to that."""
        finished = await desk.visit(
            branch,
            window,
            Command.FINISH,
            key,
            lambda place, ticket, at, _, now: visits.finish(place, ticket, at, body.outcome, now),
            words=body.outcome,
        )
        VISITS.labels(branch, "finished").inc()
        return finished

    @routes.post("/no-show")
    async def no_show(branch: str, window: str, key: Key) -> WindowShape:
        """The visitor did not come."""
        missed = await desk.visit(
            branch,
            window,
            Command.NO_SHOW,
            key,
            lambda place, ticket, _, rules, now: visits.miss(place, ticket, rules, now),
        )
        VISITS.labels(branch, "no_show").inc()
        return missed

    @routes.post("/transfer")
    async def transfer(branch: str, window: str, body: Transfer, key: Key) -> WindowShape:
        """Send the visitor to another service, window or hall; the promise stays."""
        return await desk.visit(
            branch,
            window,
            Command.TRANSFER,
            key,
            lambda place, ticket, at, _, now: placing.transfer(place, ticket, at, body.goal, now),
            words=body.model_dump_json(),
        )

    @routes.post("/defer")
    async def defer(branch: str, window: str, body: Defer, key: Key) -> WindowShape:
        """Let the visitor wait for an hour, papers or a payment; the promise stays."""
        until = body.until or desk.now() + timedelta(minutes=body.minutes or 0)
        return await desk.visit(
            branch,
            window,
            Command.DEFER,
            key,
            lambda place, ticket, _, rules, now: placing.defer(place, ticket, rules, until, now),
            words=body.model_dump_json(),
        )

    @routes.post("/not-confirmed")
    async def reject_priority(branch: str, window: str, key: Key) -> WindowShape:
        """The ground for a priority was not confirmed: back to the ordinary place."""
        return await desk.visit(
            branch,
            window,
            Command.NOT_CONFIRMED,
            key,
            lambda place, ticket, _, __, now: visits.reject_priority(place, ticket, now),
        )

    return routes
