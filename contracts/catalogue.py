"""What ticketing says about a branch (topic ``talon.catalogue``, compacted: the newest counts).

One fact holds all that the other services need of a branch, so that it changes as a whole and
none of them keeps half a catalogue.
"""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from contracts.envelope import Fact
from contracts.values import BranchCode, Name, ServiceCode, Value, WindowNumber


class Hours(Value):
    """Opening hours of one weekday, by the branch's own clock."""

    opens: time
    closes: time


class Category(Value):
    """A group of services; its letter opens the ticket number."""

    code: str
    prefix: str  # as seen: "Д"
    spoken: str  # as heard: "дэ"
    name: Name


class Skill(Value):
    """A right and ability of operators that services need."""

    code: str
    name: Name


class Service(Value):
    """What a visitor comes for."""

    code: ServiceCode
    name: Name
    category: str
    skills: tuple[str, ...]  # an operator needs all of them
    minutes: int  # usual time at the window
    documents: tuple[str, ...]
    fee: int | None  # rubles; None: ask the administrator


class Window(Value):
    """A place where visitors are served."""

    window: WindowNumber
    zone: str
    accessible: bool


class Shift(Value):
    """Working hours of a weekday, by the branch's own clock; never outside its opening hours."""

    starts: time
    ends: time
    break_at: time | None = None  # the usual hour; None: no break
    break_minutes: int = 0


class Operator(Value):
    """A person who serves visitors, by an id that is not a name."""

    operator: str
    skills: tuple[str, ...]  # the own work
    helps: tuple[str, ...] = ()  # skills used when the own lines are empty or others are late
    window: WindowNumber | None = None  # the usual place
    shifts: tuple[Shift | None, ...] = ()  # Monday first; None: a day off; empty: not known


class BranchPublished(Fact):
    """A branch as it is from now on."""

    TYPE: ClassVar[str] = "talon.branch.published"

    branch: BranchCode
    name: Name
    timezone: str
    week: tuple[Hours | None, ...]  # Monday first; None: closed
    last_ticket_minutes: int  # before closing
    categories: tuple[Category, ...]
    skills: tuple[Skill, ...]
    services: tuple[Service, ...]
    windows: tuple[Window, ...]
    operators: tuple[Operator, ...]
