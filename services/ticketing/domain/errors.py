"""What ticketing refuses. The API turns each into a problem document of the same name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from services.ticketing.domain.hours import Opening
    from services.ticketing.domain.reading import Problem
    from services.ticketing.domain.tickets import State


class Refused(Exception):
    """A request that cannot be done; nothing was changed."""


class Unknown(Refused):
    """Something that is not there."""


class Invalid(Refused):
    """A request that can never be done as it stands."""


class UnknownBranch(Unknown):
    """A branch that the catalogue does not have."""

    def __init__(self, branch: str) -> None:
        super().__init__(f"no branch {branch}")
        self.branch = branch


class UnknownService(Unknown):
    """A service that the branch does not offer."""

    def __init__(self, branch: str, service: str) -> None:
        super().__init__(f"branch {branch} offers no service {service}")
        self.branch = branch
        self.service = service


class UnknownTicket(Unknown):
    """A ticket that never was, or is no longer kept."""

    def __init__(self, ticket: str) -> None:
        super().__init__("no such ticket")
        self.ticket = ticket


class BranchClosed(Refused):
    """A ticket was asked for while none is given out."""

    def __init__(self, branch: str, hours: Opening | None, next_opening: datetime | None) -> None:
        super().__init__(f"branch {branch} gives out no tickets now")
        self.branch = branch
        self.hours = hours  # today's
        self.next_opening = next_opening


class TicketNotCancellable(Refused):
    """A ticket whose visitor is being served, or whose story is over."""

    def __init__(self, ticket: str, state: State, legal: Iterable[State]) -> None:
        super().__init__(f"the ticket is {state}")
        self.ticket = ticket
        self.state = state
        self.legal = sorted(legal)


class CatalogueInvalid(Invalid):
    """A catalogue with faults; nothing of it was taken over."""

    def __init__(self, errors: Iterable[Problem]) -> None:
        self.errors = tuple(errors)
        super().__init__(f"the catalogue has faults: {len(self.errors)}")


class IdempotencyKeyReused(Invalid):
    """A key that came before with another request."""

    def __init__(self) -> None:
        super().__init__("this Idempotency-Key was used for another request")
