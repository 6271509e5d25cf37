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
from tests.builders import DAY, RULES, a_branch, a_position, a_ticket, at, ticket_id
from tests.store.dispatch_hall import KEYS, Centre, told


@pytest.fixture
def centre(redis: Redis) -> Centre:
    return Centre(redis)


async def test_a_window_opens_for_an_operator(centre, redis):
    await centre.opened("2", "O2")
    window = await centre.window("2")
    assert (window.state, window.operator) == (State.FREE, "O2")
    assert [window.abilities.level(line) for line in ("PASS", "REAL", "BIO+PASS")] == [1, 1, None]
    assert [kind for kind, _ in await told(redis)] == ["window.opened"]


async def test_a_window_that_never_opened_is_closed(centre):
    assert (await centre.window("1")).state is State.CLOSED
    with pytest.raises(IllegalMove) as refusal:
        await centre.next_at()
    assert refusal.value.legal == ["open"]


async def test_what_does_not_exist_cannot_be_opened(centre):
    with pytest.raises(UnknownWindow):
        await centre.opened("99")
    with pytest.raises(UnknownOperator):
        await centre.opened("1", "nobody")


async def test_one_operator_one_window(centre):
    await centre.opened("1", "O1")
    with pytest.raises(OperatorBusy) as refusal:
        await centre.opened("2", "O1")
    assert refusal.value.window == "1"


async def test_one_window_one_operator(centre):
    await centre.opened("1", "O1")
    with pytest.raises(WindowTaken) as refusal:
        await centre.opened("1", "O2")
    assert refusal.value.operator == "O1"


async def test_the_earliest_promise_is_called(centre, redis):
    """Of the heads of both lines that O2 serves, the one that came first."""
    await centre.opened("1", "O2")
    await centre.joined(3, line="PASS")
    await centre.lines.join(a_ticket(2, "REAL", arrived=2), RULES, at=a_position(4), now=at(4))
    _, ticket = await centre.next_at()
    assert ticket is not None
    assert (ticket.id, ticket.state) == (ticket_id(2), Ticket.CALLED)
    assert [seen.head.line for seen in ticket.decision.considered] == ["REAL", "PASS"]
    kind, data = (await told(redis))[-1]
    assert kind == "ticket.called"
    assert [head["ticket"] for head in data["decision"]["considered"]] == [
        ticket_id(2),
        ticket_id(3),
    ]


async def test_a_line_beyond_the_skills_is_left_alone(centre, redis):
    await centre.opened("1", "O1")
    await centre.joined(1, line="REAL")
    window, ticket = await centre.next_at()
    assert ticket is None
    assert window.state is State.READY
    assert await redis.zcard(KEYS.line("2:REAL")) == 1


async def test_a_second_click_calls_nobody_else(centre, redis):
    """A repeated command gets the first answer."""
    await centre.opened()
    await centre.joined(1, 2)
    first = await centre.next_at(command="c1")
    assert await centre.next_at(command="c1") == first
    assert await redis.zcard(KEYS.line("2:PASS")) == 1


async def test_a_key_belongs_to_one_request(centre):
    await centre.opened()
    await centre.joined(1)
    await centre.next_at(command="c1")
    with pytest.raises(IdempotencyKeyReused):
        await centre.moved(Command.START, command="c1")


async def test_a_hundred_windows_call_a_hundred_different_tickets(redis):
    """Nobody is called twice, however many press at once."""
    branch = a_branch({f"P{n}": ("PASS",) for n in range(1, 101)}, windows=100)
    centre = Centre(redis, branch)
    for n in range(1, 101):
        await centre.opened(str(n), f"P{n}")
    await centre.joined(*range(1, 131))
    calls = await asyncio.gather(*(centre.next_at(str(n)) for n in range(1, 101)))
    assert sorted(ticket.id for _, ticket in calls if ticket) == [
        ticket_id(n) for n in range(1, 101)
    ]


async def test_a_ready_window_gets_the_next_arrival(centre, redis):
    await centre.opened()
    await centre.next_at()
    ((missing, window),) = await centre.joined(1)
    assert missing is None
    assert (window.state, window.ticket) == (State.CALLING, ticket_id(1))
    assert [kind for kind, _ in await told(redis)] == [
        "window.opened",
        "window.ready",
        "ticket.called",
    ]


async def test_an_arrival_goes_to_the_fewest_skills(centre):
    """O3 could serve it too, but rare skills stay free."""
    await centre.opened("3", "O3")
    await centre.opened("1", "O1")
    await centre.next_at("3", "n3")
    await centre.next_at("1", now=at(6))
    ((_, window),) = await centre.joined(1)
    assert window.window == "1"


async def test_a_paused_window_gets_no_arrival(centre):
    await centre.opened()
    await centre.next_at()
    paused = await centre.moved(Command.PAUSE)
    assert (paused.state, paused.reason) == (State.PAUSED, "lunch")
    assert await centre.joined(1) == [(None, None)]
    assert (await centre.moved(Command.RESUME)).state is State.FREE


async def test_a_visit_from_call_to_finish(centre, redis):
    await centre.opened()
    await centre.joined(1)
    await centre.next_at()
    assert (await centre.moved(Command.RECALL)).recalls == 1
    assert (await centre.moved(Command.START)).state is State.SERVING
    finished = await centre.moved(Command.FINISH)
    assert (finished.state, finished.ticket) == (State.TIDYING, None)
    assert (await centre.moved(Command.CLOSE)).state is State.CLOSED
    assert [kind for kind, _ in await told(redis)] == [
        "window.opened",
        "ticket.called",
        "ticket.recalled",
        "service.started",
        "service.finished",
        "window.closed",
    ]
    assert (await centre.lines.count("BR-T", DAY))[Ticket.FINISHED] == 1


async def test_a_visitor_who_does_not_come(centre, redis):
    await centre.opened()
    await centre.joined(1)
    await centre.next_at()
    await centre.moved(Command.NO_SHOW)
    assert (await told(redis))[-1][1]["reason"] == "absent"
    assert (await centre.lines.count("BR-T", DAY))[Ticket.NO_SHOW] == 1


@pytest.mark.parametrize("move", [Command.START, Command.FINISH, Command.NO_SHOW, Command.RECALL])
async def test_an_idle_window_has_no_visit_to_move(centre, move, redis):
    await centre.opened()
    with pytest.raises(IllegalMove) as refusal:
        await centre.moved(move)
    assert refusal.value.state == "free"
    assert refusal.value.legal == ["next", "call", "pause", "break", "close"]
    assert len(await told(redis)) == 1
