"""Choices that Lua makes are those of the pure rules: one set of cases drives both."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from contracts.values import Standing
from services import chassis
from services.chassis.moments import from_ms, span_ms
from services.chassis.redis import connect
from services.dispatch.domain.routing import (
    Head,
    Lines,
    ReadyWindow,
    choose,
    next_calls_since,
    take_in,
)
from services.dispatch.domain.tickets import Ticket
from tests.builders import RULES, a_branch, a_position, a_ticket, at
from tests.stack import Store
from tests.store.dispatch_hall import KEYS, Centre

PRELUDE = (Path(chassis.__path__[0]) / "prelude.lua").read_text("utf-8")
SKILLS = ("BIO", "PASS", "REAL")
LINES = ("PASS", "REAL", "BIO+PASS")
real_server = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
skill_sets = st.sets(st.sampled_from(SKILLS), min_size=1).map(lambda s: tuple(sorted(s)))
standings = st.sampled_from(list(Standing))
staff = st.tuples(skill_sets, skill_sets)
"""Main skills, and those to help with."""


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def a_visitor(n: int, line: str, arrived: int, standing: Standing) -> Ticket:
    plain = at(arrived + 15)
    by = {
        Standing.STATUTORY: at(arrived),
        Standing.LOCAL: at(arrived + 5),
        Standing.BOOKED: at(arrived + 12),  # some have their hour, some not yet
    }
    return replace(
        a_ticket(n, line, arrived, standing), promise=by.get(standing, plain), plain=plain
    )


def heads_of(waiting: list[Ticket]) -> list[Head]:
    """The first of each line and standing."""
    firsts: dict[tuple[str, Standing], Ticket] = {}
    for ticket in waiting:
        lane = ticket.line, ticket.standing
        first = firsts.get(lane, ticket)
        firsts[lane] = min(ticket, first, key=lambda t: (t.promise, t.id))
    return [Head(t.line, t.standing, t.id, t.promise, t.plain) for t in firsts.values()]


def on_a_real_store(store: Store, test: Callable[[Redis], Awaitable[None]]) -> None:
    async def run() -> None:
        async with connect(store.url) as redis:
            await redis.flushall()
            await test(redis)

    with asyncio.Runner() as runner:
        runner.run(run())


@real_server
@given(
    waiting=st.lists(st.tuples(st.sampled_from(LINES), st.integers(0, 30), standings), max_size=12),
    staff=staff,
    known=st.builds(
        Lines,
        st.dictionaries(st.sampled_from(LINES), st.integers(0, 3)),
        st.dictionaries(st.sampled_from(LINES), st.integers(0, 20).map(minutes)),
    ),
    lead=st.sampled_from([0, 15]).map(minutes),
)
def test_lua_calls_whom_python_chooses(store: Store, waiting, staff, known, lead):
    """Standings, privileges that are used up, bookings, levels, head starts: all of the rule."""
    main, helps = staff
    rules = replace(RULES, booking_lead=lead)
    branch = a_branch({"O1": main}, helps={"O1": tuple(set(helps) - set(main))})
    people = [a_visitor(n, *who) for n, who in enumerate(waiting, start=1)]

    async def both(redis: Redis) -> None:
        centre = Centre(redis, branch, rules)
        for n, ticket in enumerate(people, start=1):
            await centre.lines.join(ticket, rules, at=a_position(n), now=at(31))
        for line, count in known.calls_since.items():
            await redis.hset(KEYS.calls_since, line, count)
        for line, start in known.head_start.items():
            await redis.hset(KEYS.head_start, line, span_ms(start))
        window = await centre.opened()
        _, ticket = await centre.next_at(now=at(32))
        expected = choose(heads_of(people), window.abilities, known, rules, at(32))
        assert (ticket and ticket.id) == (expected and expected.called.ticket)
        if ticket and expected:
            assert ticket.decision.rule == expected.rule
            assert seen(ticket.decision) == seen(expected)
            line = ticket.line
            assert int(await redis.hget(KEYS.calls_since, line)) == next_calls_since(
                expected, known, rules
            )

    on_a_real_store(store, both)


def seen(decision) -> list[tuple]:
    """What is on record of a decision."""
    return [
        (c.head.ticket, c.head.line, c.level, c.head.promise, c.by) for c in decision.considered
    ]


@real_server
@given(
    ready=st.lists(st.tuples(staff, st.integers(0, 3)), max_size=5),
    line=st.sampled_from(LINES),
)
def test_lua_takes_in_where_python_does(store: Store, ready, line):
    """Own work before help, few skills before many, then the longest ready."""
    people = {f"O{n}": main for n, ((main, _), _) in enumerate(ready, start=1)}
    helps = {f"O{n}": tuple(set(h) - set(m)) for n, ((m, h), _) in enumerate(ready, start=1)}
    branch = a_branch(people, helps=helps)

    async def both(redis: Redis) -> None:
        centre = Centre(redis, branch)
        candidates = []
        for n, (_, minute) in enumerate(ready, start=1):
            window = await centre.opened(str(n), f"O{n}", now=at(minute))
            await centre.next_at(str(n), now=at(minute))
            candidates.append(ReadyWindow(str(n), window.abilities, at(minute)))
        ((_, window),) = await centre.joined(1, line=line)
        expected = take_in(line, candidates)
        assert (window and window.window) == (expected and expected.window)

    on_a_real_store(store, both)


@real_server
@given(st.integers(0, 4_102_444_800_000))
def test_lua_writes_moments_as_python_does(store: Store, ms):
    """prelude.lua: iso, against datetime."""

    async def ask(redis: Redis) -> None:
        expected = from_ms(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        assert await redis.eval(PRELUDE + "return iso(ARGV[1])", 0, ms) == expected

    on_a_real_store(store, ask)
