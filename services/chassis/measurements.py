"""Measurements on their way into Kafka: the newest replaces the one before, and any may be lost.

Facts go through the outbox and arrive. A measurement is told again in some seconds anyway.
"""

from __future__ import annotations

from datetime import datetime

from contracts.envelope import FIRST, Fact, headers
from contracts.topics import Topic
from services.chassis.clock import real_now
from services.chassis.moments import rfc3339, to_ms
from services.chassis.publish import Record


class Measurements:
    """Those of one service that were not published yet."""

    def __init__(self, service: str) -> None:
        self._source = f"/talon/{service}"
        self._newest: dict[tuple[str, str], Record] = {}

    def tell(self, topic: Topic, partitionkey: str, fact: Fact, *, at: datetime) -> None:
        """Publish *fact* soon, in place of what was told before and is not published."""
        told = headers(
            id=f"{to_ms(real_now())}-0",
            source=self._source,
            type=fact.TYPE,
            time=rfc3339(at),
            subject=partitionkey,
            partitionkey=partitionkey,
            previous=FIRST,
        )
        data = fact.model_dump_json().encode()
        self._newest[topic.name, partitionkey] = (topic.name, partitionkey.encode(), data, told)

    def take(self) -> list[Record]:
        """All that is to be published."""
        taken, self._newest = self._newest, {}
        return list(taken.values())
