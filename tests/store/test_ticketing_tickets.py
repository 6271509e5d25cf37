"""Issuing and cancelling on a real store: each command, its refusals, its repeats."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from contracts.envelope import Position
from contracts.tickets import TicketIssued
from contracts.values import Standing
from services.chassis.redis import connect, told_between
from services.ticketing.domain.errors import (
    BranchClosed,
    IdempotencyKeyReused,
    UnknownTicket,
)
from services.ticketing.domain.hours import door
from services.ticketing.domain.numbering import number
from services.ticketing.domain.tickets import State, Ticket, Word
from services.ticketing.domain.visits import Visit
from services.ticketing.store.keys import Keys
from services.ticketing.store.tickets import Tickets
from tests.stack import Store
from tests.unit.ticketing.builders import MONDAY, SATURDAY, a_branch, at

BRANCH = a_branch()
KEYS = Keys("BR-T")
NOON = at("12:00")


def an_id(n: int) -> str:
    return f"BR-T-{n:020}"


async def issue(
    tickets: Tickets,
    n: int = 1,
    service: str = "B01",
    *,
    command: str | None = None,
    now: datetime = NOON,
    **terms: Any,
) -> Ticket:
    return await tickets.issue(
        an_id(n),
        BRANCH,
        Visit(BRANCH.service(service), **terms),
        door(BRANCH.week, now),
        command=command or f"issue-{n}",
        now=now,
    )


async def told(redis: Redis) -> list[dict[str, str]]:
    return [event for _, event in await told_between(redis, KEYS.outbox)]


def a_position(n: int) -> Position:
    return Position("talon.calls", "BR-T", f"{n}-0", f"{n - 1}-0")


@pytest.fixture
def tickets(redis: Redis) -> Tickets:
    return Tickets(redis)


async def test_a_ticket_gets_the_next_number_whatever_its_letter(tickets):
    """One count for the whole branch: letters sound alike."""
    numbers = [(await issue(tickets, n, s)).number for n, s in ((1, "B01"), (2, "D01"), (3, "B07"))]
    assert numbers == ["Б 001", "Д 002", "Б 003"]


async def test_an_issued_ticket_can_be_read_as_it_was_answered(tickets):
    """The answer is the state."""
    issued = await issue(tickets)
    assert issued.issued_at == NOON
    assert issued.service_name == BRANCH.service("B01").name
    assert await tickets.get(an_id(1)) == issued


async def test_an_issued_ticket_is_told_in_the_same_step(tickets, redis):
    """The event says what the others need, fits the contract, and stands in the story."""
    await issue(tickets, 1)
    await issue(tickets, 2, "B07")
    first, second = await told_between(redis, KEYS.outbox)
    assert (first[1]["previous"], second[1]["previous"]) == ("0-0", first[0])
    assert second[1]["topic"] == "talon.tickets"
    assert second[1]["type"] == TicketIssued.TYPE
    assert second[1]["subject"] == an_id(2)
    assert TicketIssued.model_validate_json(second[1]["data"]) == TicketIssued(
        ticket=an_id(2),
        number="Б 002",
        service="B07",
        skills=("PASS", "BIO"),
        day=MONDAY,
        arrived=NOON,
    )


async def test_the_terms_of_a_visit_are_told_and_kept_nowhere(tickets, redis):
    """Dispatch must know them; whoever holds a ticket's id may look at it, and must not."""
    await issue(
        tickets,
        service="D01",
        further=(BRANCH.service("B01"), BRANCH.service("B07")),
        standing=Standing.STATUTORY,
        accessible=True,
    )
    (event,) = await told(redis)
    assert TicketIssued.model_validate_json(event["data"]) == TicketIssued(
        ticket=an_id(1),
        number="Д 001",
        service="D01",
        skills=("REAL",),
        day=MONDAY,
        arrived=NOON,
        standing=Standing.STATUTORY,
        accessible=True,
        further=("B01", "B07"),
    )
    kept = await redis.hgetall(KEYS.ticket(an_id(1)))
    assert not {"statutory", "True", "B07"} & {*kept.values()}


async def test_a_repeated_command_gets_its_first_ticket(tickets, redis):
    """A double touch, a retry and redis-py's own retry print one number."""
    first = await issue(tickets, 1, command="c")
    again = await issue(tickets, 2, command="c", now=at("12:01"))
    assert again == first
    assert len(await told(redis)) == 1
    with pytest.raises(UnknownTicket):
        await tickets.get(an_id(2))


async def test_a_repeat_is_answered_even_when_the_door_has_closed(tickets):
    """The answer got lost at 17:44:59; the kiosk asks again a moment later."""
    first = await issue(tickets, 1, command="c", now=at("17:44:59"))
    assert await issue(tickets, 2, command="c", now=at("17:45:01")) == first


async def test_a_key_used_for_another_service_is_refused(tickets, redis):
    """Silence would hand out a ticket that nobody asked for."""
    await issue(tickets, 1, "B01", command="c")
    with pytest.raises(IdempotencyKeyReused):
        await issue(tickets, 2, "D01", command="c")
    assert len(await told(redis)) == 1


@pytest.mark.parametrize(
    "terms",
    [
        {"standing": Standing.LOCAL},
        {"accessible": True},
        {"further": (BRANCH.service("D01"),)},
    ],
)
async def test_a_key_used_on_other_terms_is_refused(tickets, redis, terms):
    """A place before others, another hall, one service more: all of it was not asked for."""
    await issue(tickets, 1, "B01", command="c")
    with pytest.raises(IdempotencyKeyReused):
        await issue(tickets, 2, "B01", command="c", **terms)
    assert await issue(tickets, 3, "B01", command="d", **terms) == await issue(
        tickets, 4, "B01", command="d", **terms
    )
    assert len(await told(redis)) == 2


