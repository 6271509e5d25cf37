"""Kafka in: decode, hand over, and let the offset follow.

Records come in batches, and how far they were applied is told to Kafka now and then. The steps
of a batch go to the store together and in order, for a wait for each is what limits a consumer.
One that fails holds up those behind it and is tried alone: a record that cannot be read goes to
the dead-letter topic; one that cannot be applied now, because the store is away, is tried until
it can; one whose handler fails for any other reason is tried a few times and then buried. What
was applied but not told, or a batch applied in part, comes again, which does no harm.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from typing import Any, TypeAlias

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage
from pydantic import ValidationError

from contracts.envelope import Event, Fact, Missing, Unread, attributes
from contracts.topics import Topic
from services.chassis import gaps
from services.chassis.dead import DeadLetters
from services.chassis.letters import is_meant_for
from services.chassis.lua import Step, together
from services.chassis.offsets import Offsets, group_of
from services.chassis.pulse import Pulse
from services.chassis.reader import Reader
from services.chassis.redis import is_away
from services.chassis.telemetry import CONSUMED, count_from_zero, reason

log = logging.getLogger(__name__)

Record: TypeAlias = ConsumerRecord[bytes, bytes]
Handler = Callable[[Any], Awaitable[Step[Missing] | None]]

TRIES = 5
FIRST_PAUSE = timedelta(milliseconds=50)
LONGEST_PAUSE = timedelta(seconds=5)

BATCH = 500
_AT_ONCE = 50  # steps; a store does nothing else while it runs those of one write
_LOOK = timedelta(milliseconds=500)  # ends at the first record
_FETCH = timedelta(milliseconds=100)
# aiokafka asks a broker one thing at a time: a batch that took longer than 100 ms lets it ask for
# the other partitions alone, and what comes in the busy one waits until that question is answered.
# With Kafka's 500 ms a reader once late stayed late: the next batch was as long again.
_MS = timedelta(milliseconds=1)


_Decided: TypeAlias = "tuple[Event[Any], Step[Missing] | None]"
_Decide: TypeAlias = Callable[[Record], Awaitable[_Decided]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a service does with one topic.

    A handler decides on a step of the store, which says whether events are missing before the
    one that it applies; None if nothing is left to do. The steps of earlier events may not be
    made yet, so it reads nothing that they write. An event without a handler goes to
    *otherwise*: it changes nothing, but it has its place in the story.
    """

    topic: Topic
    handlers: Mapping[type[Fact], Handler]
    otherwise: Handler


def subscribe(broker: KafkaBroker, service: str, wanted: Subscription, dead: DeadLetters) -> Reader:
    """Let *service* follow a topic; returns what tells how far it is, and whether it lives."""
    topic, group = wanted.topic.name, group_of(service, wanted.topic.name)
    count_from_zero(topic)
    decide = _decider(wanted)

    async def bury(record: Record, reason: Exception) -> None:
        """It keeps its place in the story, or it would be taken for missing and told again."""
        with contextlib.suppress(Exception):
            await _alone(pass_by, record)
        await dead.bury(record, reason)

    async def pass_by(record: Record) -> _Decided:
        event = _event(record, Unread())
        return event, await wanted.otherwise(event)

    @broker.subscriber(
        topic,
        group_id=group,
        batch=True,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.MANUAL,
        parser=_unparsed,
        decoder=_unread,
        fetch_max_wait_ms=_FETCH // _MS,
        session_timeout_ms=10_000,
        heartbeat_interval_ms=2_000,
        max_poll_interval_ms=600_000,
    )
    async def take_all(batch: Any) -> None:
        try:
            left = [one for one in batch.raw_message if is_meant_for(service, one)]
            while left:
                reader.in_hand = len(left)
                reader.pulse.beat()
                done = await _together(decide, left[:_AT_ONCE])
                if not done:
                    await _patiently(decide, left[0], bury, reader.pulse)
                left = left[max(done, 1) :]
                CONSUMED.labels(topic).inc(max(done, 1))
        except BaseException:
            await batch.nack()
            raise
        finally:
            reader.in_hand = 0
        offsets.applied(batch.raw_message)

    offsets = Offsets()
    subscriber: Any
    (subscriber,) = [s for s in broker.subscribers if topic in _names(s)]
    reader = Reader(topic, group, subscriber)
    subscriber.get_msg = functools.partial(_what_came, offsets)
    subscriber.stop = functools.partial(_stop, subscriber, offsets, subscriber.stop)
    return reader


