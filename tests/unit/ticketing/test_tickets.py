"""The life of a ticket, told from two sides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dispatch.domain import tickets as dispatch
from services.ticketing.domain.tickets import (
    AT_A_WINDOW,
    CANCELLABLE,
    DISPATCH_RANK,
    IN_LINE,
    MOVES,
    OWN_RANK,
    State,
    settled,
)

FINAL = {state for state in State if not MOVES[state]}


@pytest.mark.parametrize(
    ("own", "said", "state"),
    [
        (State.WAITING, None, State.WAITING),
        (State.CANCELLED, None, State.CANCELLED),
        (State.WAITING, State.CALLED, State.CALLED),
        (State.CANCELLED, State.CALLED, State.CANCELLED),
        (State.CANCELLED, State.SERVING, State.SERVING),
        (State.CANCELLED, State.FINISHED, State.FINISHED),
        (State.CANCELLED, State.NO_SHOW, State.NO_SHOW),
        (State.WAITING, State.CANCELLED, State.CANCELLED),
        (State.WAITING, State.DEFERRED, State.DEFERRED),
        (State.WAITING, State.WAITING, State.WAITING),
        (State.CANCELLED, State.DEFERRED, State.CANCELLED),
        (State.CANCELLED, State.WAITING, State.CANCELLED),
    ],
)
def test_whoever_sees_the_hall_has_the_last_word(own, said, state):
    """A cancelled ticket is not called any more, but whoever was served did come."""
    assert settled(own, said) is state


def test_every_word_of_each_side_has_a_rank():
    """No state can be said that could not be weighed."""
    assert set(OWN_RANK) == {State.WAITING, State.CANCELLED}
    assert set(DISPATCH_RANK) == set(State)
    assert not set(OWN_RANK.values()) & set(DISPATCH_RANK.values())


def test_a_visitor_may_cancel_until_served():
    """The table alone says what may be cancelled."""
    assert set(CANCELLABLE) == {State.WAITING, State.CALLED, State.DEFERRED}


def test_no_ticket_comes_back_from_its_end():
    """Two ends, and every other state leads to one of them, if not at once."""
    assert {State.FINISHED, State.CANCELLED} == FINAL
    reached = set(FINAL)
    while more := {state for state in State if MOVES[state] & reached} - reached:
        reached |= more
    assert reached == set(State)


def test_who_is_in_line_may_be_called_or_come_back_to_it():
    """Only those does the end of the day cancel: nobody is called any more."""
    assert all(State.CANCELLED in MOVES[state] for state in IN_LINE)
    assert all(
        not set(MOVES[state]) & {*AT_A_WINDOW} for state in set(State) - {*IN_LINE, *AT_A_WINDOW}
    )


def test_dispatch_moves_tickets_as_ticketing_expects():
    """One life, told by two services: what one allows the other knows."""
    theirs = {
        (State(was), State(to))
        for move, (come_from, to) in dispatch.MOVES.items()
        for was in come_from
        if move is not dispatch.Move.END and was != to
    }
    assert {(was, to) for was, moves in MOVES.items() for to in moves} == theirs


dispatch_words = st.none() | st.sampled_from(sorted(DISPATCH_RANK))


@given(st.sampled_from(sorted(OWN_RANK)), dispatch_words)
def test_a_ticket_is_where_one_of_the_two_says(own, said):
    """The state is nobody's invention, and dispatch outweighs all but the wish to leave."""
    state = settled(own, said)
    assert state in {own, said}
    if said in set(State) - {State.CALLED, *IN_LINE}:
        assert state is said


@given(dispatch_words)
def test_only_before_its_start_can_a_service_be_given_up(said):
    """Cancelling what is not cancellable changes nothing, whenever the wish arrives."""
    state = settled(State.WAITING, said)
    cancelled = settled(State.CANCELLED, said)
    assert cancelled is (State.CANCELLED if state in CANCELLABLE else state)
