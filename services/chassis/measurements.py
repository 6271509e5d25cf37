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
        self._service = service
        self._newest: dict[tuple[str, str], Record] = {}

    def tell(self, topic: Topic, partitionkey: str, fact: Fact, *, at: datetime) -> None:
        """Publish *fact* soon, in place of what was told before and is not published."""
        told = measurement(self._service, topic, partitionkey, fact, at=at)
        self._newest[topic.name, partitionkey] = told

    def take(self) -> list[Record]:
        """All that is to be published."""
        taken, self._newest = self._newest, {}
        return list(taken.values())


def measurement(
    service: str, topic: Topic, partitionkey: str, fact: Fact, *, at: datetime
) -> Record:
    """*fact* as Kafka takes it."""
    told = headers(
        id=f"{to_ms(real_now())}-0",
        source=f"/talon/{service}",
        type=fact.TYPE,
        time=rfc3339(at),
        subject=partitionkey,
        partitionkey=partitionkey,
        previous=FIRST,
    )
    return topic.name, partitionkey.encode(), fact.model_dump_json().encode(), told
