"""The projection of tickets: two stories, any order, heard any number of times."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from contracts.calls import NoShowReason, Requeued
from contracts.envelope import Event, Fact
from contracts.tickets import DayClosed
from services.chassis.redis import connect
from services.notify.domain.board import CallState
from services.notify.domain.tickets import TicketState, settled
from services.notify.store.keys import Keys
from tests.stack import Store
from tests.store.notify_hall import (
    BRANCH,
    DAY,
    MORNING,
    Hall,
    a_ticket,
    called,
    cancelled,
    deferred,
    everything,
    finished,
    issued,
    no_show,
    published,
    recalled,
    requeued,
    started,
    story,
)

W, D, C, S, F, N, X = (
    TicketState.WAITING,
    TicketState.DEFERRED,
    TicketState.CALLED,
    TicketState.SERVING,
    TicketState.FINISHED,
    TicketState.NO_SHOW,
    TicketState.CANCELLED,
)


@pytest.fixture
async def hall(redis: Redis) -> Hall:
    hall = Hall(redis)
    await hall.tell(published())
    return hall


async def test_tickets_are_counted_by_state(hall: Hall) -> None:
    """A day's numbers are those of the other services."""
    await hall.tell(
        *(issued(n) for n in range(1, 8)),
        cancelled(1),
        *(called(n) for n in (2, 3, 4, 5)),
        started(2),
        finished(2),
        started(3),
        no_show(4),
        deferred(7),
    )
    assert await hall.tickets.counts(BRANCH, DAY) == dict.fromkeys([X, F, S, N, C, D, W], 1)


async def test_a_ticket_given_up_after_its_call_counts_as_cancelled(hall: Hall) -> None:
    """Dispatch says why nobody came."""
    await hall.tell(issued(1), called(1), no_show(1, NoShowReason.CANCELLED))
    assert (await hall.tickets.counts(BRANCH, DAY))[X] == 1


async def test_whom_the_end_of_the_day_found_called_did_not_come(hall: Hall) -> None:
    """As dispatch and ticketing count it."""
    await hall.tell(issued(1), called(1), no_show(1, NoShowReason.DAY_END))
    assert (await hall.tickets.counts(BRANCH, DAY))[N] == 1


async def test_who_waits_again_is_counted_as_waiting(hall: Hall) -> None:
    """After a transfer, a missed call, a deferral, and between two services of one visit."""
    await hall.tell(*(issued(n) for n in range(1, 6)), *(called(n) for n in range(1, 5)))
    await hall.tell(
        requeued(1, call="c1"),
        no_show(2),
        requeued(2, Requeued.RETURNED),
        started(3),
        finished(3, then="B01"),
        started(4),
        finished(4, then="B01"),
        started(4),
        deferred(5),
    )
    counts = await hall.tickets.counts(BRANCH, DAY)
    assert {state: n for state, n in counts.items() if n} == {W: 3, S: 1, D: 1}
    board, _ = await hall.boards.hall(BRANCH, DAY)
    assert board.waiting == 3, "a board does not count those who named an hour"


async def test_only_the_first_call_of_a_ticket_tells_how_long_people_wait(hall: Hall) -> None:
    """Later ones come after a visit, or an hour that the visitor named."""
    await hall.tell(issued(1), called(1), deferred(1, call="c1"), requeued(1, Requeued.RESUMED))
    hall.now += timedelta(hours=1)
    await hall.tell(called(1, at=hall.now, call="again"), issued(2), called(2, at=hall.now))
    board, _ = await hall.boards.hall(BRANCH, DAY)
    assert [(wait.called_at, wait.length) for wait in board.waits] == [
        (hall.now, timedelta(minutes=5)),
        (MORNING, timedelta(minutes=5)),
    ]


async def test_a_call_is_over_on_boards_when_its_visitor_waits_again(hall: Hall) -> None:
    """Nobody is to go to that window; who was at none leaves the board as it is."""
    await hall.tell(*(issued(n) for n in range(1, 4)), *(called(n) for n in range(1, 4)))
    await hall.tell(requeued(1, call="c1"), deferred(2, call="c2"))
    await hall.tell(requeued(3, Requeued.RETURNED))
    board, _ = await hall.boards.hall(BRANCH, DAY)
    assert {call.call: state for call, state in board.calls} == {
        "c1": CallState.OVER,
        "c2": CallState.OVER,
        "c3": CallState.CALLED,
    }
    live = await hall.redis.xrange(Keys(BRANCH).live)
    assert [entry["event"] for _, entry in live] == ["call"] * 3 + ["over"] * 2


