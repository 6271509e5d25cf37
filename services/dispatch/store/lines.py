"""The lines of a branch: who joins and leaves them, and how they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from contracts.envelope import Missing, Position
from contracts.values import Standing
from services.chassis import hashes, stories
from services.chassis.lua import LuaScript, Step
from services.chassis.moments import span_ms, to_ms
from services.chassis.redis import Redis
from services.dispatch.domain import tickets
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import Window
from services.dispatch.store.hall import HALL, HERE, slots
from services.dispatch.store.keys import Keys
from services.dispatch.store.records import ticket_json, ticket_of, window_of

_JOIN_LINE = LuaScript(HERE / "join_line.lua", *HALL)
_WITHDRAW_TICKET = LuaScript(HERE / "withdraw_ticket.lua", *HALL)
_CLOSE_DAY = LuaScript(HERE / "close_day.lua", *HALL)


class Lines:
    """All lines of all branches."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def join(
        self, ticket: Ticket, rules: Rules, *, at: Position, now: datetime
    ) -> Step[tuple[Missing, Window | None]]:
        """Let *ticket* wait, once; or call it to a ready window, which is returned."""
        keys = Keys(at.branch)
        return _JOIN_LINE.step(
            self._redis,
            **slots(keys, rules, now),
            heard=keys.heard(at.topic),
            arrivals=keys.arrivals,
            closed=keys.closed,
            record=ticket_json(ticket),
            id=at.id,
            previous=at.previous,
        ).then(_joined)

    def withdraw(
        self, id: str, number: str, day: date, rules: Rules, *, at: Position, now: datetime
    ) -> Step[Missing]:
        """Take a cancelled ticket out of its line, or free the window it was called to."""
        keys = Keys(at.branch)
        return _WITHDRAW_TICKET.step(
            self._redis,
            **slots(keys, rules, now),
            heard=keys.heard(at.topic),
            ticket=id,
            unheard=ticket_json(_unheard(id, number, day, now)),
            id=at.id,
            previous=at.previous,
        ).then(stories.missing_in)

    def close_day(
        self, day: date, rules: Rules, *, ends: datetime, at: Position, now: datetime
    ) -> Step[Missing]:
        """Close windows of *day*, let go who is there, and forget what ended before that day."""
        keys = Keys(at.branch)
        return _CLOSE_DAY.step(
            self._redis,
            **slots(keys, rules, now),
            heard=keys.heard(at.topic),
            rulebook=keys.rules,
            closed=keys.closed,
            day=day.isoformat(),
            ends=to_ms(ends),
            id=at.id,
            previous=at.previous,
        ).then(stories.missing_in)

    def pass_by(self, at: Position) -> Step[Missing]:
        """Hear an event that changes nothing here."""
        return stories.pass_by(self._redis, Keys(at.branch).heard(at.topic), at)

    async def waiting(self, branch: str) -> list[Ticket]:
        """Everybody who waits, in no order."""
        keys = Keys(branch)
        names = await self._redis.smembers(keys.peopled)
        async with self._redis.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.zrange(keys.line(str(name)), 0, -1)
            found = await pipe.execute()
        known = await self.find(branch, [ticket for line in found for ticket in line])
        return list(known.values())

    async def numbered(self, branch: str, number: str) -> list[Ticket]:
        """Tickets of a number as somebody might say it, the newest first."""
        wanted = "".join(number.upper().split())
        digits = wanted.lstrip("0") if wanted.isdigit() else ""
        found = await self._redis.hvals(Keys(branch).tickets)
        known = [ticket_of(str(text)) for text in found]
        return sorted(
            (
                ticket
                for ticket in known
                if "".join(ticket.number.split()) == wanted
                or (digits and ticket.number.rpartition(" ")[2].lstrip("0") == digits)
            ),
            key=lambda ticket: ticket.arrived,
            reverse=True,
        )

    async def calls_since(self, branch: str) -> dict[str, int]:
        """Of each line: calls since one went ahead by the centre's own rule."""
        found = await self._redis.hgetall(Keys(branch).calls_since)
        return {str(line): int(count) for line, count in found.items()}

    async def set_head_starts(self, branch: str, starts: Mapping[str, timedelta]) -> None:
        """Let lines have these head starts and no others."""
        spans = {line: span_ms(start) for line, start in starts.items()}
        await hashes.replace(self._redis, Keys(branch).head_start, spans)

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
    return Ticket(
        id, number, "", "", day, now, Standing.ORDINARY, epoch, epoch, tickets.State.CANCELLED
    )
