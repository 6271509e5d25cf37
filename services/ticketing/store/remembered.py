"""What ticketing left behind in its own story, put back into an empty store.

Each event is put back once, in whatever order they are heard: a ticket that was cancelled stays so.
"""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from typing import Any, Final

from contracts.catalogue import BranchPublished
from contracts.envelope import Event
from contracts.tickets import DayClosed, TicketCancelled, TicketIssued
from services.chassis.moments import span_ms, to_ms
from services.chassis.rebuild import Retold
from services.chassis.redis import Redis
from services.chassis.relay import told_at
from services.ticketing.domain.tickets import OWN_RANK, State
from services.ticketing.store.keys import DAY_KEPT, TICKET_KEPT, Keys

_AT_ONCE: Final = 500
_OWN: Final = ("state", "own", "own_rank")
"""Fields of a ticket that its cancellation changes."""


class Remembered:
    """All branches, as their events are taken in."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._pipe: Any = redis.pipeline(transaction=False)
        self._numbers: dict[tuple[str, date], int] = {}  # branch, day -> the highest number
        self._last: dict[tuple[str, date], int] = {}  # branch, day -> its newest event, real ms
        self._over: list[tuple[str, int]] = []  # keys that go when all is heard, real ms

    async def take(self, retold: Retold) -> None:
        """Take in an event."""
        event, keys = retold.event, Keys(retold.event.branch)
        match event.data:
            case BranchPublished():
                digest = sha256(retold.memo.encode()).hexdigest()
                self._pipe.hset(keys.published, mapping={"json": retold.memo, "digest": digest})
                self._pipe.sadd(keys.branches, event.branch)
            case TicketIssued():
                self._issued(keys, event, retold.memo)
            case TicketCancelled(ticket=ticket, day=day):
                self._cancelled(keys, ticket, day)
                self._touched(event, day)
            case DayClosed(day=day):
                self._pipe.hset(keys.day(day), "closed", to_ms(event.time))
                self._touched(event, day)
        if len(self._pipe) > _AT_ONCE:
            await self.flush()

    async def flush(self) -> None:
        """Put back what was taken in."""
        await self._pipe.execute()

    async def finish(self) -> None:
        """Dispatch was heard, too: let go what is kept no longer, and days that are closed."""
        for (branch, day), number in self._numbers.items():
            self._pipe.hset(Keys(branch).day(day), "issued", number)
        for (branch, day), last in self._last.items():
            keys, until = Keys(branch), last + span_ms(DAY_KEPT)
            self._pipe.pexpireat(keys.day(day), until)
            self._pipe.pexpireat(keys.waiting(day), until)
        for n, (key, until) in enumerate(self._over):
            self._pipe.pexpireat(key, until)
            if n % _AT_ONCE == 0:
                await self.flush()
        await self.flush()
        for branch, day in self._last:
            keys = Keys(branch)
            closed = await self._redis.hexists(keys.day(day), "closed")
            if closed and not await self._redis.exists(keys.waiting(day)):
                await self._redis.srem(keys.open_days, str(day))

    def _issued(self, keys: Keys, event: Event[TicketIssued], memo: str) -> None:
        fact, pipe = event.data, self._pipe
        fields: list[str] = json.loads(memo)
        ticket = keys.ticket(fact.ticket)
        for name, value in zip(fields[::2], fields[1::2], strict=True):
            if name in _OWN:
                pipe.hsetnx(ticket, name, value)
            else:
                pipe.hset(ticket, name, value)
        pipe.hset(ticket, "number", fact.number)
        self._over.append((ticket, to_ms(told_at(event.id) + TICKET_KEPT)))
        pipe.hincrby(keys.day(fact.day), State.WAITING, 1)
        pipe.sadd(keys.waiting(fact.day), fact.ticket)
        pipe.sadd(keys.open_days, str(fact.day))
        number = int(fact.number.split()[-1])
        known = self._numbers.get((event.branch, fact.day), 0)
        self._numbers[event.branch, fact.day] = max(number, known)
        self._touched(event, fact.day)

    def _cancelled(self, keys: Keys, ticket: str, day: date) -> None:
        own = (State.CANCELLED, State.CANCELLED, OWN_RANK[State.CANCELLED])
        self._pipe.hset(keys.ticket(ticket), mapping=dict(zip(_OWN, own, strict=True)))
        self._pipe.hincrby(keys.day(day), State.WAITING, -1)
        self._pipe.hincrby(keys.day(day), State.CANCELLED, 1)
        self._pipe.hincrby(keys.day(day), "withdrawn", 1)
        self._pipe.srem(keys.waiting(day), ticket)

    def _touched(self, event: Event[Any], day: date) -> None:
        place, at = (event.branch, day), to_ms(told_at(event.id))
        self._last[place] = max(at, self._last.get(place, 0))
