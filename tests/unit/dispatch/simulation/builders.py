"""A visitor, a desk, a day for the simulator's tests: every default is boring."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from contracts.catalogue import Operator, Window
from contracts.values import Standing
from services.dispatch.domain.skills import Abilities, needs_of
from services.dispatch.simulation.day import Arrival, Day, Desk, Rest
from services.dispatch.simulation.invented import days
from services.embedded.data import EXAMPLE
from services.world.catalogue import Catalogue, read

ZONE = ZoneInfo("Asia/Yekaterinburg")
ON = date(2026, 11, 23)
OPENS = datetime.combine(ON, time(9), ZONE).astimezone(UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def at(minutes: float) -> datetime:
    """So many minutes after the doors opened."""
    return OPENS + minutes * MINUTE


def a_visitor(ticket: str, minute: float, line: str = "PASS", **other: Any) -> Arrival:
    """Comes at *minute* without an appointment and needs ten minutes and one for tidying."""
    values: dict[str, Any] = {
        "ticket": ticket,
        "arrived": at(minute),
        "service": "B01",
        "line": line,
        "minutes": 10,
        "standing": Standing.ORDINARY,
        "slot": None,
        "comes": True,
        "until_start": timedelta(0),
        "visit": 10 * MINUTE,
        "tidying": MINUTE,
        "patience": None,
    }
    return Arrival(**(values | other))


def a_desk(name: str, skills: str = "PASS", helps: str = "", **other: Any) -> Desk:
    """Works from 09:00 to 18:00 and stays to the last."""
    operator = Operator(
        operator=name, skills=needs_of(skills), helps=needs_of(helps) if helps else []
    )
    window = Window(window=name[1:], zone="hall", accessible=False)
    values: dict[str, Any] = {
        "operator": name,
        "window": window.window,
        "abilities": Abilities.of(operator, window),
        "starts": OPENS,
        "ends": at(540),
        "rest": None,
        "to_the_last": True,
    }
    return Desk(**(values | other))


def a_break(minute: float, length: float = 60) -> Rest:
    return Rest(at(minute), length * MINUTE)


def a_day(arrivals: list[Arrival], *desks: Desk) -> Day:
    return Day("BR-T", ON, ZONE, OPENS, at(540), tuple(arrivals), desks or (a_desk("O1"),))


@cache
def example() -> Catalogue:
    return read(EXAMPLE)


@cache
def drawn(branch: str = "BR-S", seed: int = 1, load: float = 1.0, count: int = 1) -> list[Day]:
    """Days of a branch of the example catalogue."""
    catalogue = example()
    return days(catalogue, catalogue.branch(branch).busier(load), ON, count, seed)
