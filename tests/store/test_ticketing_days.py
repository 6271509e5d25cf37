"""The end of a day on a real store: nobody is left waiting, and it is said once."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from datetime import timedelta

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from contracts.tickets import CancelReason, DayClosed, TicketCancelled, TicketIssued
from services.chassis.clock import Clock
from services.ticketing.domain.errors import BranchClosed
from services.ticketing.domain.published import published
from services.ticketing.domain.tickets import State, Word
from services.ticketing.jobs import CloseDays
from services.ticketing.store import days as store_days
from services.ticketing.store.branches import Branches
from services.ticketing.store.days import Days
from services.ticketing.store.tickets import Tickets
from tests.store.test_ticketing_tickets import BRANCH, KEYS, NOON, a_position, an_id, issue, told
from tests.unit.ticketing.builders import MONDAY, SATURDAY, SUNDAY, at

EVENING = at("19:00")
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def tickets(redis: Redis) -> Tickets:
    return Tickets(redis)


@pytest.fixture
def days(redis: Redis) -> Days:
    return Days(redis)


@pytest.fixture
async def job(redis: Redis, days: Days) -> CloseDays:
    branches = Branches(redis)
    await branches.publish(BRANCH, published(BRANCH), asked="a", command="import", now=NOON)
    return CloseDays(branches, days, Clock.parse("real"), timedelta(hours=1))


async def closings(redis: Redis) -> list[DayClosed]:
    events = await told(redis)
    return [DayClosed.model_validate_json(e["data"]) for e in events if e["type"] == DayClosed.TYPE]


async def test_whoever_still_waits_is_cancelled_and_told(tickets, days, redis):
    """With the reason day_end; then the day is closed with its counts."""
    for n in (1, 2, 3):
        await issue(tickets, n)
    await tickets.cancel(an_id(3), command="c", now=NOON)
    assert await days.close("BR-T", MONDAY, now=EVENING) == 2
    *_, one, other, closed = await told(redis)
    gone = [TicketCancelled.model_validate_json(event["data"]) for event in (one, other)]
    assert {cancelled.ticket for cancelled in gone} == {an_id(1), an_id(2)}
    assert {cancelled.number for cancelled in gone} == {"Б 001", "Б 002"}
    assert {cancelled.reason for cancelled in gone} == {CancelReason.DAY_END}
    assert closed["topic"] == "talon.tickets"
    assert DayClosed.model_validate_json(closed["data"]) == DayClosed(
        day=MONDAY, issued=3, cancelled=3
    )


async def test_what_dispatch_has_in_hand_is_left_to_it(tickets, days):
    """Called and served visitors are not cancelled behind the operator's back."""
    for n, state in enumerate([State.CALLED, State.SERVING, State.FINISHED, State.NO_SHOW], 1):
        await issue(tickets, n)
        await tickets.apply(an_id(n), Word(state, "7"), at=a_position(n))
    assert await days.close("BR-T", MONDAY, now=EVENING) == 0
    tally = await days.tally("BR-T", MONDAY)
    assert tally.tickets[State.CANCELLED] == 0
    assert tally.total == 4


async def test_whoever_waits_again_or_is_deferred_is_cancelled_too(tickets, days, redis):
    """They were at a window and went back into the line: the day ends for them as well."""
    again = [
        [Word(State.SERVING, "7"), Word(State.WAITING)],
        [Word(State.NO_SHOW), Word(State.WAITING)],
        [Word(State.DEFERRED, until=at("18:30"))],
        [Word(State.CALLED, "7", NOON), Word(State.DEFERRED, until=at("18:30"))],
    ]
    place = itertools.count(1)
    for n, words in enumerate(again, 1):
        await issue(tickets, n)
        for word in words:
            await tickets.apply(an_id(n), word, at=a_position(next(place)))
    assert await days.close("BR-T", MONDAY, now=EVENING) == 4
    tally = (await days.tally("BR-T", MONDAY)).tickets
    assert {state: n for state, n in tally.items() if n} == {State.CANCELLED: 4}
    (closed,) = await closings(redis)
    assert (closed.issued, closed.cancelled) == (4, 4)
    kinds = Counter(event["type"] for event in await told(redis))
    assert kinds[TicketCancelled.TYPE] == 4


@pytest.mark.parametrize("word", [Word(State.WAITING), Word(State.DEFERRED, until=EVENING)])
async def test_who_waits_again_after_the_end_of_the_day_is_cancelled(job, tickets, redis, word):
    """The word was on its way when the day was closed; that the day is closed is said once."""
    await issue(tickets)
    await tickets.apply(an_id(1), Word(State.SERVING, "7"), at=a_position(1))
    await job.look(EVENING)
    await tickets.apply(an_id(1), word, at=a_position(2))
    await job.look(at("19:01"))
    await job.look(at("19:02"))
    assert (await tickets.get(an_id(1))).state is State.CANCELLED
    *_, closed, cancelled = await told(redis)
    assert (closed["type"], cancelled["type"]) == (DayClosed.TYPE, TicketCancelled.TYPE)
    assert len(await closings(redis)) == 1
    assert await Days(redis).still_open("BR-T") == []


async def test_a_day_is_closed_once(tickets, days, redis):
    """However many instances try, and however often."""
    for n in range(30):
        await issue(tickets, n)
    closed = await asyncio.gather(
        *(Days(redis).close("BR-T", MONDAY, now=EVENING) for _ in range(5))
    )
    assert sum(closed) == 30
    assert await days.close("BR-T", MONDAY, now=EVENING) == 0
    assert len(await closings(redis)) == 1
    kinds = Counter(event["type"] for event in await told(redis))
    assert kinds == {TicketIssued.TYPE: 30, TicketCancelled.TYPE: 30, DayClosed.TYPE: 1}


