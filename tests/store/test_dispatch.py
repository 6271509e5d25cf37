"""The Lua files of dispatch on a real store: each command, its refusals, its repeats."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from services.dispatch.domain.errors import (
    IdempotencyKeyReused,
    IllegalMove,
    OperatorBusy,
    UnknownOperator,
    UnknownWindow,
    WindowTaken,
)
from services.dispatch.domain.tickets import State as Ticket
from services.dispatch.domain.windows import Command, State
from services.dispatch.store.lines import Lines
from services.dispatch.store.windows import Windows
from tests.builders import DAY, a_branch, a_position, a_ticket, at, ticket_id
from tests.store.dispatch_hall import BRANCH, KEYS, joined, moved, next_at, opened, told


@pytest.fixture
def windows(redis: Redis) -> Windows:
    return Windows(redis)


@pytest.fixture
def lines(redis: Redis) -> Lines:
    return Lines(redis)


async def test_a_window_opens_for_an_operator(windows, redis):
    await opened(windows, "2", "O2")
    window = await windows.read(BRANCH, "2")
    assert (window.state, window.operator) == (State.FREE, "O2")
    assert window.serves == ("PASS", "REAL")
    assert [kind for kind, _ in await told(redis)] == ["window.opened"]


async def test_a_window_that_never_opened_is_closed(windows):
    assert (await windows.read(BRANCH, "1")).state is State.CLOSED
    with pytest.raises(IllegalMove) as refusal:
        await next_at(windows)
    assert refusal.value.legal == ["open"]


async def test_what_does_not_exist_cannot_be_opened(windows):
    with pytest.raises(UnknownWindow):
        await opened(windows, "99")
    with pytest.raises(UnknownOperator):
        await opened(windows, "1", "nobody")


async def test_one_operator_one_window(windows):
    await opened(windows, "1", "O1")
    with pytest.raises(OperatorBusy) as refusal:
        await opened(windows, "2", "O1")
    assert refusal.value.window == "1"


async def test_one_window_one_operator(windows):
    await opened(windows, "1", "O1")
    with pytest.raises(WindowTaken) as refusal:
        await windows.open(BRANCH, "1", "O2", command="other", now=at(1))
    assert refusal.value.operator == "O1"


async def test_the_earliest_promise_is_called(windows, lines, redis):
    """Of the heads of both lines that O2 serves, the one that came first."""
    await opened(windows, "1", "O2")
    await joined(lines, 3, line="PASS")
    await lines.join(a_ticket(2, "REAL", arrived=2), at=a_position(4), now=at(4))
    window, ticket = await next_at(windows)
    assert ticket is not None
    assert (ticket.id, ticket.state) == (ticket_id(2), Ticket.CALLED)
    assert [head.line for head in (window.decision.called, *window.decision.passed_over)] == [
        "REAL",
        "PASS",
    ]
    kind, data = (await told(redis))[-1]
    assert kind == "ticket.called"
    assert [head["ticket"] for head in data["decision"]["considered"]] == [
        ticket_id(2),
        ticket_id(3),
    ]


async def test_a_line_beyond_the_skills_is_left_alone(windows, lines, redis):
    await opened(windows, "1", "O1")
    await joined(lines, 1, line="REAL")
    window, ticket = await next_at(windows)
    assert ticket is None
    assert window.state is State.READY
    assert await redis.zcard(KEYS.line("REAL")) == 1


async def test_a_second_click_calls_nobody_else(windows, lines, redis):
    """A repeated command gets the first answer."""
    await opened(windows)
    await joined(lines, 1, 2)
    first = await next_at(windows, command="c1")
    assert await next_at(windows, command="c1") == first
    assert await redis.zcard(KEYS.line("PASS")) == 1


async def test_a_key_belongs_to_one_request(windows, lines):
    await opened(windows)
    await joined(lines, 1)
    await next_at(windows, command="c1")
    with pytest.raises(IdempotencyKeyReused):
        await moved(windows, Command.START, command="c1")


async def test_a_hundred_windows_call_a_hundred_different_tickets(windows, lines):
    """Nobody is called twice, however many press at once."""
    branch = a_branch({f"P{n}": ("PASS",) for n in range(1, 101)}, windows=100)
    for n in range(1, 101):
        await windows.open(branch, str(n), f"P{n}", command=f"o{n}", now=at(0))
    await joined(lines, *range(1, 131))
    calls = await asyncio.gather(
        *(windows.call_next(branch, str(n), command=f"c{n}", now=at(5)) for n in range(1, 101))
    )
    assert sorted(ticket.id for _, ticket in calls if ticket) == [
        ticket_id(n) for n in range(1, 101)
    ]


async def test_a_ready_window_gets_the_next_arrival(windows, lines, redis):
    await opened(windows)
    await next_at(windows)
    ((missing, window),) = await joined(lines, 1)
    assert missing is None
    assert (window.state, window.ticket) == (State.CALLING, ticket_id(1))
    assert [kind for kind, _ in await told(redis)] == [
        "window.opened",
        "window.ready",
        "ticket.called",
    ]


async def test_an_arrival_goes_to_the_fewest_skills(windows, lines):
    """O3 could serve it too, but rare skills stay free."""
    await opened(windows, "3", "O3")
    await opened(windows, "1", "O1")
    await next_at(windows, "3", "n3")
    await windows.call_next(BRANCH, "1", command="n1", now=at(6))
    ((_, window),) = await joined(lines, 1)
    assert window.window == "1"


async def test_a_paused_window_gets_no_arrival(windows, lines):
    await opened(windows)
    await next_at(windows)
    paused = await moved(windows, Command.PAUSE, reason="lunch")
    assert (paused.state, paused.reason) == (State.PAUSED, "lunch")
    assert await joined(lines, 1) == [(None, None)]
    assert (await moved(windows, Command.RESUME)).state is State.FREE


async def test_a_visit_from_call_to_finish(windows, lines, redis):
    await opened(windows)
    await joined(lines, 1)
    await next_at(windows)
    assert (await moved(windows, Command.RECALL)).recalls == 1
    assert (await moved(windows, Command.START)).state is State.SERVING
    finished = await moved(windows, Command.FINISH)
    assert (finished.state, finished.ticket, finished.decision) == (State.FREE, None, None)
    assert (await moved(windows, Command.CLOSE, reason="operator")).state is State.CLOSED
    assert [kind for kind, _ in await told(redis)] == [
        "window.opened",
        "ticket.called",
        "ticket.recalled",
        "service.started",
        "service.finished",
        "window.closed",
    ]
    assert (await lines.count("BR-T", DAY))[Ticket.FINISHED] == 1


async def test_a_visitor_who_does_not_come(windows, lines, redis):
    await opened(windows)
    await joined(lines, 1)
    await next_at(windows)
    await moved(windows, Command.NO_SHOW, reason="absent")
    assert (await told(redis))[-1][1]["reason"] == "absent"
    assert (await lines.count("BR-T", DAY))[Ticket.NO_SHOW] == 1


@pytest.mark.parametrize("move", [Command.START, Command.FINISH, Command.NO_SHOW, Command.RECALL])
async def test_an_idle_window_has_no_visit_to_move(windows, move, redis):
    await opened(windows)
    with pytest.raises(IllegalMove) as refusal:
        await moved(windows, move)
    assert (refusal.value.state, refusal.value.legal) == ("free", ["next", "pause", "close"])
    assert len(await told(redis)) == 1
