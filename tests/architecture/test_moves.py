"""The docs draw the moves that the code makes."""

from __future__ import annotations

import pytest

from services.dispatch.domain import tickets, windows
from tests.architecture.moves import DOCUMENT, drawing


def test_the_drawing_is_that_of_the_tables():
    """Write it anew: python -m tests.architecture.moves."""
    assert DOCUMENT.read_text("utf-8") == drawing()


@pytest.mark.parametrize("state", tickets.State)
def test_every_state_of_a_ticket_is_reached_and_left(state: tickets.State):
    """Or it is the beginning, or an end that nothing but a return leaves."""
    reached = {to for _, to in tickets.MOVES.values()}
    left = {s for come_from, _ in tickets.MOVES.values() for s in come_from}
    assert state in reached
    assert state in left or state in tickets.FINAL


@pytest.mark.parametrize("command", windows.Command)
def test_what_a_command_does_to_the_visitor_is_a_move_of_the_ticket(command: windows.Command):
    """A window with nobody there moves no ticket, one with a visitor never loses them silently."""
    move = windows.MOVES[command]
    with_a_visitor = {windows.State.CALLING, windows.State.SERVING}
    if with_a_visitor & set(move.come_from) and move.to not in {*with_a_visitor, None}:
        assert move.ticket is not None
