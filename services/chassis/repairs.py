"""A story with a gap repairs itself: the reader asks, and whoever told it tells it again.

What is told again is for the reader that asked (`letters.MEANT_FOR`). Asks are measurements: one
that is lost is asked again, for as long as the gap is open and an outbox may have what is missing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from aiokafka.errors import KafkaError

from contracts.envelope import Event
from contracts.repairs import RepairAsked
from contracts.topics import REPAIRS as TOPIC
from services.chassis import shards
from services.chassis.clock import real_now
from services.chassis.gaps import Gap, open_gaps, put
from services.chassis.letters import MEANT_FOR
from services.chassis.measurements import measurement
from services.chassis.publish import Record
from services.chassis.redis import Entry, Redis, is_away, told_between
from services.chassis.relay import BATCH, KEPT, record
from services.chassis.telemetry import GAPS_OPEN, REPAIRS

log = logging.getLogger(__name__)

Publish = Callable[[Sequence[Record]], Awaitable[object]]

_LOOK = timedelta(seconds=1)
_MOST = 100  # asks at once
_SAME = timedelta(seconds=5)  # less than between two asks: what was asked twice lay in Kafka
_MEND = "runbook EventsGone"


class Asking:
    """What a service does as a reader: ask for what it missed of the topics *heard*."""

    def __init__(self, redis: Redis, service: str, publish: Publish, heard: Iterable[str]) -> None:
        self._redis = redis
        self._service = service
        self._publish = publish
        self._heard = [*heard]

    async def run(self) -> None:
        """Look again and again; of several instances one asks."""
        while True:
            try:
                if asks := await self._due():
                    await self._publish(asks)
            except Exception as error:
                if not isinstance(error, KafkaError | OSError) and not is_away(error):
                    raise
            await asyncio.sleep(_LOOK.total_seconds())

    async def _due(self) -> list[Record]:
        gaps, now = await open_gaps(self._redis, self._service), real_now()
        for topic in self._heard:
            GAPS_OPEN.labels(topic).set(sum(gap.topic == topic for gap in gaps))
        asks: list[Record] = []
        for gap in [gap for gap in gaps if gap.is_due(now)][:_MOST]:
            asked = gap.asked_for(now) if now - gap.told < KEPT else None
            if not await put(self._redis, self._service, gap, asked):
                continue
            if asked is None:
                _give_up(gap)
                continue
            ask = RepairAsked(
                topic=gap.topic, after=gap.after, until=gap.until, reader=self._service
            )
            asks.append(measurement(self._service, TOPIC, gap.partitionkey, ask, at=now))
        return asks


class Telling:
    """What a service does as the source of the topics *told*: the handlers of ``talon.repairs``."""

    def __init__(self, redis: Redis, service: str, publish: Publish, told: Iterable[str]) -> None:
        self._redis = redis
        self._service = service
        self._publish = publish
        self._told = {*told}
        self._answered: dict[tuple[str, RepairAsked], float] = {}

    async def asked(self, event: Event[RepairAsked]) -> None:
        """Tell it again, as far as the outbox has it."""
        ask = event.data
        if ask.topic not in self._told or self._was_answered(event):
            return
        try:
            whole = await self._tell_again(event.partitionkey, ask)
        except KafkaError as error:
            log.warning("a repair waits to be asked again", extra={"reason": repr(error)})
            return
        REPAIRS.labels(ask.topic, "told" if whole else "gone").inc()
        about = ask.model_dump() | {"partitionkey": event.partitionkey}
        if whole:
            log.info("told again", extra=about)
        else:
            log.error("the outbox has not all that is missing", extra=about | {"mend": _MEND})

    async def other(self, _: Event[Any]) -> None:
        """What a newer release asks for; its asker does without."""

    def _was_answered(self, event: Event[RepairAsked]) -> bool:
        """Of asks that came at once one is enough."""
        now = time.monotonic()
        fresh = self._answered.items()
        self._answered = {one: at for one, at in fresh if now - at < _SAME.total_seconds()}
        return self._answered.setdefault((event.partitionkey, event.data), now) != now

    async def _tell_again(self, partitionkey: str, ask: RepairAsked) -> bool:
        """Whether the outbox has the story from the event *after* on."""
        outbox = shards.outbox(self._service, shards.shard_of(partitionkey))
        at, first = ask.after, None
        while entries := await told_between(self._redis, outbox, f"({at}", ask.until, BATCH):
            missing = [
                (id, told)
                for id, told in entries
                if (told["topic"], told["partitionkey"]) == (ask.topic, partitionkey)
            ]
            if missing:
                first = first or missing[0][1]["previous"]
                await self._publish([self._for(ask.reader, entry) for entry in missing])
            at = entries[-1][0]
        return first == ask.after

    def _for(self, reader: str, entry: Entry) -> Record:
        topic, key, value, headers = record(self._service, entry)
        return topic, key, value, {**headers, MEANT_FOR: reader}


def _give_up(gap: Gap) -> None:
    """No outbox keeps so long what is missing."""
    about = {"topic": gap.topic, "partitionkey": gap.partitionkey, "until": gap.until}
    if gap.begins_in_the_middle:
        log.warning("a story was heard from its middle on", extra=about)
        return
    REPAIRS.labels(gap.topic, "gone").inc()
    log.error(
        "events are missing for too long to be told again",
        extra=about | {"after": gap.after, "mend": _MEND},
    )
