"""SMS through an HTTP gateway: one POST a message, our message id as its key."""

from __future__ import annotations

from datetime import UTC, timedelta

import httpx

from services.chassis.telemetry import mask
from services.notify.domain.messages import Message
from services.notify.domain.receipts import Answer, Receipt

PATIENCE = timedelta(seconds=10)

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""No byte of the message reached the gateway."""

_NOT_NOW = frozenset({408, 425, 429, 503})
"""Statuses that say that the request was not carried out."""


class HttpGateway:
    """Speaks ``POST url {"id", "to", "text", "valid_until"}`` with a bearer token."""

    def __init__(self, client: httpx.AsyncClient, url: str, *, keyed: bool) -> None:
        self._client = client
        self._url = url
        self._keyed = keyed

    @property
    def keyed(self) -> bool:
        """Whether this gateway honours ``Idempotency-Key``, as its contract says."""
        return self._keyed

    async def send(self, message: Message) -> Receipt:
        """Hand *message* over, and read what the gateway says of it."""
        try:
            response = await self._client.post(
                self._url,
                json={
                    "id": message.id,
                    "to": message.to,
                    "text": message.text,
                    "valid_until": message.valid_until.astimezone(UTC).isoformat(),
                },
                headers={"Idempotency-Key": message.id},
            )
        except _NOT_SENT as error:
            return Receipt(Answer.NOT_NOW, type(error).__name__)
        except httpx.TransportError as error:
            return Receipt(Answer.SILENT, type(error).__name__)
        return _receipt(response)


def client(token: str | None) -> httpx.AsyncClient:
    """The connection to the gateway; the token stands in no log and no error."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.AsyncClient(headers=headers, timeout=PATIENCE.total_seconds())


def _receipt(response: httpx.Response) -> Receipt:
    status = response.status_code
    if response.is_success:
        return Receipt(Answer.DELIVERED if _says_delivered(response) else Answer.SENT)
    detail = f"HTTP {status} {mask(response.text[:100])}".strip()
    if status in _NOT_NOW:
        return Receipt(Answer.NOT_NOW, detail)
    if status >= 500:  # it may have failed after it sent
        return Receipt(Answer.SILENT, detail)
    return Receipt(Answer.REFUSED, detail)


def _says_delivered(response: httpx.Response) -> bool:
    try:
        match response.json():
            case {"state": "delivered"}:
                return True
    except ValueError:
        pass
    return False
