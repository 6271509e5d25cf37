"""Where a ticket stands, heard from two sides."""

from itertools import product

import pytest

from services.notify.domain.tickets import RANK, TicketState, settled

TICKETING = (TicketState.WAITING, TicketState.CANCELLED)
DISPATCH = tuple(TicketState)


@pytest.mark.parametrize(
    ("ticketing", "dispatch", "state"),
    [
        ("waiting", None, "waiting"),
        ("cancelled", None, "cancelled"),
        ("waiting", "called", "called"),
        ("cancelled", "called", "cancelled"),
        ("cancelled", "serving", "serving"),
        ("cancelled", "finished", "finished"),
        ("cancelled", "no_show", "no_show"),
        ("waiting", "cancelled", "cancelled"),
        ("waiting", "waiting", "waiting"),
        ("waiting", "deferred", "deferred"),
        ("cancelled", "waiting", "cancelled"),
        ("cancelled", "deferred", "cancelled"),
    ],
)
def test_the_side_that_knows_more_decides(ticketing: str, dispatch: str | None, state: str) -> None:
    """A visit outranks a cancellation, and that outranks a call, a deferral and waiting again."""
    said = TicketState(dispatch) if dispatch else None
    assert settled(TicketState(ticketing), said) is TicketState(state)


def test_no_two_sides_can_tie_over_different_states() -> None:
    """Else the state would depend on who was heard first."""
    for ticketing, dispatch in product(TICKETING, DISPATCH):
        assert ticketing is dispatch or RANK[ticketing] != RANK[dispatch]
