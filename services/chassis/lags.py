"""How far the readers of a service are, and which of them is stuck.

Kafka is asked through a connection of its own: a consumer that is stuck may have lost its own, and
one that waits for records would be held up by the question. If Kafka does not answer, nobody is
called stuck.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from services.chassis.pulse import STUCK_AFTER
from services.chassis.reader import Reader
from services.chassis.telemetry import CONSUMER_LAG, CONSUMER_STILL
from services.chassis.topics import administering

_PATIENCE: Final = timedelta(seconds=5)
_HANG_UP: Final = timedelta(seconds=1)
_SHARED_OUT: Final = "Stable"


class Lags:
    """Looks after *readers*; each look sets their metrics."""

    def __init__(self, kafka: Sequence[str], readers: Callable[[], Sequence[Reader]]) -> None:
        self._kafka = list(kafka)
        self._readers = readers
        self._client: AIOKafkaConsumer | None = None

    async def look(self) -> list[Reader]:
        """Readers that have applied all that there is.

        Raises:
            KafkaError, TimeoutError: Kafka does not answer, so nothing is known of anybody.
        """
        try:
            async with asyncio.timeout(_PATIENCE.total_seconds()):
                looks = [(reader, await self._look_at(reader)) for reader in self._readers()]
        except BaseException:
            await self.stop()
            raise
        return [reader for reader, at_end in looks if at_end]

    def nothing_is_known(self) -> None:
        """Kafka or the store is away: whoever stands still may have to."""
        for reader in self._readers():
            reader.pulse.beat()

    def stuck(self) -> Reader | None:
        """One that stood still for too long, as the last look had it."""
        late = (reader for reader in self._readers() if reader.pulse.still > STUCK_AFTER)
        return next(late, None)

    async def stop(self) -> None:
        """Hang up."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(KafkaError, TimeoutError):
                async with asyncio.timeout(_HANG_UP.total_seconds()):
                    await client.stop()

    async def _look_at(self, reader: Reader) -> bool:
        """Whether it has applied all that there is."""
        positions = await reader.positions()
        if positions:
            ends = await (await self._connected()).end_offsets(positions)
            lag = reader.lag(ends, positions)
            behind = lag > 0 or None in positions.values()
            CONSUMER_LAG.labels(reader.topic).set(lag)
        else:
            behind = not await self._is_shared_out(reader)
        reader.pulse.look(positions, behind=behind)
        CONSUMER_STILL.labels(reader.topic).set(reader.pulse.still.total_seconds())
        return bool(positions) and not behind

    async def _is_shared_out(self, reader: Reader) -> bool:
        """Whether others have all partitions, and this one, which has none, nothing to do."""
        async with administering(self._kafka, _PATIENCE) as admin:
            (answer,) = await admin.describe_consumer_groups([reader.group])
        ((_, _, state, *_),) = answer.groups
        return bool(state == _SHARED_OUT)

    async def _connected(self) -> AIOKafkaConsumer:
        if self._client is None:
            client = AIOKafkaConsumer(bootstrap_servers=self._kafka, request_timeout_ms=5_000)
            try:
                await client.start()
            except BaseException:
                await client.stop()
                raise
            self._client = client
        return self._client