async def apply_all(wanted: Subscription, records: Sequence[Record]) -> None:
    """Apply *records* as if they had just come; those that cannot be applied are passed by.

    Raises:
        RedisError: the store is away.
    """
    decide, left = _decider(wanted), list(records)
    while left:
        done = await _together(decide, left[:_AT_ONCE])
        if not done:
            try:
                await _alone(decide, left[0])
            except Exception as error:
                if is_away(error):
                    raise
                log.warning("a record is passed by", extra={"reason": repr(error)})
        left = left[max(done, 1) :]


async def _unparsed(batch: tuple[Record, ...], parse: Callable[[Any], Awaitable[Any]]) -> Any:
    """FastStream would read headers and bodies first, and a bad one would come for ever."""
    message = await parse(tuple(replace(record, headers=()) for record in batch))
    message.raw_message = batch
    return message


async def _unread(batch: KafkaMessage) -> KafkaMessage:
    """Bodies are read one by one, by `_decode`. Handed over as if it were the body, for what
    FastStream finds by its type goes through another thread.
    """
    return batch


async def _what_came(offsets: Offsets, consumer: AIOKafkaConsumer) -> tuple[Record, ...]:
    """The next records, as soon as there are any. FastStream's own look sleeps after it found
    nothing: what comes meanwhile waits, and an idle service wakes a hundred times a second.
    """
    offsets.tell(consumer)
    found = await consumer.getmany(timeout_ms=_LOOK // _MS, max_records=BATCH)
    return tuple(chain.from_iterable(found.values()))


async def _stop(subscriber: Any, offsets: Offsets, stop: Callable[[], Awaitable[None]]) -> None:
    """What comes after a stop need not be what came before it."""
    if (consumer := getattr(subscriber, "consumer", None)) is not None:
        await offsets.tell_all(consumer)
    await stop()


def _names(subscriber: Any) -> list[str]:
    return [topic.name for topic in subscriber.topics]


def _decider(wanted: Subscription) -> _Decide:
    """Reads a record, and lets its handler decide."""
    known = {fact.TYPE: fact for fact in wanted.handlers}

    async def decide(record: Record) -> _Decided:
        event = event_of(record, known)
        return event, await wanted.handlers.get(type(event.data), wanted.otherwise)(event)

    return decide


def event_of(record: Record, known: Mapping[str, type[Fact]]) -> Event[Any]:
    """The event in a record, with its data as the fact of its type; `Unread` if that is unknown.

    Raises:
        ValidationError, UnicodeDecodeError: nobody can read it.
    """
    told = attributes(record.headers)
    data = known.get(told.get("type", ""), Unread).model_validate_json(record.value or b"")
    return _event(record, data)


def _event(record: Record, data: Fact) -> Event[Any]:
    told = attributes(record.headers)
    return Event[Any].model_validate({**told, "topic": record.topic, "data": data})


async def _together(decide: _Decide, records: Sequence[Record]) -> int:
    """Apply *records* at once; returns how many of the first of them are done with.

    It stops at whatever goes wrong. A record that was applied behind that one is applied again,
    which changes nothing, so what is missing before it is reported now.
    """
    decided: list[_Decided] = []
    with contextlib.suppress(Exception):
        for record in records:
            decided.append(await decide(record))
    try:
        replies = await together([step for _, step in decided if step])
    except Exception:  # noqa: BLE001  # the first record tried alone will tell
        return 0
    told, done = iter(replies), True
    applied = 0
    for event, step in decided:
        after = next(told) if step else None
        if isinstance(after, Exception):
            done = False
        elif after is not None:
            await gaps.report(event, after)
        applied += done
    return applied


async def _alone(decide: _Decide, record: Record) -> None:
    event, step = await decide(record)
    if step and (after := await step) is not None:
        await gaps.report(event, after)


async def _patiently(
    decide: _Decide,
    record: Record,
    bury: Callable[[Record, Exception], Awaitable[None]],
    pulse: Pulse,
) -> None:
    """Wait out a store that is away; meanwhile the partition stands, and its lag tells."""
    pause, tries = FIRST_PAUSE, 0
    while True:
        pulse.beat()
        try:
            return await _alone(decide, record)
        except (ValidationError, UnicodeDecodeError) as error:
            return await bury(record, error)
        except Exception as error:  # noqa: BLE001  # whatever a handler raises must not stop the partition
            tries += not is_away(error)
            if tries >= TRIES:
                return await bury(record, error)
            log.warning("a record waits", extra={"topic": record.topic, "reason": reason(error)})
        await asyncio.sleep(pause.total_seconds() * random.uniform(0.5, 1))  # noqa: S311
        pause = min(2 * pause, LONGEST_PAUSE)
