"""A granted break on a real store: it begins by itself, at once or after the visitor."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from contracts.values import Standing
from contracts.windows import PauseReason
from services.dispatch.domain.errors import IllegalMove, NoBreakDue
from services.dispatch.domain.windows import BreakDue, Command, State
from services.dispatch.store.records import window_json, window_of
from tests.builders import RULES, a_position, a_ticket, at, ticket_id
from tests.store.dispatch_hall import KEYS, Centre, kinds, told

FIRST = ticket_id(1)
HOUR = {"length": timedelta(hours=1)}
DUE = BreakDue(at(6), timedelta(hours=1), PauseReason.LUNCH)


@pytest.fixture
def centre(redis: Redis) -> Centre:
    return Centre(redis)


async def a_break_after(centre: Centre, *before: Command) -> None:
    """Window 1 has a visitor, after the commands *before*, and a break that is due."""
    await centre.opened()
    first = replace(a_ticket(1, standing=Standing.LOCAL), further=())
    await centre.lines.join(first, RULES, at=a_position(1), now=at(1))
    await centre.next_at()
    for command in before:
        await centre.moved(command)
    await centre.moved(Command.BREAK, **HOUR)


@pytest.mark.parametrize("state", [State.FREE, State.READY, State.TIDYING])
async def test_with_nobody_there_it_begins_at_once(centre, redis, state):
    """Told once, however often the command is repeated; no arrival is called there any more."""
    await centre.opened()
    if state is State.TIDYING:
        await centre.joined(1)
        await centre.next_at()
        await centre.moved(Command.START)
        await centre.moved(Command.FINISH)
    if state is State.READY:
        await centre.next_at()
    assert (await centre.window()).state is state
    for _ in range(2):
        window = await centre.moved(Command.BREAK, **HOUR)
    assert (window.state, window.reason, window.due) == (State.PAUSED, "lunch", None)
    assert (await kinds(redis)).count("window.paused") == 1
    await centre.joined(2)
    assert (await centre.window()).state is State.PAUSED
    assert await redis.exists(KEYS.ready) == 0


@pytest.mark.parametrize(
    ("before", "leaves", "what"),
    [
        ([Command.START], Command.FINISH, {}),
        ([Command.START], Command.TRANSFER, {"to": {"service": "D01"}}),
        ([Command.START], Command.DEFER, {"until": at(40)}),
        ([Command.START], Command.NOT_CONFIRMED, {}),
        ([], Command.NO_SHOW, {}),
        ([], Command.TRANSFER, {"to": {"service": "D01"}}),
        ([], Command.DEFER, {"until": at(40)}),
        ([], Command.NOT_CONFIRMED, {}),
    ],
)
async def test_with_a_visitor_it_begins_when_they_have_left(centre, redis, before, leaves, what):
    """However they left; what became of them is told first."""
    await a_break_after(centre, *before)
    window = await centre.window()
    assert (window.ticket, window.due) == (FIRST, DUE)
    assert "window.paused" not in await kinds(redis)
    window = await centre.moved(leaves, now=at(20), **what)
    assert (window.state, window.reason, window.since) == (State.PAUSED, "lunch", at(20))
    assert (window.ticket, window.due) == (None, None)
    (kind, visitor), (paused, data) = (await told(redis))[-2:]
    assert kind in {
        "service.finished", "ticket.requeued", "ticket.deferred", "ticket.no_show",
    }  # fmt: skip
    assert visitor["ticket"] == FIRST
    assert (paused, data["operator"], data["reason"]) == ("window.paused", "O1", "lunch")
    assert (await centre.moved(Command.RESUME)).state is State.FREE


async def test_a_visitor_who_gives_up_after_the_call_lets_it_begin(centre, redis):
    """By the store's own step, which hears of it from elsewhere."""
    await a_break_after(centre)
    await centre.withdrawn(a_ticket(1), 2, at(7))
    window = await centre.window()
    assert (window.state, window.reason, window.since) == (State.PAUSED, "lunch", at(7))
    assert (window.ticket, window.due) == (None, None)
    assert (await kinds(redis))[-2:] == ["ticket.no_show", "window.paused"]
    assert (await centre.moved(Command.RESUME)).reason is None


async def test_a_visit_that_goes_on_here_does_not_end_it(centre):
    """The break waits for the last service of the visit."""
    await centre.opened("3", "O3")
    both = replace(a_ticket(1), further=("D01",))
    await centre.lines.join(both, RULES, at=a_position(1), now=at(1))
    await centre.next_at("3")
    await centre.moved(Command.START, "3")
    await centre.moved(Command.BREAK, "3", **HOUR)
    window = await centre.moved(Command.FINISH, "3", command="first")
    assert (window.state, window.due) == (State.SERVING, DUE)
    assert (await centre.moved(Command.FINISH, "3", command="second")).state is State.PAUSED


async def test_a_visit_that_goes_on_elsewhere_lets_it_begin(centre):
    await centre.opened()
    both = replace(a_ticket(1), further=("D01",))
    await centre.lines.join(both, RULES, at=a_position(1), now=at(1))
    await centre.next_at()
    await centre.moved(Command.START)
    await centre.moved(Command.BREAK, **HOUR)
    assert (await centre.moved(Command.FINISH)).state is State.PAUSED


async def test_a_break_that_is_withdrawn_does_not_begin(centre):
    """Once; where none is due there is none to withdraw."""
    await a_break_after(centre, Command.START)
    for _ in range(2):
        window = await centre.moved(Command.WITHDRAW_BREAK)
        assert (window.state, window.due) == (State.SERVING, None)
    with pytest.raises(NoBreakDue):
        await centre.moved(Command.WITHDRAW_BREAK, command="again")
    assert (await centre.moved(Command.FINISH)).state is State.TIDYING
    with pytest.raises(IllegalMove):
        await centre.moved(Command.WITHDRAW_BREAK, command="late")


async def test_who_takes_a_window_over_does_not_take_the_break(centre):
    """It was granted to somebody else."""
    await a_break_after(centre, Command.START)
    window = await centre.opened("1", "O2", command="confirmed", confirmed=True)
    assert (window.operator, window.ticket, window.due) == ("O2", FIRST, None)
    assert (await centre.moved(Command.FINISH)).state is State.TIDYING


async def test_a_console_that_vanished_is_no_break(centre):
    await a_break_after(centre)
    window = await centre.moved(Command.LOSE)
    assert (window.reason, window.due) == ("console_lost", None)


async def test_a_window_kept_before_breaks_were_due_is_read(centre):
    """Records of an older version stand in a store that was not emptied."""
    window = await centre.opened()
    kept = json.loads(window_json(window))
    assert "due" not in kept
    assert window_of(json.dumps(kept)) == window
    resting = replace(window, due=DUE)
    assert window_of(window_json(resting)) == resting
