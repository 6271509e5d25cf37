"""What dispatch says about tickets, on a real store: in any order, twice, with gaps."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from contracts.envelope import Position
from services.chassis.redis import connect
from services.ticketing.domain.errors import TicketNotCancellable
from services.ticketing.domain.tickets import CANCELLABLE, State, Word, settled
from services.ticketing.store.days import Days
from services.ticketing.store.keys import Keys
from services.ticketing.store.tickets import Tickets
from tests.stack import Store
from tests.store.test_ticketing_tickets import NOON, a_position, an_id, issue
from tests.unit.ticketing.builders import MONDAY, at


@pytest.fixture
def tickets(redis: Redis) -> Tickets:
    return Tickets(redis)


async def test_a_call_shows_its_window_and_time(tickets):
    """The visitor's page says where to go."""
    await issue(tickets)
    await tickets.apply(an_id(1), Word(State.CALLED, "7", at("12:10")), at=a_position(1))
    ticket = await tickets.get(an_id(1))
    assert (ticket.state, ticket.window, ticket.called_at) == (State.CALLED, "7", at("12:10"))


async def test_a_finished_ticket_has_no_window_any_more(tickets):
    """But it keeps when it was called."""
    await issue(tickets)
    for n, word in enumerate([Word(State.CALLED, "7", NOON), Word(State.FINISHED, "7")], 1):
        await tickets.apply(an_id(1), word, at=a_position(n))
    ticket = await tickets.get(an_id(1))
    assert (ticket.state, ticket.window, ticket.called_at) == (State.FINISHED, None, NOON)


async def test_a_ticket_that_waits_again_is_at_no_window(tickets):
    """And nobody reads of a call that is past."""
    await issue(tickets)
    for n, word in enumerate([Word(State.CALLED, "7", NOON), Word(State.WAITING)], 1):
        await tickets.apply(an_id(1), word, at=a_position(n))
    ticket = await tickets.get(an_id(1))
    assert (ticket.state, ticket.window, ticket.called_at) == (State.WAITING, None, None)


async def test_a_deferred_ticket_shows_its_hour_while_it_is(tickets):
    """Then the hour is past too."""
    await issue(tickets)
    await tickets.apply(an_id(1), Word(State.DEFERRED, until=at("13:30")), at=a_position(1))
    ticket = await tickets.get(an_id(1))
    assert (ticket.state, ticket.deferred_until) == (State.DEFERRED, at("13:30"))
    await tickets.apply(an_id(1), Word(State.WAITING), at=a_position(2))
    assert (await tickets.get(an_id(1))).deferred_until is None


async def test_an_event_heard_twice_or_late_changes_nothing(tickets, redis):
    """Only what is newer than the newest known counts."""
    await issue(tickets)
    await tickets.apply(an_id(1), Word(State.SERVING, "7"), at=a_position(2))
    await tickets.apply(an_id(1), Word(State.SERVING, "7"), at=a_position(2))
    await tickets.apply(an_id(1), Word(State.CALLED, "5", NOON), at=a_position(1))
    ticket = await tickets.get(an_id(1))
    assert (ticket.state, ticket.window) == (State.SERVING, "7")
    assert (await Days(redis).tally("BR-T", MONDAY)).tickets[State.SERVING] == 1


async def test_events_that_were_not_heard_are_noticed(tickets):
    """Whatever the event is about: a ticket, a stranger's ticket, nothing of ours."""

    def place(id: str, previous: str) -> Position:
        return Position("talon.calls", "BR-T", id, previous)

    await issue(tickets)
    assert await tickets.pass_by(place("1-0", "0-0")) is None
    word = Word(State.CALLED, "7", NOON)
    assert await tickets.apply(an_id(1), word, at=place("3-0", "2-0")) == "1-0"
    assert await tickets.apply(an_id(9), word, at=place("9-0", "8-0")) == "3-0"
    assert await tickets.pass_by(place("9-1", "9-0")) is None


async def test_a_ticket_that_is_no_longer_kept_does_not_come_back(tickets, redis):
    """A late word leaves no half of a ticket and no count behind."""
    await tickets.apply(an_id(1), Word(State.FINISHED, "7"), at=a_position(1))
    assert await redis.keys("*ticket:*") == []
    assert (await Days(redis).tally("BR-T", MONDAY)).total == 0


stories = st.sampled_from(
    [
        [State.CALLED],
        [State.CALLED, State.SERVING],
        [State.CALLED, State.SERVING, State.FINISHED],
        [State.CALLED, State.NO_SHOW],
        [State.CALLED, State.CANCELLED],
        [State.CALLED, State.SERVING, State.WAITING, State.CALLED, State.SERVING, State.FINISHED],
        [State.CALLED, State.NO_SHOW, State.WAITING, State.CALLED],
        [State.DEFERRED, State.WAITING],
        [State.CALLED, State.DEFERRED, State.WAITING, State.CALLED, State.NO_SHOW],
        [State.CALLED, State.SERVING, State.DEFERRED],
    ]
)


@settings(max_examples=100, deadline=None)
@given(stories, st.integers(0, 6), st.booleans(), st.data())
def test_the_store_weighs_words_as_the_rule_does(store: Store, story, moment, cancels, data):
    """Twin of domain/tickets.py: settled. Also with lost events, and counts that add up."""
    heard = [n for n in range(len(story)) if data.draw(st.booleans(), f"event {n} is heard")]

    async def live() -> None:
        redis = connect(store.url)
        await redis.flushall()
        tickets, own, dispatch = Tickets(redis), State.WAITING, None
        await issue(tickets)
        for n in range(len(story) + 1):
            if cancels and n == min(moment, len(story)):
                if settled(own, dispatch) in CANCELLABLE:
                    own = State.CANCELLED
                    await tickets.cancel(an_id(1), command="c", now=NOON)
                else:
                    with pytest.raises(TicketNotCancellable):
                        await tickets.cancel(an_id(1), command="c", now=NOON)
            if n in heard:
                dispatch = story[n]
                await tickets.apply(an_id(1), Word(dispatch, "7"), at=a_position(n + 1))
            state = (await tickets.get(an_id(1))).state
            assert state is settled(own, dispatch)
            waits = {an_id(1)} if state in {State.WAITING, State.DEFERRED} else set()
            assert await redis.smembers(Keys("BR-T").waiting(MONDAY)) == waits
            tally = await Days(redis).tally("BR-T", MONDAY)
            assert tally.tickets == {s: int(s is state) for s in State}
        await redis.aclose()

    asyncio.run(live())
