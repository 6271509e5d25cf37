"""How the store of notify is made again from Kafka."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from contracts.topics import MESSAGES
from services.chassis.consume import Subscription
from services.chassis.rebuild import Log
from services.notify.store.remembered import Remembered

LEFT: Final = ("answer:", "contact:", "live")
"""Phones stand in their contacts and nowhere else; answers are for repeats within the hour."""

SAVED: Final = ("contact:",)


class Rebuild:
    """Wired by app.py; *heard* as when the service runs."""

    def __init__(self, heard: Sequence[Subscription]) -> None:
        self._heard = heard

    async def remake(self, log: Log) -> None:
        """Messages first, so that none is made a second time."""
        remembered = Remembered()
        async for retold in log.own(MESSAGES):
            remembered.take(retold)
        await remembered.put(log.redis)
        for one in self._heard:
            await log.hear(one)
