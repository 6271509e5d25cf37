"""The life of a ticket, told from two sides."""

from __future__ import annotations

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
    assert {State.FINISHED, State.NO_SHOW, State.CANCELLED} == FINAL
    assert all(
        MOVES[state] & (FINAL | {State.CALLED, State.SERVING}) for state in set(State) - FINAL
    )


dispatch_words = st.none() | st.sampled_from(sorted(DISPATCH_RANK))


@given(st.sampled_from(sorted(OWN_RANK)), dispatch_words)
def test_a_ticket_is_where_one_of_the_two_says(own, dispatch):
    """The state is nobody's invention, and dispatch outweighs all but the wish to leave."""
    state = settled(own, dispatch)
    assert state in {own, dispatch}
    if dispatch in set(State) - {State.CALLED}:
        assert state is dispatch


@given(dispatch_words)
def test_only_before_its_start_can_a_service_be_given_up(dispatch):
    """Cancelling what is not cancellable changes nothing, whenever the wish arrives."""
    state = settled(State.WAITING, dispatch)
    cancelled = settled(State.CANCELLED, dispatch)
    assert cancelled is (State.CANCELLED if state in CANCELLABLE else state)
