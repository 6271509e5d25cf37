"""The service's place on Kafka: one broker connection, its subscriptions, its relay, its lag."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker

from contracts.repairs import RepairAsked
from contracts.topics import REPAIRS, TOPICS
from services.chassis import replicas, topics
from services.chassis.consume import Subscription, subscribe
from services.chassis.dead import DeadLetters
from services.chassis.jobs import Job
from services.chassis.knock import any_reachable
from services.chassis.lags import Lags
from services.chassis.layouts import Difference
from services.chassis.measurements import Measurements
from services.chassis.publish import Partition, Placed, Publisher
from services.chassis.reader import Reader
from services.chassis.redis import Entry, Redis, is_away
from services.chassis.relay import Relay, record
from services.chassis.repairs import Asking, Telling
from services.chassis.tails import Acknowledged
from services.chassis.telemetry import tell_from_zero

__all__ = ["Spine", "Subscription"]

log = logging.getLogger(__name__)

_SAMPLE = timedelta(seconds=2)
_AGAIN = timedelta(milliseconds=500)
_MEND = "talon topics diff says all of it, talon topics apply mends what it can"


class Spine:
    """Connects when the broker is there; until then, and whenever it is away, the outbox waits."""

    def __init__(
        self,
        service: str,
        redis: Redis,
        kafka: Sequence[str],
        subscriptions: Sequence[Subscription],
        measurements: Measurements | None = None,
        *,
        give_up: Callable[[], None],
    ) -> None:
        self._service = service
        self._redis = redis
        self._connected = False
        self._kafka = list(kafka)
        self._told = [topic for topic in TOPICS if service in topic.producers]
        for topic in self._told:
            tell_from_zero(topic.name)
        self._measurements = measurements
        self._publisher = Publisher(service, kafka)
        telling = Telling(redis, service, self._publisher.publish, [t.name for t in self._told])
        repairs = Subscription(REPAIRS, {RepairAsked: telling.asked}, telling.other)
        self._subscriptions = [*subscriptions, repairs]
        heard = [s.topic.name for s in subscriptions]
        self._asking = Asking(redis, service, self._publisher.publish, heard)
        self._acknowledged = Acknowledged(redis, service, kafka)
        self._relay = Relay(redis, service, self._publish, self._acknowledged)
        self._give_up = give_up
        self._broker, self._readers = self._new_broker()
        self._lags = Lags(kafka, lambda: self._readers if self._connected else ())
        self._caught_up: set[str] = set()
        self._wrong: list[Difference] = []

    def jobs(self) -> dict[str, Job]:
        """What works for as long as the service runs."""
        return {
            "connect": self._connect,
            "measure": self._measure,
            "measurements": self._publish_measurements,
            "repairs": self._asking.run,
            "tails": self._acknowledged.watch,
            **self._relay.jobs(),
        }

    def checks(self) -> Mapping[str, Callable[[], Awaitable[str | None]]]:
        """A service is ready when its topics fit and it has read every compacted one to its end."""
        compacted = [s.topic.name for s in self._subscriptions if s.topic.kept is None]

        def check(topic: str) -> Callable[[], Awaitable[str | None]]:
            async def caught_up() -> str | None:
                if topic in self._caught_up:
                    return None
                if not self._connected and await self._redis.exists(self._read_before(topic)):
                    return None  # Kafka is away, and what was read before serves for now
                return "not read to its end yet"

            return caught_up

        async def topics_fit() -> str | None:
            return f"{'; '.join(map(str, self._wrong))}; {_MEND}" if self._wrong else None

        return {"topics": topics_fit} | {topic: check(topic) for topic in compacted}

    async def stop(self) -> None:
        """Finish what is in hand; what is unsent stays in the outbox."""
        with contextlib.suppress(Exception):
            await self._broker.stop()
        with contextlib.suppress(Exception):
            await self._publisher.stop()
        await self._lags.stop()
        with contextlib.suppress(Exception):
            await self._relay.release()

    def _new_broker(self) -> tuple[KafkaBroker, list[Reader]]:
        broker = KafkaBroker(
            self._kafka,
            client_id=f"talon-{self._service}",
            acks="all",
            request_timeout_ms=5_000,
            metadata_max_age_ms=5_000,  # a topic that was just created is soon seen
            max_request_size=4 * 1024 * 1024,
            allow_auto_create_topics=False,
            logger=None,
            graceful_timeout=5,
        )
        dead = DeadLetters(broker, self._service)
        return broker, [subscribe(broker, self._service, s, dead) for s in self._subscriptions]

    async def _connect(self) -> None:
        """Start the broker, again and again until it answers."""
        while not self._connected:
            await self._until_reachable()
            try:
                if not await self._topics_fit():
                    await asyncio.sleep(_SAMPLE.total_seconds())
                    continue
                await self._publisher.start()
                await self._broker.start()
                self._connected = True
            except (KafkaError, OSError) as error:
                log.warning("Kafka does not serve yet", extra={"reason": repr(error)})
                with contextlib.suppress(Exception):
                    await self._broker.stop()
                self._broker, self._readers = self._new_broker()
                await asyncio.sleep(_AGAIN.total_seconds())

    async def _until_reachable(self) -> None:
        """Knock first: a client that finds nobody leaves an open producer behind at each try."""
        told = False
        while not await any_reachable(self._kafka):
            if not told:
                log.warning("Kafka is away; work goes on", extra={"kafka": self._kafka})
                told = True
            await asyncio.sleep(_AGAIN.total_seconds())

    async def _topics_fit(self) -> bool:
        """Whether Kafka has them as the table says; on others events could get lost."""
        heard = [s.topic for s in self._subscriptions]
        mine = {topic.name: topic for topic in [*heard, *self._told]}
        before, self._wrong = self._wrong, await topics.faults(self._kafka, mine.values())
        if self._wrong and self._wrong != before:
            wrong = [str(one) for one in self._wrong]
            log.error(
                "topics are wrong; nothing is read or told", extra={"wrong": wrong, "mend": _MEND}
            )
        return not self._wrong

    async def _publish(self, entries: Sequence[Entry]) -> Mapping[Partition, Placed]:
        return await self._publisher.publish([record(self._service, entry) for entry in entries])

    async def _publish_measurements(self) -> None:
        """Soon after they are told; those that Kafka does not take are out of date anyway."""
        while self._measurements is not None:
            if records := self._measurements.take():
                with contextlib.suppress(KafkaError, OSError):
                    await self._publisher.publish(records)
            await asyncio.sleep(_AGAIN.total_seconds())

    async def _measure(self) -> None:
        """Keep the metrics of outbox and lag, and note when a topic was read to its end."""
        while True:
            try:
                await self._relay.measure()
                await replicas.measure(self._redis)
                for reader in await self._lags.look():
                    await self._note_read(reader.topic)
                self._end_if_stuck()
            except Exception as error:
                self._lags.nothing_is_known()
                if not isinstance(error, KafkaError | TimeoutError) and not is_away(error):
                    raise
            await asyncio.sleep(0.2 if not self._ready() else _SAMPLE.total_seconds())

    async def _note_read(self, topic: str) -> None:
        if topic not in self._caught_up:
            await self._redis.set(self._read_before(topic), "yes")
            self._caught_up.add(topic)

    def _end_if_stuck(self) -> None:
        """A consumer that stands still does not start again by itself, and a new one beside it
        would not get its partitions: whoever watches over the process starts all of it anew.
        """
        if (reader := self._lags.stuck()) is not None:
            seconds = round(reader.pulse.still.total_seconds())
            told = {"topic": reader.topic, "group": reader.group, "seconds": seconds}
            log.critical("a reader is stuck; the service ends, to be started anew", extra=told)
            self._give_up()

    def _read_before(self, topic: str) -> str:
        """String: the topic was once read to its end into this store."""
        return f"{self._service}:read:{topic}"

    def _ready(self) -> bool:
        return all(s.topic.kept or s.topic.name in self._caught_up for s in self._subscriptions)
