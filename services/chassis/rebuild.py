"""A lost store made again from Kafka: from the service's own story and from the others'.

The service is down meanwhile. What it told it told with memos (see prelude.lua), which hold what
its steps left behind; what the others told goes through the same handlers as ever. Whatever order
repairs have left in the log, each event counts once.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import TopicPartition
from pydantic import ValidationError

from contracts.envelope import Event, Fact, attributes, later
from contracts.envelope import place as place_of
from contracts.topics import Topic
from services.chassis import shards
from services.chassis.clock import real_now
from services.chassis.consume import Record, Subscription, apply_all, event_of
from services.chassis.leases import LeaseTaken, holding
from services.chassis.letters import records
from services.chassis.moments import to_ms
from services.chassis.offsets import commit
from services.chassis.redis import Redis
from services.chassis.relay import KEPT, MEMO, told_at

log = logging.getLogger(__name__)

AT_ONCE: Final = 500

Progress = Callable[[str, int], None]
"""Told of each topic: its name and how many of its records were read since the last time."""


Entry = dict[str, str]
"""Fields of an entry of an outbox."""


def marker(service: str) -> str:
    """String: the store of *service* is being made again, and is not whole."""
    return f"{service}:rebuilding"


class CannotRebuild(Exception):
    """The text says why and the mend."""


@dataclass(frozen=True, slots=True)
class Retold:
    """An event of the service's own, and the memo (JSON, or "") that it told with it."""

    event: Event[Any]
    memo: str


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """What a service brings to make its store again."""

    remake: Callable[[Log], Awaitable[None]]
    left: Sequence[str]
    """Keys of a branch that Kafka does not tell of, by the beginning of their names: those that
    are there stay.
    """
    saved: Sequence[str] = ()
    """Those of them that are worth a backup."""


@dataclass
class Log:
    """What Kafka remembers, for one service."""

    service: str
    redis: Redis
    kafka: Sequence[str]
    progress: Progress = lambda _, __: None
    _newest: dict[tuple[str, str], str] = field(default_factory=dict)  # branch, topic -> id
    _begun: set[tuple[str, str]] = field(default_factory=set)  # branch, topic
    _heard: dict[TopicPartition, int] = field(default_factory=dict)
    _told: dict[str, dict[str, Entry]] = field(default_factory=lambda: defaultdict(dict))
    _last: dict[str, tuple[str, Entry]] = field(default_factory=dict)  # shard -> id, its newest

    async def own(self, topic: Topic) -> AsyncIterator[Retold]:
        """What the service told in *topic*, each event once, oldest first but for repairs."""
        facts = {fact.TYPE: fact for fact in topic.facts}
        seen: set[tuple[str, str]] = set()
        async for record in self._records(topic):
            told = _retold(record, facts)
            if told is None or (told.event.branch, told.event.id) in seen:
                continue
            seen.add((told.event.branch, told.event.id))
            self._keep(record, told)
            yield told

    async def hear(self, wanted: Subscription) -> None:
        """Let the handlers of *wanted* apply all that its topic has, as they would have."""
        some: list[Record] = []
        async for record in self._records(wanted.topic):
            self._heard[TopicPartition(record.topic, record.partition)] = record.offset + 1
            if wanted.topic.kept is not None:  # a compacted one tells no story
                await self._begin(record)
            some.append(record)
            if len(some) == AT_ONCE:
                await apply_all(wanted, some)
                some = []
        await apply_all(wanted, some)

    async def _begin(self, record: Record) -> None:
        """Before what the log still has of a story nothing is missing."""
        branch = (record.key or b"").decode(errors="replace")
        if (branch, record.topic) not in self._begun:
            self._begun.add((branch, record.topic))
            heard = shards.of_branch(self.service, branch, f"heard:{record.topic}")
            if previous := attributes(record.headers).get("previous"):
                await self.redis.set(heard, previous, nx=True)

    async def close(self) -> None:
        """What the service told last, the outbox of the last day, all of it in Kafka; and what
        was heard need not come again.
        """
        await commit(self.kafka, self.service, self._heard)
        for (branch, topic), id in self._newest.items():
            await self.redis.hset(shards.of_branch(self.service, branch, "told"), topic, id)
        for shard, (newest, entry) in self._last.items():
            told = self._told[shard] | {newest: entry}
            outbox = shards.outbox(self.service, shard)
            ids = sorted(told, key=place_of)
            for first in range(0, len(ids), AT_ONCE):
                async with self.redis.pipeline(transaction=False) as pipe:
                    for id in ids[first : first + AT_ONCE]:
                        pipe.xadd(outbox, dict(told[id]), id=id)  # type: ignore[arg-type]  # dict is invariant
                    await pipe.execute()
            checkpoint = shards.checkpoint(self.service, shard)
            await self.redis.hset(checkpoint, mapping={"id": ids[-1], "sent": len(ids)})

    async def _records(self, topic: Topic) -> AsyncIterator[Record]:
        count = 0
        async for record in records(self.kafka, topic.name):
            yield record
            count += 1
            if count % AT_ONCE == 0:
                self.progress(topic.name, AT_ONCE)
        self.progress(topic.name, count % AT_ONCE)

    def _keep(self, record: Record, retold: Retold) -> None:
        """For `close`: the outbox holds the last day, and at least the newest event of a shard."""
        event = retold.event
        if later(event.id, self._newest.get((event.branch, record.topic), "0-0")):
            self._newest[event.branch, record.topic] = event.id
        entry = {
            "partitionkey": event.branch,
            "topic": record.topic,
            "type": event.type,
            "time": str(to_ms(event.time)),
            "subject": event.subject,
            "previous": event.previous,
            "data": (record.value or b"").decode(),
            MEMO: retold.memo,
        }
        shard = shards.shard_of(event.branch)
        if real_now() - told_at(event.id) <= KEPT:
            self._told[shard][event.id] = entry
        if later(event.id, self._last.get(shard, ("0-0",))[0]):
            self._last[shard] = event.id, entry


