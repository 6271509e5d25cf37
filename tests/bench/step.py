"""What the step "call next" costs the store: few waiting and many, one line and eighteen."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock

from redis.asyncio import Redis

from contracts.calls import Outcome
from contracts.catalogue import BranchPublished, Category, Hours, Operator, Service, Skill, Window
from contracts.envelope import Position
from contracts.values import Name, Standing
from services.chassis.moments import to_ms
from services.chassis.redis import connect
from services.dispatch.domain import visits
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.moves import Moved
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import line_of
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import Window as Place
from services.dispatch.store.hall import Hall as Steps
from services.dispatch.store.hall import Order
from services.dispatch.store.keys import Keys
from services.dispatch.store.lines import Lines
from services.dispatch.store.records import ticket_json
from services.dispatch.store.windows import Windows

DAY = date(2026, 11, 23)
OPENS = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PROMISED = timedelta(minutes=15)
WINDOW, OPERATOR = "1", "O1"
IN_ONE_GO = 2_000
MANY = [(f"SKILL{n:03}",) for n in range(180)]
"""As many lines as the catalogue has services, all open to one window."""

RULES = Rules()
NAME = Name(ru="Замер", en="Bench")


@dataclass(frozen=True, slots=True)
class Step:
    """The median cost in microseconds."""

    lines: int
    waiting: int
    store: float  # the script itself, by the store's own clock
    client: float  # as the service sees it: window read, script called, both answers decoded


class Hall:
    """A branch in the store with so many waiting; each call is followed by an arrival."""

    def __init__(self, redis: Redis, needs: Sequence[tuple[str, ...]], waiting: int) -> None:
        self.waiting = waiting
        self.lines_served = len(needs)
        self.branch = _branch(f"W{waiting}-L{len(needs)}", needs)
        self._redis = redis
        self._windows, self._lines, self._hall = Windows(redis), Lines(redis), Steps(redis)
        self._needs = needs
        self._told = self._n = 0

    async def fill(self, progress: Callable[[int], None]) -> None:
        """Let people wait, without the steps by which they would come."""
        keys = Keys(self.branch.code)
        while self._n < self.waiting:
            async with self._redis.pipeline(transaction=False) as pipe:
                count = min(IN_ONE_GO, self.waiting - self._n)
                for ticket in [self._ticket() for _ in range(count)]:
                    pipe.hset(keys.tickets, ticket.id, ticket_json(ticket))
                    pipe.zadd(keys.line(f"2:{ticket.line}"), {ticket.id: to_ms(ticket.promise)})
                    pipe.sadd(keys.peopled, f"2:{ticket.line}")
                await pipe.execute()
            progress(count)
        await self._windows.open(self.branch, RULES, WINDOW, OPERATOR, command="open", now=OPENS)

    async def call(self) -> float:
        """Call once; return how long that took."""
        n = self._n
        begun = time.perf_counter()
        _, called = await self._windows.call_next(
            self.branch, RULES, WINDOW, command=f"{n}", now=OPENS
        )
        took = time.perf_counter() - begun
        assert called is not None
        return took

    async def recover(self) -> None:
        """The visitor is served, and another one comes."""
        for words, decide in (("start", self._start), ("finish", self._finish)):
            order = Order(words, f"{words} {self._n}", OPENS)
            await self._hall.at_window(self.branch, RULES, WINDOW, decide, order)
        self._told += 1
        at = Position("talon.tickets", self.branch.code, f"{self._told}-0", f"{self._told - 1}-0")
        await self._lines.join(self._ticket(), RULES, at=at, now=OPENS)

    def _start(self, window: Place, ticket: Ticket | None) -> Moved:
        assert ticket is not None
        return visits.start(window, ticket, OPENS)

    def _finish(self, window: Place, ticket: Ticket | None) -> Moved:
        assert ticket is not None
        return visits.finish(window, ticket, self.branch, Outcome.DONE, OPENS)

    def _ticket(self) -> Ticket:
        self._n += 1
        arrived = OPENS + timedelta(milliseconds=self._n)
        line = line_of(self._needs[self._n % len(self._needs)])
        return Ticket(
            id=f"{self.branch.code}-{self._n:020}",
            number=f"Д {self._n:03}",
            service="A01",
            line=line,
            day=DAY,
            arrived=arrived,
            standing=Standing.ORDINARY,
            promise=arrived + PROMISED,
            plain=arrived + PROMISED,
        )


async def measure(
    redis: Redis,
    needs: Sequence[tuple[str, ...]],
    waiting: Sequence[int],
    calls: int,
    progress: Callable[[int], None],
) -> list[Step]:
    """One line, all of the branch, and 180; halls that are compared take turns: noise hits both."""
    steps = []
    await redis.config_set("slowlog-log-slower-than", 0)
    await redis.config_set("slowlog-max-len", 16)
    for lines in (needs[:1], needs, MANY):
        halls = [Hall(redis, lines, count) for count in waiting]
        for hall in halls:
            await hall.fill(progress)
        seen: list[list[tuple[float, float]]] = [[] for _ in halls]
        for _ in range(calls):
            for hall, times in zip(halls, seen, strict=True):
                await redis.slowlog_reset()
                took = await hall.call()
                times.append((await _slowest(redis), took * 1e6))
                await hall.recover()
                progress(1)
        steps += [_step(hall, times) for hall, times in zip(halls, seen, strict=True)]
    return steps


def work(waiting: Sequence[int], calls: int) -> int:
    """How much `measure` will report as progress."""
    return 3 * (sum(waiting) + calls * len(waiting))


def run(
    url: str,
    needs: Sequence[tuple[str, ...]],
    waiting: Sequence[int],
    calls: int,
    progress: Callable[[int], None],
) -> list[Step]:
    """Measure on the store at *url*."""

    async def connected() -> list[Step]:
        async with connect(url) as redis:
            return await measure(redis, needs, waiting, calls, progress)

    return asyncio.run(connected())


async def _slowest(redis: Redis) -> float:
    """Microseconds of the script: the longest of the few commands since the log was emptied."""
    return float(max(entry["duration"] for entry in await redis.slowlog_get(16)))


def _step(hall: Hall, times: list[tuple[float, float]]) -> Step:
    store, client = (statistics.median(column) for column in zip(*times, strict=True))
    return Step(hall.lines_served, hall.waiting, store, client)


def _branch(code: str, needs: Sequence[tuple[str, ...]]) -> Branch:
    skills = sorted({skill for need in needs for skill in need})
    services = tuple(
        Service(
            code=f"{chr(ord('A') + n // 100)}{n % 100:02}",
            name=NAME,
            category="A",
            skills=need,
            minutes=15,
            documents=(),
            fee=0,
        )
        for n, need in enumerate(needs, 1)
    )
    published = BranchPublished(
        branch=code,
        name=NAME,
        timezone="Asia/Yekaterinburg",
        week=(Hours(opens=clock(8), closes=clock(20)),) * 7,
        last_ticket_minutes=15,
        categories=(Category(code="A", prefix="А", spoken="а", name=NAME),),
        skills=tuple(Skill(code=skill, name=NAME) for skill in skills),
        services=services,
        windows=(Window(window=WINDOW, zone="hall-1", accessible=False),),
        operators=(Operator(operator=OPERATOR, skills=tuple(skills)),),
    )
    return Branch.of(published)
