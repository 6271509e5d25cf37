"""A reader of one topic, as its service looks after it: what it has, where it is, what is left."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, TypeAlias

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.chassis.pulse import Pulse

Positions: TypeAlias = "Mapping[TopicPartition, int | None]"
"""Where a reader goes on in each of its partitions; None where that is not known yet."""

_AT_ONCE: Final = timedelta(seconds=1)


@dataclass
class Reader:
    """The consumer of *group*, which FastStream runs, and what it told of itself."""

    topic: str
    group: str
    subscriber: Any
    pulse: Pulse = field(default_factory=Pulse)
    in_hand: int = 0  # records that came and are not applied yet

    @property
    def consumer(self) -> AIOKafkaConsumer | None:
        """None before the first start."""
        return getattr(self.subscriber, "consumer", None)

    async def positions(self) -> Positions:
        """Of the partitions that it has now; none while they are being shared out."""
        if (consumer := self.consumer) is None:
            return {}
        places = sorted(consumer.assignment())
        found: dict[TopicPartition, int | None] = dict.fromkeys(places)
        try:
            async with asyncio.timeout(_AT_ONCE.total_seconds()):
                for place in places:
                    found[place] = await consumer.position(place)
        except (KafkaError, TimeoutError):
            pass  # the rest is not known, and need not be
        return found

    def lag(self, ends: Mapping[TopicPartition, int], positions: Positions) -> int:
        """Records that are known to be there and were not applied."""
        return self.in_hand + sum(
            max(ends[place] - at, 0) for place, at in positions.items() if at is not None
        )
