"""The life of a ticket, told from two sides."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.tickets import (
    CANCELLABLE,
    DISPATCH_RANK,
    MOVES,
    OWN_RANK,
    State,
    settled,
)

FINAL = {state for state in State if not MOVES[state]}


@pytest.mark.parametrize(
    ("own", "dispatch", "state"),
    [
        (State.WAITING, None, State.WAITING),
        (State.CANCELLED, None, State.CANCELLED),
        (State.WAITING, State.CALLED, State.CALLED),
        (State.CANCELLED, State.CALLED, State.CANCELLED),
        (State.CANCELLED, State.SERVING, State.SERVING),
        (State.CANCELLED, State.FINISHED, State.FINISHED),
        (State.CANCELLED, State.NO_SHOW, State.NO_SHOW),
        (State.WAITING, State.CANCELLED, State.CANCELLED),
    ],
)
def test_whoever_sees_the_hall_has_the_last_word(own, dispatch, state):
    """A cancelled ticket is not called any more, but whoever was served did come."""
    assert settled(own, dispatch) is state


def test_every_word_of_each_side_has_a_rank():
    """No state can be said that could not be weighed."""
    assert set(OWN_RANK) == {State.WAITING, State.CANCELLED}
    assert set(DISPATCH_RANK) == set(State) - {State.WAITING}
    assert not set(OWN_RANK.values()) & set(DISPATCH_RANK.values())


def test_a_visitor_may_cancel_until_served():
    """The table alone says what may be cancelled."""
    assert set(CANCELLABLE) == {State.WAITING, State.CALLED}


def test_no_ticket_comes_back_from_its_end():
    """Three ends, and every state leads to one."""
    assert FINAL == {State.FINISHED, State.NO_SHOW, State.CANCELLED}
    assert all(
        MOVES[state] & (FINAL | {State.CALLED, State.SERVING}) for state in set(State) - FINAL
    )


walks = st.sampled_from(
    [
        [State.CALLED],
        [State.CALLED, State.SERVING],
        [State.CALLED, State.SERVING, State.FINISHED],
        [State.CALLED, State.NO_SHOW],
        [State.CALLED, State.CANCELLED],
    ]
)


@given(walks, st.booleans(), st.randoms())
def test_the_order_of_two_topics_never_matters(walk, cancelled, random):
    """However the two stories are woven together, the ticket ends in the same state."""
    ends = set()
    for _ in range(5):
        own, dispatch, story = State.WAITING, None, [*walk]
        place = random.randint(0, len(walk)) if cancelled else -1
        for n in range(len(story) + 1):
            if n == place:
                own = State.CANCELLED
            if n < len(story):
                dispatch = story[n]
        ends.add(settled(own, dispatch))
    assert len(ends) == 1


def test_every_walk_of_dispatch_follows_the_table():
    """Dispatch's own words move a ticket along legal moves only."""
    said = [State.CALLED, State.SERVING, State.FINISHED]
    for first, second in permutations(said, 2):
        if second in MOVES[first]:
            assert DISPATCH_RANK[second] >= DISPATCH_RANK[first]
