"""Who may serve what: needs of tickets, skills of operators, and what a window adds to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from contracts.catalogue import Operator, Window
from contracts.values import Name

MAIN: Final = 1
HELPS: Final = 2
"""Levels of a skill: one's own work, and that of others which one may take over."""

ACCESSIBLE: Final = "@accessible"
"""Needed by who cannot reach every window. What a place offers looks like a skill: one rule."""


def at_window(number: str) -> str:
    """Needed by who was sent to one window: ``@window-7``."""
    return f"@window-{number}"


def in_zone(zone: str) -> str:
    """Needed by who is to stay in a hall: ``@zone-hall-2``."""
    return f"@zone-{zone}"


def line_of(needs: Iterable[str]) -> str:
    """The line of all tickets that need the same: ``ISSUE+PASS``."""
    return "+".join(sorted(set(needs)))


def needs_of(line: str) -> list[str]:
    """What a ticket of *line* needs."""
    return line.split("+")


def place_name(need: str) -> Name:
    """What people call a need that is no skill."""
    if need == ACCESSIBLE:
        return Name(ru="доступное окно", en="accessible window")
    match need.split("-", 1):
        case ["@window", which]:
            return Name(ru=f"окно {which}", en=f"window {which}")
        case ["@zone", which]:
            return Name(ru=f"зал {which}", en=f"hall {which}")
    return Name(ru=need, en=need)


@dataclass(frozen=True, slots=True)
class Abilities:
    """What an operator can do at a window: need -> level."""

    levels: Mapping[str, int]

    @classmethod
    def of(cls, operator: Operator, window: Window) -> Abilities:
        place = [at_window(window.window), in_zone(window.zone)]
        if window.accessible:
            place.append(ACCESSIBLE)
        helps = dict.fromkeys(operator.helps, HELPS)
        return cls(helps | dict.fromkeys((*operator.skills, *place), MAIN))

    def level(self, line: str) -> int | None:
        """At which level somebody in *line* is served here; None: not at all."""
        levels = [self.levels.get(need) for need in needs_of(line)]
        known = [level for level in levels if level is not None]
        return max(known) if len(known) == len(levels) else None

    @property
    def breadth(self) -> int:
        """How many skills; rare ones are kept free by calling on the narrow first."""
        return sum(not need.startswith("@") for need in self.levels)


NONE: Final = Abilities({})
"""Of a window that is closed."""