async def test_a_large_day_is_closed_in_small_steps(tickets, days, redis, monkeypatch):
    """No step is long; the last one closes the day."""
    monkeypatch.setattr(store_days, "CHUNK", 3)
    for n in range(10):
        await issue(tickets, n)
    assert await days.close("BR-T", MONDAY, now=EVENING) == 10
    (closed,) = await closings(redis)
    assert (closed.issued, closed.cancelled) == (10, 10)
    assert (await days.tally("BR-T", MONDAY)).tickets[State.WAITING] == 0


async def test_what_a_lost_store_interrupts_is_made_good(tickets, days, redis, monkeypatch):
    """Half of the day was cancelled; the next instance does the rest and closes."""
    monkeypatch.setattr(store_days, "CHUNK", 5)
    for n in range(10):
        await issue(tickets, n)
    look = redis.srandmember

    async def lose_the_store(key: str, count: int) -> object:
        if await redis.scard(key) < 10:
            raise RedisConnectionError
        return await look(key, count)

    with monkeypatch.context() as broken:
        broken.setattr(redis, "srandmember", lose_the_store)
        with pytest.raises(RedisConnectionError):
            await days.close("BR-T", MONDAY, now=EVENING)
    assert (await days.tally("BR-T", MONDAY)).tickets[State.WAITING] == 5
    assert await closings(redis) == []
    assert await Days(redis).close("BR-T", MONDAY, now=EVENING) == 5
    (closed,) = await closings(redis)
    assert (closed.issued, closed.cancelled) == (10, 10)


async def test_no_ticket_is_issued_for_a_closed_day(tickets, days):
    """Longer hours in a new catalogue do not reopen it: who came then would never be closed."""
    await issue(tickets)
    await days.close("BR-T", MONDAY, now=EVENING)
    with pytest.raises(BranchClosed) as refusal:
        await issue(tickets, 2)
    assert refusal.value.next_opening == at("09:00", TUESDAY)


async def test_a_late_word_moves_a_cancelled_ticket_to_where_it_was(tickets, days):
    """It stood at a window all the time: the counts of all services agree in the end."""
    await issue(tickets)
    await days.close("BR-T", MONDAY, now=EVENING)
    await tickets.apply(an_id(1), Word(State.FINISHED, "7"), at=a_position(1))
    tally = await days.tally("BR-T", MONDAY)
    assert (tally.tickets[State.FINISHED], tally.total) == (1, 1)


async def test_a_ticket_that_expired_does_not_keep_its_day_open(tickets, days, redis):
    """After a stop of weeks nothing is left to cancel, but the day is closed."""
    await issue(tickets)
    await redis.delete(KEYS.ticket(an_id(1)))
    assert await days.close("BR-T", MONDAY, now=EVENING) == 0
    assert len(await closings(redis)) == 1


async def test_the_job_waits_for_closing_time_and_grace(job, tickets, redis):
    """Whoever waits at closing time is still served."""
    await issue(tickets)
    await job.look(at("18:59:59"))
    assert await closings(redis) == []
    await job.look(EVENING)
    assert len(await closings(redis)) == 1


async def test_the_job_closes_days_that_passed_in_a_stop(job, tickets, days, redis):
    """Restarted after days: each old day is closed, today goes on."""
    await issue(tickets, 1)
    await issue(tickets, 2, now=at("12:00", TUESDAY))
    await issue(tickets, 3, now=at("09:30", SATURDAY))
    await job.look(at("10:00", SATURDAY))
    assert [closed.day for closed in await closings(redis)] == [MONDAY, TUESDAY]
    assert await days.still_open("BR-T") == [SATURDAY]


async def test_a_day_without_tickets_is_closed_too(job, redis):
    """Others close their windows by it."""
    await job.look(NOON)
    await job.look(EVENING)
    await job.look(at("23:00"))
    (closed,) = await closings(redis)
    assert closed == DayClosed(day=MONDAY, issued=0, cancelled=0)
    assert await redis.ttl(KEYS.day(MONDAY)) > 0


async def test_a_closed_day_does_not_begin_again(days, tickets, redis):
    """The branch may still be open by a newer catalogue; its day is over."""
    await issue(tickets)
    await days.close("BR-T", MONDAY, now=EVENING)
    await days.open("BR-T", MONDAY)
    assert await days.still_open("BR-T") == []


async def test_a_day_begins_when_the_branch_opens(job, days):
    """Not at midnight: nothing happens before."""
    await job.look(at("08:59:59"))
    assert await days.still_open("BR-T") == []
    await job.look(at("09:00"))
    assert await days.still_open("BR-T") == [MONDAY]


async def test_a_day_off_has_no_end(job, days, redis):
    """Nothing began, so nothing is closed."""
    await job.look(at("12:00", SUNDAY))
    await job.look(at("23:59", SUNDAY))
    assert await closings(redis) == []
    assert await days.still_open("BR-T") == []


async def test_next_day_s_numbers_are_clean(job, tickets, redis):
    """The day after begins with one."""
    await issue(tickets)
    await job.look(EVENING)
    assert (await issue(tickets, 2, now=at("09:00", TUESDAY))).number == "Б 001"
