"""Phones that are a page: for demonstrations and tests, in place of an SMS gateway."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from services.chassis.lua import LuaScript
from services.chassis.redis import Redis, is_away
from services.notify.domain.messages import Message
from services.notify.domain.receipts import Answer, Receipt

KEPT = 2000
"""Messages that the phones remember together."""

KEEP = timedelta(hours=48)

LIVE = "notify:{phones}:live"
"""stream: ids of messages as they arrive, for pages."""

_MESSAGES = "notify:{phones}:messages"
"""hash: id -> message, JSON."""

_ORDER = "notify:{phones}:order"
"""zset: id -> moment of arrival, real ms."""

_DELIVER = LuaScript(Path(__file__).with_name("deliver.lua"))


@dataclass(frozen=True, slots=True)
class Shown:
    """A message on a phone."""

    phone: str
    id: str
    kind: str
    text: str
    at: datetime
    state: str
    ticket_number: str


class Simulator:
    """Delivers at once. Keyed by message id: a repeat changes nothing."""

    keyed = True

    def __init__(self, redis: Redis, now: Callable[[], datetime]) -> None:
        self._redis = redis
        self._now = now

    async def send(self, message: Message) -> Receipt:
        """Show *message* on its phone."""
        try:
            await self._deliver(message)
        except Exception as error:
            if not is_away(error):
                raise
            return Receipt(Answer.SILENT, type(error).__name__)
        return Receipt(Answer.DELIVERED)

    async def shown(self) -> list[Shown]:
        """All messages, newest first."""
        ids = await self._redis.zrange(_ORDER, 0, -1, desc=True)
        return await self._read([str(id) for id in ids])

    async def one(self, id: str) -> Shown | None:
        """A message, if the phones still have it."""
        found = await self._read([id])
        return found[0] if found else None

    async def _deliver(self, message: Message) -> None:
        await _DELIVER(
            self._redis,
            messages=_MESSAGES,
            order=_ORDER,
            live=LIVE,
            id=message.id,
            message=json.dumps(
                {
                    "phone": message.to,
                    "kind": message.kind.value,
                    "text": message.text,
                    "at": self._now().isoformat(timespec="milliseconds"),
                    "ticket_number": message.ticket_number,
                },
                ensure_ascii=False,
            ),
            kept=KEPT,
            keep=KEEP // timedelta(milliseconds=1),
        )

    async def _read(self, ids: Sequence[str]) -> list[Shown]:
        if not ids:
            return []
        texts = await self._redis.hmget(_MESSAGES, list(ids))
        return [_shown(id, str(text)) for id, text in zip(ids, texts, strict=True) if text]


def _shown(id: str, text: str) -> Shown:
    told = json.loads(text)
    return Shown(
        phone=told["phone"],
        id=id,
        kind=told["kind"],
        text=told["text"],
        at=datetime.fromisoformat(told["at"]),
        state=Answer.DELIVERED.value,
        ticket_number=told["ticket_number"],
    )
