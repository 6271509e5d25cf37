"""The phones of the simulator: every message that was sent, as its reader sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from contracts.values import Role
from services.chassis.auth import serves
from services.chassis.live import Entry, Live, response, sse
from services.chassis.moments import rfc3339
from services.notify.gateways.simulator import LIVE, Shown, Simulator


class MessageShape(BaseModel):
    """A message on a phone."""

    id: str
    kind: str
    text: str
    at: datetime
    state: str
    ticket_number: str

    @classmethod
    def of(cls, shown: Shown) -> MessageShape:
        return cls(
            id=shown.id,
            kind=shown.kind,
            text=shown.text,
            at=shown.at,
            state=shown.state,
            ticket_number=shown.ticket_number,
        )


class PhoneShape(BaseModel):
    """A phone with its messages, newest first."""

    phone: str
    messages: list[MessageShape]


class PhonesShape(BaseModel):
    """All phones; first the one that a message reached last."""

    phones: list[PhoneShape]

    @classmethod
    def of(cls, shown: list[Shown]) -> PhonesShape:
        phones: dict[str, list[MessageShape]] = {}
        for message in shown:
            phones.setdefault(message.phone, []).append(MessageShape.of(message))
        return cls(phones=[PhoneShape(phone=p, messages=m) for p, m in phones.items()])


def router(simulator: Simulator, live: Live, now: Callable[[], datetime]) -> APIRouter:
    """The routes that exist only with the simulator: a real phone is nobody else's business."""
    routes = APIRouter(prefix="/v1/phones", tags=["phone simulator"])

    @routes.get("", dependencies=[serves(Role.VISITOR)])
    async def phones() -> PhonesShape:
        """What was sent to whom."""
        return PhonesShape.of(await simulator.shown())

    @routes.get("/events", dependencies=[serves(Role.VISITOR)])
    async def events(
        last_event_id: Annotated[str | None, Header()] = None,
    ) -> StreamingResponse:
        """Live: ``snapshot``, then ``message`` as they arrive, and ``clock`` every 5 s."""

        async def snapshot() -> list[bytes]:
            at = await live.position(LIVE)
            state = PhonesShape.of(await simulator.shown())
            return [sse("snapshot", state.model_dump_json(), at)]

        async def render(entry: Entry) -> bytes:
            shown = await simulator.one(entry.subject)
            if shown is None:
                return b""
            message = MessageShape.of(shown).model_dump(mode="json")
            return sse("message", {"phone": shown.phone, "message": message}, entry.id)

        async def tick() -> bytes:
            return sse("clock", {"now": rfc3339(now())})

        return response(
            live.events(
                LIVE,
                last=last_event_id,
                snapshot=snapshot,
                wants=lambda _: True,
                tick=tick,
                render=render,
            )
        )

    return routes
