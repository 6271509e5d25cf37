"""Records that cannot be read or applied: kept whole, with the reason, out of the others' way."""

from __future__ import annotations

import logging

from aiokafka import ConsumerRecord
from faststream.kafka import KafkaBroker

from services.chassis import letters
from services.chassis.telemetry import DEAD_LETTERS

log = logging.getLogger(__name__)


class DeadLetters:
    def __init__(self, broker: KafkaBroker, service: str) -> None:
        self._broker = broker
        self._service = service

    async def bury(self, record: ConsumerRecord[bytes, bytes], reason: Exception) -> None:
        """Write *record* as it came to ``<topic>.dead``; its place is in the headers."""
        place = f"{record.topic}/{record.partition}/{record.offset}"
        log.error("a record cannot be applied", extra={"place": place, "reason": repr(reason)})
        # Kafka lets a header have no value, whatever the types say.
        headers = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
        await self._broker.publish(
            record.value or b"",
            f"{record.topic}.dead",
            key=record.key,
            headers=headers
            | {
                letters.PLACE: place,
                letters.READER: self._service,
                letters.REASON: f"{type(reason).__name__}: {reason}"[:1000],
            },
        )
        DEAD_LETTERS.labels(record.topic).inc()
