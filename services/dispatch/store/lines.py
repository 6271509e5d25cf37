"""The waiting lines of a branch: typed face of the Lua files that let tickets wait and leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

from redis.asyncio import Redis

from contracts.envelope import Missing, Position
from services.chassis import stories
from services.chassis.lua import LuaScript, Step
from services.chassis.moments import from_ms, to_ms
from services.dispatch.domain import tickets
from services.dispatch.domain.branch import Branch
from services.dispatch.store.keys import Keys
from services.dispatch.store.records import (
    Ticket,
    Window,
    ticket_json,
    ticket_of,
    window_of,
)

_HERE = Path(__file__).parent
_JOIN_LINE = LuaScript(_HERE / "join_line.lua", _HERE / "calling.lua")
_WITHDRAW_TICKET = LuaScript(_HERE / "withdraw_ticket.lua")
_CLOSE_DAY = LuaScript(_HERE / "close_day.lua")


@dataclass(frozen=True, slots=True)
class Line:
    """How a line stands."""

    line: str
    waiting: int
    oldest: datetime | None  # arrival of its head
    next_promise: datetime | None


class Lines:
    """All lines of all branches."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def join(
        self, ticket: Ticket, *, at: Position, now: datetime
    ) -> Step[tuple[Missing, Window | None]]:
        """Let *ticket* wait, once; or call it to a ready window, which is returned."""
        keys = Keys(at.branch)
        return _JOIN_LINE.step(
            self._redis,
            line=keys.line(ticket.line),
            tickets=keys.tickets,
            windows=keys.windows,
            ready=keys.ready,
            heard=keys.heard(at.topic),
            outbox=keys.outbox,
            told=keys.told,
            live=keys.live,
            branch=at.branch,
            ticket=ticket.id,
            record=ticket_json(ticket),
            call=uuid4().hex,
            now=to_ms(now),
            id=at.id,
            previous=at.previous,
        ).then(_joined)

    def withdraw(
        self, id: str, number: str, day: date, *, at: Position, now: datetime
    ) -> Step[Missing]:
        """Take a cancelled ticket out of its line, or free the window it was called to."""
        keys = Keys(at.branch)
        return _WITHDRAW_TICKET.step(
            self._redis,
            lines=keys.line(""),
            tickets=keys.tickets,
            windows=keys.windows,
            heard=keys.heard(at.topic),
            outbox=keys.outbox,
            told=keys.told,
            live=keys.live,
            branch=at.branch,
            ticket=id,
            unheard=ticket_json(_unheard(id, number, day, now)),
            now=to_ms(now),
            id=at.id,
            previous=at.previous,
        ).then(stories.missing_in)

    def close_day(self, day: date, *, ends: datetime, at: Position, now: datetime) -> Step[Missing]:
        """Close windows of *day* that serve nobody, and forget what ended before that day."""
        keys = Keys(at.branch)
        return _CLOSE_DAY.step(
            self._redis,
            windows=keys.windows,
            tickets=keys.tickets,
            ready=keys.ready,
            heard=keys.heard(at.topic),
            outbox=keys.outbox,
            told=keys.told,
            live=keys.live,
            branch=at.branch,
            day=day.isoformat(),
            ends=to_ms(ends),
            now=to_ms(now),
            id=at.id,
            previous=at.previous,
        ).then(stories.missing_in)

    def pass_by(self, at: Position) -> Step[Missing]:
        """Hear an event that changes nothing here."""
        return stories.pass_by(self._redis, Keys(at.branch).heard(at.topic), at)

    async def read(self, branch: Branch) -> list[Line]:
        """How each line of the branch stands."""
        keys = Keys(branch.code)
        async with self._redis.pipeline(transaction=False) as pipe:
            for line in branch.lines:
                pipe.zcard(keys.line(line))
                pipe.zrange(keys.line(line), 0, 0, withscores=True)
            counts = await pipe.execute()
        heads = [head[0][0] for head in counts[1::2] if head]
        first = await self.find(branch.code, heads)
        return [
            Line(
                line,
                waiting,
                first[head[0][0]].arrived if head and head[0][0] in first else None,
                from_ms(head[0][1]) if head else None,
            )
            for line, waiting, head in zip(branch.lines, counts[::2], counts[1::2], strict=True)
        ]

    async def find(self, branch: str, ids: Sequence[str]) -> dict[str, Ticket]:
        """Those of *ids* that are known."""
        if not ids:
            return {}
        found = await self._redis.hmget(Keys(branch).tickets, list(ids))
        return {ticket.id: ticket for text in found if text for ticket in [ticket_of(str(text))]}

    async def count(self, branch: str, day: date) -> Counter[tickets.State]:
        """How many tickets of *day* are in each state."""
        found = await self._redis.hvals(Keys(branch).tickets)
        known = [ticket_of(str(text)) for text in found]
        return Counter(ticket.state for ticket in known if ticket.day == day)


def _joined(reply: object) -> tuple[Missing, Window | None]:
    match reply:
        case ["called", (str() | None) as missing, str(window)]:
            return missing, window_of(window)
        case ["waits" | "known", (str() | None) as missing]:
            return missing, None
    raise AssertionError(f"join_line.lua answered {reply!r}")


def _unheard(id: str, number: str, day: date, now: datetime) -> Ticket:
    """A ticket whose issue was never heard: known so that a late issue changes nothing."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return Ticket(id, number, "", "", day, now, epoch, tickets.State.CANCELLED)
