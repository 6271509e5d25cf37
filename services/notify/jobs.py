"""What notify does by itself: it sends what is queued, and counts what there is."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from services.chassis.redis import is_away
from services.notify.domain.messages import Message, gateway_id
from services.notify.domain.receipts import Next, after
from services.notify.domain.texts import text
from services.notify.gateways.sender import Sender
from services.notify.metrics import MESSAGES
from services.notify.store.messages import LEASE, Claim, Messages

log = logging.getLogger(__name__)

AT_ONCE: Final = 16
"""Messages in hand of one instance: a slow gateway must not delay the others much."""

LOOK_AGAIN: Final = timedelta(seconds=1)
"""When no bell rings: for pauses that are over, and leases that ran out."""

FINISH_WITHIN: Final = timedelta(seconds=5)
SAMPLE: Final = timedelta(seconds=2)


class Outgoing:
    """Sends queued messages, each in one instance's hands at a time."""

    def __init__(self, messages: Messages, sender: Sender, now: Callable[[], datetime]) -> None:
        self._messages = messages
        self._sender = sender
        self._now = now
        self._in_hand: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Work until cancelled; then finish what is in hand, for a cut answer leaves a doubt."""
        try:
            async with self._messages.bell() as wait:
                while True:
                    if await self._send_due():
                        continue
                    await wait(LOOK_AGAIN)
        finally:
            await self._finish()

    async def _finish(self) -> None:
        """Wait for what is in hand, however often we are told to stop meanwhile."""
        now = asyncio.get_running_loop().time
        until = now() + FINISH_WITHIN.total_seconds()
        while self._in_hand and now() < until:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait(self._in_hand, timeout=until - now())

    async def _send_due(self) -> bool:
        """Send what is due; whether there was anything."""
        found = await self._messages.due(AT_ONCE)
        for due in found:
            while len(self._in_hand) >= AT_ONCE:
                await asyncio.wait(self._in_hand, return_when=asyncio.FIRST_COMPLETED)
            claim = await self._messages.claim(
                due, uuid4().hex, keyed=self._sender.keyed, now=self._now()
            )
            if claim:
                task = asyncio.create_task(self._send(claim))
                self._in_hand.add(task)
                task.add_done_callback(self._put_down)
        return bool(found)

    def _put_down(self, task: asyncio.Task[None]) -> None:
        self._in_hand.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a message is in doubt", exc_info=error)

    async def _send(self, claim: Claim) -> None:
        receipt = await self._sender.send(_message(claim))
        then = after(receipt.answer, tries=claim.tries, keyed=self._sender.keyed)
        if receipt.detail:
            about = {"kind": claim.due.kind.value, "state": then.state.value}
            log.warning("a message was not taken", extra=about | {"detail": receipt.detail})
        await self._note(claim, then, receipt.detail)

    async def _note(self, claim: Claim, then: Next, detail: str) -> None:
        """Note the answer, also when the store is away for a moment: else it would be in doubt."""
        async with asyncio.timeout(LEASE.total_seconds()):
            while True:
                try:
                    return await self._messages.record(claim, then, detail, now=self._now())
                except Exception as error:
                    if not is_away(error):
                        raise
                await asyncio.sleep(0.2)


class Sampler:
    """Keeps the gauge of messages."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            for state, count in (await self._messages.summary()).items():
                MESSAGES.labels(state.value).set(count)
            await asyncio.sleep(SAMPLE.total_seconds())


def _message(claim: Claim) -> Message:
    kind, ticket = claim.due.kind, claim.due.ticket
    return Message(
        id=gateway_id(ticket, kind),
        kind=kind,
        to=claim.phone,
        text=text(kind, claim.language, ticket=claim.number, window=claim.window),
        ticket_number=claim.number,
        valid_until=claim.valid_until,
    )
