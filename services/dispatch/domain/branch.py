"""A branch as dispatch needs it: who can serve what, and which lines that makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts.catalogue import BranchPublished, Operator, Service, Window
from contracts.values import Name
from services.dispatch.domain.errors import (
    UnknownOperator,
    UnknownService,
    UnknownWindow,
    UnknownZone,
)
from services.dispatch.domain.skills import line_of, needs_of, place_name


@dataclass(frozen=True, slots=True)
class Opening:
    """The hours of one day. Tickets are given from *opens* until *last_ticket*."""

    opens: datetime
    last_ticket: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch, indexed."""

    published: BranchPublished
    services: Mapping[str, Service]
    operators: Mapping[str, Operator]
    windows: Mapping[str, Window]
    lines: tuple[str, ...]  # every line that a service has by itself, in alphabetical order
    skills: Mapping[str, Name]

    @classmethod
    def of(cls, published: BranchPublished) -> Branch:
        return cls(
            published,
            {s.code: s for s in published.services},
            {o.operator: o for o in published.operators},
            {w.window: w for w in published.windows},
            tuple(sorted({line_of(s.skills) for s in published.services})),
            {s.code: s.name for s in published.skills},
        )

    @property
    def code(self) -> str:
        return self.published.branch

    @property
    def zone_info(self) -> ZoneInfo:
        """The time zone of the branch's own clock."""
        return ZoneInfo(self.published.timezone)

    def at(self, day: date, clock: time) -> datetime:
        """The moment when the branch's clock shows *clock* on *day*."""
        return datetime.combine(day, clock, self.zone_info)

    def end_of(self, day: date) -> datetime:
        """The midnight, by the branch's own clock, that ends *day*."""
        return self.at(day + timedelta(days=1), time.min)

    def opening(self, day: date) -> Opening | None:
        """The hours of *day*; None when the branch does not open."""
        hours = self.published.week[day.weekday()]
        if hours is None:
            return None
        closes = self.at(day, hours.closes)
        before = timedelta(minutes=self.published.last_ticket_minutes)
        return Opening(self.at(day, hours.opens), closes - before, closes)

    def window(self, number: str) -> Window:
        """Raise UnknownWindow unless the branch has it."""
        if number not in self.windows:
            raise UnknownWindow(self.code, number)
        return self.windows[number]

    def operator(self, id: str) -> Operator:
        """Raise UnknownOperator unless the branch has them."""
        if id not in self.operators:
            raise UnknownOperator(self.code, id)
        return self.operators[id]

    def service(self, code: str) -> Service:
        """Raise UnknownService unless the branch offers it."""
        if code not in self.services:
            raise UnknownService(self.code, code)
        return self.services[code]

    def zone(self, name: str) -> str:
        """Raise UnknownZone unless a window is in it."""
        if all(window.zone != name for window in self.windows.values()):
            raise UnknownZone(self.code, name)
        return name

    def open_to(self, operator: str) -> tuple[str, ...]:
        """The lines that *operator* may serve, main or helping."""
        able = {*self.operator(operator).skills, *self.operator(operator).helps}
        return tuple(line for line in self.lines if able.issuperset(needs_of(line)))

    def name_of(self, line: str) -> Name:
        """A line's name for people: what it needs."""
        needs = [self.skills.get(code) or place_name(code) for code in needs_of(line)]
        return Name(ru=" + ".join(n.ru for n in needs), en=" + ".join(n.en for n in needs))
