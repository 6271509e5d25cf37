"""Messages on their way: which are due, who has them in hand, what became of them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contracts.messages import MessageKind
from contracts.values import branch_of
from services.chassis import shards
from services.chassis.clock import real_now
from services.chassis.moments import from_ms, span_ms, to_ms
from services.chassis.redis import Redis
from services.notify.domain.messages import TRUE_WHILE, VALIDITY, MessageState
from services.notify.domain.receipts import Next
from services.notify.domain.texts import Language
from services.notify.metrics import MESSAGES_MOVED
from services.notify.store import keys as names
from services.notify.store.keys import Keys
from services.notify.store.scripts import CLAIM_MESSAGE, RECORD_MESSAGE, about_moving

LEASE: Final = timedelta(seconds=30)
"""Real time within which a message is sent and noted; longer than a gateway's patience."""

KEEP: Final = timedelta(days=3)
"""How long an ended message is known, so that it is not made again. Longer than its ticket."""


@dataclass(frozen=True, slots=True)
class Due:
    """A message that may be tried now."""

    ticket: str
    kind: MessageKind


@dataclass(frozen=True, slots=True)
class Claim:
    """A message in our hands for one try. `repr` hides the phone, for claims reach logs."""

    due: Due
    claim: str
    tries: int  # with this one
    phone: str
    language: Language
    number: str
    window: str
    valid_until: datetime

    def __repr__(self) -> str:
        return f"Claim({self.due.kind.value}, {self.tries})"


class Messages:
    """Typed face of the queue."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def due(self, limit: int) -> list[Due]:
        """Return up to *limit* messages of each shard that may be tried now, oldest first."""
        now = to_ms(real_now())
        async with self._redis.pipeline(transaction=False) as asking:
            for shard in shards.all_shards():
                asking.zrange(names.queue(shard), 0, now, byscore=True, offset=0, num=limit)
            found = await asking.execute()
        return [due_of(name) for shard in found for name in shard]

    async def claim(self, due: Due, claim: str, *, keyed: bool, now: datetime) -> Claim | None:
        """Take a message in hand; None when it is not to be sent, or another sender has it."""
        keys = Keys(branch_of(due.ticket))
        reply = await CLAIM_MESSAGE(
            self._redis,
            message=keys.message(due.ticket, due.kind),
            ticket=keys.ticket(due.ticket),
            contact=keys.contact(due.ticket),
            queue=keys.queue,
            states=keys.states,
            outbox=keys.outbox,
            told=keys.told,
            claim=claim,
            keyed="yes" if keyed else "no",
            wanted=TRUE_WHILE[due.kind].value,
            valid=span_ms(VALIDITY[due.kind]),
            lease=span_ms(LEASE),
            keep=span_ms(KEEP),
            about=about_moving(due.ticket, due.kind, now=now),
        )
        match reply:
            case ["claimed", tries, phone, language, number, window, fact_at]:
                _moved(due.kind, MessageState.SENDING)
                until = from_ms(fact_at) + VALIDITY[due.kind]
                return Claim(
                    due, claim, int(tries), phone, Language(language), number, window, until
                )
            case ["ended", state]:
                _moved(due.kind, MessageState(state))
                return None
            case ["taken"]:
                return None
        raise AssertionError(f"claim_message.lua answered {reply!r}")

    async def record(self, claim: Claim, after: Next, detail: str, *, now: datetime) -> None:
        """Note what became of a try, unless another sender took the message meanwhile."""
        due = claim.due
        keys = Keys(branch_of(due.ticket))
        reply = await RECORD_MESSAGE(
            self._redis,
            message=keys.message(due.ticket, due.kind),
            queue=keys.queue,
            states=keys.states,
            outbox=keys.outbox,
            told=keys.told,
            claim=claim.claim,
            state=after.state.value,
            reason=after.reason.value if after.reason else "",
            detail=detail,
            pause=span_ms(after.pause),
            keep=span_ms(KEEP),
            about=about_moving(due.ticket, due.kind, now=now),
        )
        match reply:
            case ["noted"]:
                _moved(due.kind, after.state)
            case ["stale"]:
                pass
            case _:
                raise AssertionError(f"record_message.lua answered {reply!r}")

    async def summary(self) -> Mapping[MessageState, int]:
        """Return how many messages are, or ended, in each state."""
        async with self._redis.pipeline(transaction=False) as asking:
            for shard in shards.all_shards():
                asking.hgetall(names.states(shard))
            found = await asking.execute()
        return {state: sum(int(s.get(state.value, 0)) for s in found) for state in MessageState}

    @contextlib.asynccontextmanager
    async def bell(self) -> AsyncIterator[Callable[[timedelta], Awaitable[None]]]:
        """Give a way to wait until a message is queued anywhere, or a span is over."""
        await self._redis.initialize()  # of a cluster the channel's server must be known
        async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(names.BELL)

            async def wait(longest: timedelta) -> None:
                await channel.get_message(timeout=longest.total_seconds())
                while await channel.get_message(timeout=0):  # many rings are one
                    pass

            yield wait


def due_of(name: str) -> Due:
    """The message of this name."""
    ticket, _, kind = name.rpartition(":")
    return Due(ticket, MessageKind(kind))


def _moved(kind: MessageKind, state: MessageState) -> None:
    MESSAGES_MOVED.labels(kind.value, state.value).inc()
