"""The orders of calling that are compared, and what each day is to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta
from enum import StrEnum
from typing import Final

from services.dispatch.domain.routing import take_in
from services.dispatch.domain.rules import Rules
from services.dispatch.simulation import bounds, rivals
from services.dispatch.simulation.day import Day
from services.dispatch.simulation.engine import play
from services.dispatch.simulation.measures import Wait, waits
from services.dispatch.simulation.policies import Policy, Promises
from services.dispatch.simulation.rivals import Ranked

PRESSED: Final = 0.5
"""Half of a line's pressure as its head start: what there is to win by looking at other lines."""

NO_LEAD: Final = timedelta(0)
"""The booked hour as a promise like any other."""


class Kind(StrEnum):
    """What a contender is in the comparison."""

    KNOWN = "known"  # a rule that queue systems have
    MIXED = "mixed"  # tells apart what is won by order and what by the choice of windows
    OURS = "ours"
    BOUND = "bound"  # nobody can have it


@dataclass(frozen=True, slots=True)
class Contender:
    """An order of calling with a name."""

    name: str
    about: str
    kind: Kind
    policy: Policy
    lives: Callable[[Day], Day] = lambda day: day  # the day as it is under this contender


def contenders(
    rules: Rules, days: Sequence[Day], breaks: Mapping[str, time] | None = None
) -> list[Contender]:
    """Return all that are compared on *days*; *breaks*: a plan to be tried with some of them."""
    return [*_known(rules, days), *_ours(rules, breaks), *_bounds(rules)]


def _known(rules: Rules, days: Sequence[Day]) -> Iterator[Contender]:
    weights = rivals.by_weight(rivals.line_weights(days))
    for name, about, rank in (
        ("fifo", "by arrival", rivals.by_arrival),
        ("classes", "strict classes, then by arrival (BC Gov, Novo SGA)", rivals.by_class),
        ("booked-first", "the law, due bookings, then by arrival (ZMS)", rivals.booked_merged),
        ("weights", "waiting × weight of visitor × weight of line", weights),
    ):
        yield Contender(name, about, Kind.KNOWN, Ranked(rank, rules))
    about = "booked-first, but choosing windows as we do"
    mixed = Ranked(rivals.booked_merged, rules, take_in)
    yield Contender("booked+windows", about, Kind.MIXED, mixed)


def _ours(rules: Rules, breaks: Mapping[str, time] | None) -> Iterator[Contender]:
    plain = Promises(replace(rules, booking_lead=NO_LEAD))
    yield Contender("no-lead", "bookings by their hour, no sooner", Kind.OURS, plain)
    pressed = Promises(replace(rules, pressure=PRESSED))
    yield Contender("pressure", "lines under pressure sooner", Kind.OURS, pressed)
    yield Contender("talon", "the law, then the earliest promise", Kind.OURS, Promises(rules))
    if breaks is not None:
        about = "the same with the planned breaks"
        yield Contender(
            "talon+breaks", about, Kind.OURS, Promises(rules), lambda day: day.with_breaks(breaks)
        )


def _bounds(rules: Rules) -> Iterator[Contender]:
    about = "visits known beforehand, who is late anyway last"
    yield Contender("known-visits", about, Kind.BOUND, bounds.KnownVisits(rules))
    about = "everybody can do everything"
    yield Contender("all-skills", about, Kind.BOUND, Promises(rules), bounds.all_skills)


def run(contender: Contender, days: Sequence[Day], rules: Rules) -> Iterator[list[Wait]]:
    """Live *days* one by one; yield the waits of each."""
    for day in days:
        yield waits(play(contender.lives(day), contender.policy), rules)
