"""What becomes of a visit, on a real store: transfers, deferrals, returns, several services."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from contracts.values import Standing
from services.dispatch.domain import placing
from services.dispatch.domain.errors import (
    IllegalTicketMove,
    NoMoreRecalls,
    NoPriority,
    NoReturn,
    NotServedHere,
    OperatorBusy,
    RecallTooSoon,
    UnknownService,
    UnknownTicket,
    WindowTaken,
    WrongHour,
)
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.tickets import State as Ticket
from services.dispatch.domain.windows import Command, State
from tests.builders import RULES, a_branch, a_position, a_ticket, at, ticket_id
from tests.store.dispatch_hall import KEYS, Centre, kinds, told

FIRST, SECOND = ticket_id(1), ticket_id(2)


@pytest.fixture
def centre(redis: Redis) -> Centre:
    return Centre(redis)


async def a_called_visitor(centre: Centre) -> None:
    await centre.opened()
    await centre.joined(1)
    await centre.next_at()


async def ticket(centre: Centre, id: str = FIRST):
    return (await centre.lines.find("BR-T", [id]))[id]


async def test_a_transfer_keeps_the_promise(centre, redis):
    """Nobody pays twice: who was sent on is called before those who came later."""
    await a_called_visitor(centre)
    await centre.moved(Command.START)
    await centre.joined(2, line="REAL")
    window = await centre.moved(Command.TRANSFER, to={"service": "D01"})
    assert window.state is State.TIDYING
    assert ((await ticket(centre)).line, (await ticket(centre)).promise) == ("REAL", at(16))
    await centre.opened("3", "O3")
    _, called = await centre.next_at("3")
    assert called.id == FIRST
    kind, data = (await told(redis))[3]
    assert (kind, data["reason"], data["call"]) == (
        "ticket.requeued", "transferred", (await told(redis))[1][1]["call"],
    )  # fmt: skip


async def test_a_transfer_to_a_window_is_for_that_window_alone(centre):
    """Another one of the same skills does not get the visitor."""
    await a_called_visitor(centre)
    await centre.moved(Command.TRANSFER, to={"window": "3"})
    await centre.opened("2", "O2")
    assert (await centre.next_at("2"))[1] is None
    await centre.opened("3", "O3")
    _, called = await centre.next_at("3")
    assert called.id == FIRST


async def test_a_transfer_goes_at_once_to_a_window_that_is_ready(centre):
    """Somebody there waits for nothing else."""
    await centre.opened("2", "O2")
    await centre.next_at("2")
    await centre.opened("1", "O1")
    await centre.joined(1)  # called to the ready window
    assert (await centre.window("2")).ticket == FIRST
    await centre.opened("3", "O3")
    await centre.next_at("3")
    await centre.moved(Command.TRANSFER, "2", to={"service": "D01"})
    assert (await centre.window("3")).ticket == FIRST


async def test_what_the_branch_does_not_offer_is_no_goal(centre):
    await a_called_visitor(centre)
    with pytest.raises(UnknownService):
        await centre.moved(Command.TRANSFER, to={"service": "Z99"})
    assert (await centre.window()).state is State.CALLING


async def test_a_deferral_keeps_the_place(centre, redis):
    """Until its hour nobody calls it; then it is where it would have been."""
    await a_called_visitor(centre)
    await centre.moved(Command.DEFER, until=at(40))
    await centre.joined(2)
    assert (await ticket(centre)).state is Ticket.DEFERRED
    glance = await centre.glances.look(centre.branch)
    assert (glance.due(at(39)), glance.due(at(40))) == ([], [FIRST])
    await centre.changed(FIRST, lambda held: placing.go_on_waiting(held, at(40)), at(40))
    _, called = await centre.next_at(command="again", now=at(41))
    assert called.id == FIRST
    assert await redis.exists(KEYS.deferred) == 0


async def test_a_deferral_has_an_end(centre):
    """Neither in the past nor for ever."""
    await a_called_visitor(centre)
    for until in (at(6), at(6) + RULES.longest_deferral + timedelta(minutes=1)):
        with pytest.raises(WrongHour):
            await centre.moved(Command.DEFER, command=str(until), until=until)


async def test_a_missed_call_is_made_good_once(centre):
    """In the old place; a second time, or too late, one takes a new ticket."""
    await a_called_visitor(centre)
    await centre.moved(Command.NO_SHOW)
    await centre.joined(2)
    await centre.changed(FIRST, lambda held: placing.come_back(held, RULES, at(20)), at(20))
    _, called = await centre.next_at(command="again", now=at(21))
    assert called.id == FIRST
    await centre.moved(Command.NO_SHOW, command="missed again", now=at(22))
    with pytest.raises(NoReturn):
        await centre.changed(FIRST, lambda held: placing.come_back(held, RULES, at(23)))


async def test_who_comes_back_too_late_is_told_so(centre):
    await a_called_visitor(centre)
    await centre.moved(Command.NO_SHOW)
    late = at(6) + RULES.return_within + timedelta(minutes=1)
    with pytest.raises(NoReturn):
        await centre.changed(FIRST, lambda held: placing.come_back(held, RULES, late))


async def test_a_second_service_is_served_by_the_same_window_if_it_can(centre, redis):
    """The visitor stays seated."""
    await centre.opened("3", "O3")
    both = replace(a_ticket(1), further=("D01",))
    await centre.lines.join(both, RULES, at=a_position(1), now=at(1))
    await centre.next_at("3")
    await centre.moved(Command.START, "3")
    window = await centre.moved(Command.FINISH, "3", command="first")
    assert (window.state, window.ticket) == (State.SERVING, FIRST)
    assert (await ticket(centre)).service == "D01"
    assert (await centre.moved(Command.FINISH, "3", command="second")).state is State.TIDYING
    assert (await ticket(centre)).state is Ticket.FINISHED
    ends = [data.get("then") for kind, data in await told(redis) if kind == "service.finished"]
    assert ends == ["D01", None]


async def test_a_second_service_elsewhere_keeps_the_promise(centre):
    await centre.opened()
    both = replace(a_ticket(1), further=("D01",))
    await centre.lines.join(both, RULES, at=a_position(1), now=at(1))
    await centre.next_at()
    await centre.moved(Command.START)
    assert (await centre.moved(Command.FINISH)).state is State.TIDYING
    waits = await ticket(centre)
    assert (waits.state, waits.line, waits.promise) == (Ticket.WAITING, "REAL", at(15))


async def test_a_priority_that_is_not_confirmed_has_the_ordinary_place(centre, redis):
    """By the arrival, not at the end."""
    await centre.opened()
    early = replace(a_ticket(1, arrived=1, standing=Standing.STATUTORY), promise=at(1))
    await centre.lines.join(early, RULES, at=a_position(1), now=at(1))
    await centre.joined(2)
    await centre.next_at()
    await centre.moved(Command.NOT_CONFIRMED)
    waits = await ticket(centre)
    assert (waits.standing, waits.promise) == (Standing.ORDINARY, at(16))
    _, called = await centre.next_at(command="again")
    assert called.id == FIRST
    with pytest.raises(NoPriority):
        await centre.moved(Command.NOT_CONFIRMED, command="not twice")
    assert "ticket.requeued" in await kinds(redis)


async def test_a_ticket_out_of_order_leaves_its_reason(centre, redis):
    """And only where it can be served."""
    await centre.opened()
    await centre.joined(1, 2)
    window = await centre.moved(Command.CALL, ticket=SECOND)
    assert (window.state, window.ticket) == (State.CALLING, SECOND)
    kind, data = (await told(redis))[-1]
    assert (kind, data["decision"]["rule"], data["decision"]["reason"]) == (
        "ticket.called", "out_of_order", "health",
    )  # fmt: skip
    assert await redis.zrange(KEYS.line("2:PASS"), 0, -1) == [FIRST]
    await centre.joined(3, line="REAL")
    await centre.moved(Command.START)
    await centre.moved(Command.FINISH)
    with pytest.raises(NotServedHere):
        await centre.moved(Command.CALL, command="other", ticket=ticket_id(3))
    with pytest.raises(UnknownTicket):
        await centre.moved(Command.CALL, command="none", ticket=ticket_id(9))
    with pytest.raises(IllegalTicketMove):
        await centre.moved(Command.CALL, command="over", ticket=SECOND)


async def test_recalls_have_a_limit_and_a_pause(redis):
    """A visitor needs a moment to come, and a hall some quiet."""
    centre = Centre(redis, rules=Rules(recalls=2, recall_spacing=timedelta(seconds=30)))
    await a_called_visitor(centre)  # at minute 5
    with pytest.raises(RecallTooSoon) as refusal:
        await centre.moved(Command.RECALL, now=at(5) + timedelta(seconds=10))
    assert refusal.value.wait_seconds == 20
    await centre.moved(Command.RECALL, command="1", now=at(6))
    await centre.moved(Command.RECALL, command="2", now=at(7))
    with pytest.raises(NoMoreRecalls):
        await centre.moved(Command.RECALL, command="3", now=at(8))


async def test_a_console_that_vanished_holds_nobody(centre):
    """Who was called there is called elsewhere, in the same place of the line."""
    await a_called_visitor(centre)
    window = await centre.moved(Command.LOSE)
    assert (window.state, window.reason) == (State.PAUSED, "console_lost")
    await centre.opened("2", "O2")
    _, called = await centre.next_at("2")
    assert called.id == FIRST


async def test_an_operator_takes_the_visit_along(centre, redis):
    """To another window, if they confirm it: one operator, one window, one visitor."""
    await a_called_visitor(centre)
    await centre.moved(Command.START)
    with pytest.raises(OperatorBusy) as refusal:
        await centre.opened("2", "O1")
    assert refusal.value.may_take_over
    window = await centre.opened("2", "O1", command="confirmed", confirmed=True)
    assert (window.state, window.ticket) == (State.SERVING, FIRST)
    assert (await centre.window("1")).state is State.CLOSED
    assert (await ticket(centre)).window == "2"
    assert await redis.hgetall(KEYS.operators) == {"O1": "2"}
    assert (await kinds(redis))[-3:] == ["window.closed", "window.opened", "service.started"]
    assert (await centre.moved(Command.FINISH, "2")).state is State.TIDYING


async def test_an_operator_takes_a_window_over(centre, redis):
    """With who is there, if they confirm it."""
    await a_called_visitor(centre)
    with pytest.raises(WindowTaken):
        await centre.opened("1", "O2")
    window = await centre.opened("1", "O2", command="confirmed", confirmed=True)
    assert (window.operator, window.state, window.ticket) == ("O2", State.CALLING, FIRST)
    assert await redis.hgetall(KEYS.operators) == {"O2": "1"}
    assert (await centre.moved(Command.START)).state is State.SERVING


async def test_two_visits_are_not_merged(centre):
    """Each operator ends their own first."""
    await a_called_visitor(centre)
    await centre.opened("2", "O2")
    await centre.joined(2)
    await centre.next_at("2")
    with pytest.raises(OperatorBusy) as refusal:
        await centre.opened("2", "O1", confirmed=True)
    assert not refusal.value.may_take_over


async def test_who_needs_an_accessible_window_gets_one(redis):
    """And no other."""
    branch = a_branch(accessible=("3",))
    centre = Centre(redis, branch)
    await centre.opened("1", "O1")
    await centre.opened("3", "O3")
    await centre.joined(1, line="@accessible+PASS")
    assert (await centre.next_at("1"))[1] is None
    assert (await centre.next_at("3"))[1].id == FIRST
