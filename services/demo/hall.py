"""Who stands in the hall: which visitor holds which ticket, and whether they still wait.

This is what an operator sees by raising their eyes. It is not asked of the services.
"""

from dataclasses import dataclass, field

from services.world.visitors import Visitor


@dataclass
class Hall:
    """The people of one branch's day, by the ids of their tickets."""

    _people: dict[str, Visitor] = field(default_factory=dict)
    _waiting: set[str] = field(default_factory=set)
    _gone: set[str] = field(default_factory=set)
    turned_away: int = 0

    def enter(self, ticket: str, visitor: Visitor) -> None:
        self._people[ticket] = visitor
        self._waiting.add(ticket)

    def called(self, ticket: str) -> Visitor | None:
        """Return who holds *ticket* and no longer waits; None for a ticket not of the plan."""
        self._waiting.discard(ticket)
        return self._people.get(ticket)

    def leave(self, ticket: str) -> None:
        self._waiting.discard(ticket)
        self._gone.add(ticket)

    def waits(self, ticket: str) -> bool:
        return ticket in self._waiting

    def has_left(self, ticket: str) -> bool:
        return ticket in self._gone

    def anyone_for(self, skills: frozenset[str]) -> bool:
        """Tell whether somebody waits whom an operator with *skills* can serve."""
        return any(self._people[ticket].skills <= skills for ticket in self._waiting)
