"""What a branch offers, where and by whom.

A branch is whole in itself: it carries the services, categories and skills that it uses, so
that it is stored, read and published as one value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from services.ticketing.domain.errors import UnknownService
from services.ticketing.domain.hours import Week
from services.ticketing.domain.names import Name


@dataclass(frozen=True, slots=True)
class Skill:
    """A right and ability of operators that services need."""

    code: str
    name: Name


@dataclass(frozen=True, slots=True)
class Category:
    """A group of services; its letter opens the ticket number."""

    code: str
    prefix: str  # as seen: "Д"
    spoken: str  # as heard: "дэ"
    name: Name


@dataclass(frozen=True, slots=True)
class Service:
    """What a visitor comes for."""

    code: str
    name: Name
    category: str
    skills: tuple[str, ...]  # an operator needs all of them
    minutes: int  # usual time at the window
    documents: tuple[str, ...]
    fee: int | None  # rubles; None: ask the administrator
    aliases: tuple[str, ...]  # everyday words for it


@dataclass(frozen=True, slots=True)
class Window:
    """A place where visitors are served."""

    window: str
    zone: str
    accessible: bool


@dataclass(frozen=True, slots=True)
class Shift:
    """An operator's working hours of a weekday, within the opening hours."""

    starts: time
    ends: time
    break_at: time | None = None  # the usual hour; None: no break
    break_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Operator:
    """A person who serves visitors, by an id that is not a name."""

    operator: str
    skills: tuple[str, ...]  # the own work
    window: str | None  # the usual place
    helps: tuple[str, ...] = ()  # skills used when the own lines are empty or others are late
    shifts: tuple[Shift | None, ...] = ()  # Monday first; None: a day off; empty: not known


@dataclass(frozen=True, slots=True)
class Branch:
    """A centre: its hours, what it offers to those who walk in, its windows and people."""

    code: str
    name: Name
    week: Week
    categories: tuple[Category, ...]
    skills: tuple[Skill, ...]
    services: tuple[Service, ...]
    windows: tuple[Window, ...]
    operators: tuple[Operator, ...]

    def service(self, code: str) -> Service:
        """Return the service *code*.

        Raises:
            UnknownService: there is none, or this branch does not offer it.
        """
        for service in self.services:
            if service.code == code:
                return service
        raise UnknownService(self.code, code)

    def category(self, code: str) -> Category:
        """Return the category *code* of one of the branch's own services."""
        return next(category for category in self.categories if category.code == code)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that a catalogue file says."""

    branches: tuple[Branch, ...]
    services: int  # in the whole file, offered somewhere or not
