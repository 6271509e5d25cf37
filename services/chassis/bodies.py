"""What a request may bring: nobody fills the memory of a service by one that has no end."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST: Final = 4 * 1024 * 1024
"""Bytes of a body: as many as Kafka takes of a record, which a catalogue becomes."""


class Bodies:
    """Refuses a body that is longer, as soon as that is known and before it is all here."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        said = Headers(scope=scope).get("content-length", "0")
        came = 0

        async def bounded() -> Message:
            nonlocal came
            _refuse_over(int(said) if said.isdigit() else 0)
            message = await receive()
            came += len(message.get("body", b""))
            _refuse_over(came)
            return message

        await self._app(scope, bounded, send)


def _refuse_over(size: int) -> None:
    if size > MOST:
        detail = f"a request brings {MOST} bytes at most"
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