async def rebuild(
    service: str,
    redis: Redis,
    kafka: Sequence[str],
    how: Rebuilding,
    *,
    replace: bool = False,
    progress: Progress = lambda _, __: None,
) -> None:
    """Make the store of *service* again; with *replace* what is left of it goes first.

    Raises:
        CannotRebuild: the service runs, or its store is not empty.
    """
    try:
        async with holding(redis, service):
            if not replace and not await redis.exists(marker(service)):
                await _refuse_if_full(redis, service, how.left)
            await redis.set(marker(service), "yes")
            await _clear(redis, service, how.left)
            log = Log(service, redis, kafka, progress)
            await how.remake(log)
            await log.close()
            await redis.delete(marker(service))
    except LeaseTaken as taken:
        raise CannotRebuild(
            f"{service} runs ({taken}); stop all its instances first, then try again"
        ) from None


async def _refuse_if_full(redis: Redis, service: str, left: Sequence[str]) -> None:
    async for key in _made_again(redis, service, left):
        raise CannotRebuild(
            f"the store of {service} is not empty ({key}); --replace makes it anew from Kafka"
        )


async def _clear(redis: Redis, service: str, left: Sequence[str]) -> None:
    async for key in _made_again(redis, service, left):
        await redis.unlink(key)


async def _made_again(redis: Redis, service: str, left: Sequence[str]) -> AsyncIterator[str]:
    """The keys of *service* that a rebuild makes, those of relays and readers among them."""
    async for key in redis.scan_iter(f"{service}:*", count=1000):
        if is_made_again(str(key), left):
            yield str(key)


def is_made_again(key: str, left: Sequence[str]) -> bool:
    """Whether a rebuild makes the key ``<service>:{sNN}:<branch>:<name>``, or one of a shard."""
    _, tag, *rest = key.split(":", 3)
    if not tag.startswith("{s"):
        return False
    if len(rest) == 1:
        return rest[0] not in {"lease"}
    return not rest[1].startswith(tuple(left))


def _retold(record: Record, facts: Mapping[str, type[Fact]]) -> Retold | None:
    """None of a record that nobody can read; it lies among the dead letters of its readers."""
    try:
        event = event_of(record, facts)
    except (ValidationError, UnicodeDecodeError) as error:
        place = f"{record.topic}/{record.partition}/{record.offset}"
        log.warning("a record is passed by", extra={"place": place, "reason": repr(error)})
        return None
    memos = (value for name, value in record.headers if name == MEMO)
    return Retold(event, (next(memos, None) or b"").decode())