async def test_a_gap_is_told_once_and_the_story_goes_on(hall: Hall) -> None:
    """What was not heard is named by the event before it."""
    one, two, three = story([issued(1), issued(2), issued(3)])
    assert await hall.hear(one, three) == [None, one.id]
    assert await hall.hear(three) == [None]
    assert await hall.hear(two) == [None], "told again to fill the gap"
    assert (await hall.tickets.counts(BRANCH, DAY))[W] == 3


async def test_a_fact_that_is_not_ours_has_its_place_in_the_story(hall: Hall) -> None:
    """Else the next one would look like a gap."""
    facts = [issued(1), DayClosed(day=DAY, issued=1, cancelled=0), issued(2)]
    assert await hall.hear(*story(facts)) == [None, None, None]


async def test_a_ticket_goes_a_day_after_its_day_and_so_does_its_count(hall: Hall) -> None:
    """Nothing of a visitor stays longer than needed."""
    await hall.tell(issued(1))
    left = await hall.redis.pttl(Keys(BRANCH).ticket(a_ticket(1)))
    assert 38 * 3_600_000 < left <= 39 * 3_600_000  # 09:00 to the midnight after next

    tomorrow = issued(2).model_copy(update={"day": DAY.replace(day=24)})
    after_next = issued(3).model_copy(update={"day": DAY.replace(day=25)})
    hall.now = hall.now.replace(day=25)
    await hall.hear(*story([issued(1), tomorrow, after_next])[1:])
    days = {field.partition(":")[0] for field in await hall.redis.hkeys(Keys(BRANCH).days)}
    assert days == {"2026-11-24", "2026-11-25"}


def _life(
    n: int, dispatch: TicketState, ticketing: TicketState, recalls: int, *, returns: bool
) -> list[Fact]:
    """All that both sides say of a ticket that ends so, ticketing first."""
    ends: list[Fact] = {
        W: [],
        D: [called(n), deferred(n, call=f"c{n}")],
        C: [called(n)],
        S: [called(n), started(n)],
        F: [called(n), started(n), finished(n)],
        N: [called(n), no_show(n)],
        X: [called(n), no_show(n, NoShowReason.CANCELLED)],
    }[dispatch]
    again: list[Fact] = [requeued(n, call=f"c{n}"), *ends] if ends and returns else []
    calls = [*ends[:1], *(recalled(n, times=t + 1) for t in range(recalls)), *ends[1:], *again]
    return [
        issued(n),
        *([cancelled(n)] if ticketing is X else []),
        *(calls if ends else []),
    ]


lives = st.lists(
    st.tuples(
        st.sampled_from([W, D, C, S, F, N, X]),
        st.sampled_from([W, X]),
        st.integers(0, 2),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@given(lives, st.data())
@settings(max_examples=60, deadline=None)
def test_any_order_of_the_two_stories_ends_in_the_same_state(
    store: Store, ends: list[tuple[TicketState, TicketState, int, bool]], data: st.DataObject
) -> None:
    """Topics have no common order, and Kafka may tell anything twice."""
    events = story(
        [
            fact
            for n, (dispatch, ticketing, recalls, returns) in enumerate(ends)
            for fact in _life(n, dispatch, ticketing, recalls, returns=returns)
        ]
    )
    shuffled = _interleaved(events, data)

    async def heard(order: list[Event[Any]]) -> dict[str, Any]:
        redis = connect(store.url)
        try:
            await redis.flushall()
            hall = Hall(redis)
            await hall.tell(published())
            await hall.hear(*order)
            for n, (dispatch, ticketing, *_) in enumerate(ends):
                state = await redis.hget(Keys(BRANCH).ticket(a_ticket(n)), "state")
                assert state == settled(ticketing, None if dispatch is W else dispatch)
            return await everything(redis)
        finally:
            await redis.aclose()

    # A loop of its own: asyncio.run would forget the one that pytest-asyncio keeps.
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        assert runner.run(heard(shuffled)) == runner.run(heard(events))


def _interleaved(events: list[Event[Any]], data: st.DataObject) -> list[Event[Any]]:
    """The same events, each topic in its order, now and then one of the past again."""
    left = {topic: [e for e in events if e.topic == topic] for topic in {e.topic for e in events}}
    order: list[Event[Any]] = []
    while waiting := sorted(topic for topic in left if left[topic]):
        order.append(left[data.draw(st.sampled_from(waiting))].pop(0))
        if data.draw(st.booleans()):
            order.append(data.draw(st.sampled_from(order)))
    return order