async def test_a_closed_branch_gives_no_tickets_and_says_when_it_opens(tickets, redis):
    """Refused with today's hours and the next opening, over the Sunday."""
    with pytest.raises(BranchClosed) as refusal:
        await issue(tickets, now=at("13:50", SATURDAY))
    assert refusal.value.hours is not None
    assert refusal.value.hours.closes == at("14:00", SATURDAY)
    assert refusal.value.next_opening == at("09:00", MONDAY + timedelta(days=7))
    assert await redis.dbsize() == 0


async def test_at_lunch_tickets_are_given(tickets):
    """Operators eat in turn."""
    assert (await issue(tickets, now=at("13:00"))).number == "Б 001"


async def test_a_new_day_counts_from_one(tickets):
    """By the branch's own midnight, not by that of UTC."""
    await issue(tickets, 1, now=at("17:00"))
    tuesday = await issue(tickets, 2, now=at("09:00", MONDAY + timedelta(days=1)))
    assert tuesday.number == "Б 001"


async def test_a_night_branch_begins_anew_at_its_midnight(tickets):
    """The last ticket of one day and the first of the next are a minute apart."""
    hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "00:00-23:59")
    night = a_branch(opening_hours=hours, last_ticket_minutes_before_close=0)

    async def at_night(n: int, now: datetime) -> str:
        visit, entrance = Visit(night.service("B01")), door(night.week, now)
        ticket = await tickets.issue(an_id(n), night, visit, entrance, command=f"{n}", now=now)
        return ticket.number

    assert await at_night(1, at("23:58:59")) == "Б 001"
    assert await at_night(2, at("00:00:00", MONDAY + timedelta(days=1))) == "Б 001"
    assert await at_night(3, at("00:00:01", MONDAY + timedelta(days=1))) == "Б 002"


async def test_a_restart_goes_on_counting(tickets, redis):
    """The count lives in the store, not in the process."""
    await issue(tickets, 1)
    assert (await issue(Tickets(redis), 2)).number == "Б 002"


async def test_two_kiosks_at_once_never_give_one_number_twice(tickets, redis):
    """A hundred touches at once: a hundred numbers, each once, and as many events."""
    other = Tickets(redis)
    issued = await asyncio.gather(*(issue((tickets, other)[n % 2], n) for n in range(100)))
    assert {ticket.number for ticket in issued} == {number("Б", n) for n in range(1, 101)}
    assert len(await told(redis)) == 100


async def test_two_kiosks_with_one_command_give_one_ticket(tickets, redis):
    """The same key from ten connections at once is one wish."""
    issued = await asyncio.gather(*(issue(tickets, n, command="c") for n in range(10)))
    assert len({ticket.id for ticket in issued}) == 1
    assert len(await told(redis)) == 1


@pytest.mark.parametrize("before", [0, 9, 99, 998, 999, 99_998])
async def test_the_store_writes_numbers_as_the_rule_does(tickets, redis, before):
    """Twin of domain/numbering.py."""
    await redis.hset(KEYS.day(MONDAY), "issued", before)
    assert (await issue(tickets)).number == number("Б", before + 1)


@pytest.mark.parametrize("id", [an_id(9), "BR-T", "", "-", "BR-D-00000000000000000001"])
async def test_a_ticket_that_never_was_is_unknown(tickets, id):
    """Whatever somebody types."""
    with pytest.raises(UnknownTicket):
        await tickets.get(id)
    with pytest.raises(UnknownTicket):
        await tickets.cancel(id, command="c", now=NOON)


async def test_every_key_is_known_and_expires_if_it_grows(tickets, redis):
    """Nothing is left behind that nobody owns."""
    await issue(tickets)
    await issue(tickets, 2)
    await tickets.cancel(an_id(1), command="c", now=NOON)
    await tickets.apply(an_id(2), Word(State.SERVING, "7"), at=a_position(1))
    await tickets.apply(an_id(2), Word(State.WAITING), at=a_position(2))
    for_ever = {KEYS.outbox, KEYS.told, KEYS.open_days, KEYS.heard("talon.calls")}
    days = timedelta(days=1).total_seconds()
    async for key in redis.scan_iter():
        left = await redis.ttl(key)
        assert (left == -1) == (key in for_ever), key
        if ":answer:" in key:
            assert left <= 3600
        elif ":ticket:" in key:
            assert 13 * days < left <= 14 * days
        elif key not in for_ever:
            assert 39 * days < left <= 40 * days


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["B01", "D01"])), max_size=12))
def test_commands_and_tickets_are_one_to_one(store: Store, wishes):
    """Whatever is repeated, reused or new: as many numbers as first wishes, without a gap."""

    async def ask() -> None:
        redis = connect(store.url)
        await redis.flushall()
        tickets, first, given = Tickets(redis), dict[int, tuple[str, str]](), list[str]()
        for n, (command, service) in enumerate(wishes):
            try:
                ticket = await issue(tickets, n, service, command=str(command))
            except IdempotencyKeyReused:
                assert first[command][0] != service
                continue
            asked, number_given = first.setdefault(command, (service, ticket.number))
            assert (asked, number_given) == (service, ticket.number)
            given.append(ticket.number.split()[1])
        assert sorted(set(given)) == [f"{n:03}" for n in range(1, len(first) + 1)]
        numbers = [json.loads(event["data"])["number"] for event in await told(redis)]
        assert len(numbers) == len(set(numbers)) == len(first)
        await redis.aclose()

    asyncio.run(ask())
