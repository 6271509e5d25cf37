"""Choices that Lua makes are those of the pure rules: one set of cases drives both."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from services import chassis
from services.chassis.moments import from_ms
from services.dispatch.domain.routing import Head, ReadyWindow, choose, take_in
from services.dispatch.store.lines import Lines
from services.dispatch.store.windows import Windows
from tests.builders import a_branch, a_position, a_ticket, at, ticket_id
from tests.stack import Store

PRELUDE = (Path(chassis.__path__[0]) / "prelude.lua").read_text("utf-8")
SKILLS = ("BIO", "PASS", "REAL")
LINES = ("PASS", "REAL", "BIO+PASS")
real_server = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
skill_sets = st.sets(st.sampled_from(SKILLS), min_size=1).map(lambda s: tuple(sorted(s)))


@real_server
@given(
    waiting=st.lists(st.tuples(st.sampled_from(LINES), st.integers(0, 5)), max_size=12),
    skills=skill_sets,
)
def test_lua_calls_whom_python_chooses(store: Store, waiting, skills):
    async def both() -> None:
        async with Redis.from_url(store.url, decode_responses=True) as redis:
            await redis.flushall()
            branch = a_branch({"O1": skills})
            lines, windows = Lines(redis), Windows(redis)
            for n, (line, arrived) in enumerate(waiting, start=1):
                await lines.join(a_ticket(n, line, arrived), at=a_position(n), now=at(6))
            await windows.open(branch, "1", "O1", command="open", now=at(6))
            window, ticket = await windows.call_next(branch, "1", command="next", now=at(7))
            firsts: dict[str, Head] = {}
            for n, (line, arrived) in enumerate(waiting, start=1):
                head = Head(line, ticket_id(n), at(arrived + 15))
                if line in branch.open_to(skills):
                    firsts[line] = min(head, firsts.get(line, head), key=lambda h: h.rank)
            expected = choose(firsts.values())
            assert window.decision == expected
            assert (ticket.id if ticket else None) == (expected and expected.called.ticket)

    asyncio.run(both())


@real_server
@given(
    ready=st.lists(st.tuples(skill_sets, st.integers(0, 3)), max_size=5),
    line=st.sampled_from(LINES),
)
def test_lua_takes_in_where_python_does(store: Store, ready, line):
    async def both() -> None:
        async with Redis.from_url(store.url, decode_responses=True) as redis:
            await redis.flushall()
            branch = a_branch({f"O{n}": skills for n, (skills, _) in enumerate(ready, start=1)})
            lines, windows = Lines(redis), Windows(redis)
            candidates = []
            for n, (skills, minute) in enumerate(ready, start=1):
                since = at(minute)
                await windows.open(branch, str(n), f"O{n}", command=f"o{n}", now=since)
                await windows.call_next(branch, str(n), command=f"n{n}", now=since)
                candidates.append(
                    ReadyWindow(str(n), frozenset(branch.open_to(skills)), len(skills), since)
                )
            _, window = await lines.join(a_ticket(1, line), at=a_position(1), now=at(9))
            expected = take_in(line, candidates)
            assert (window and window.window) == (expected and expected.window)

    asyncio.run(both())


@real_server
@given(st.integers(0, 4_102_444_800_000))
def test_lua_writes_moments_as_python_does(store: Store, ms):
    """prelude.lua: iso, against datetime."""

    async def ask() -> str:
        async with Redis.from_url(store.url, decode_responses=True) as redis:
            return str(await redis.eval(PRELUDE + "return iso(ARGV[1])", 0, ms))

    expected = from_ms(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert asyncio.run(ask()) == expected
