"""How the store of ticketing is made again from Kafka."""

from __future__ import annotations

from typing import Final

from contracts.topics import CATALOGUE, TICKETS
from services.chassis.consume import Subscription
from services.chassis.rebuild import Log
from services.ticketing.store.remembered import Remembered

LEFT: Final = ("answer:", "forecast")
"""Answers are for repeats within the hour; a forecast comes anew."""


class Rebuild:
    """Wired by app.py; *calls* as when the service runs."""

    def __init__(self, calls: Subscription) -> None:
        self._calls = calls

    async def remake(self, log: Log) -> None:
        """What ticketing said, then what became of it at the windows."""
        remembered = Remembered(log.redis)
        for topic in (CATALOGUE, TICKETS):
            async for retold in log.own(topic):
                await remembered.take(retold)
        await remembered.flush()
        await log.hear(self._calls)
        await remembered.finish()
