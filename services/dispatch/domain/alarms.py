"""When somebody should look: what is wrong in a hall at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.alarms import AlarmKind
from contracts.values import Name, Standing
from services.dispatch.domain.load import Load
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import State, Window

SOME_VISITS: Final = 5
"""So few are no habit yet."""

MOST_SHORT: Final = 0.4
"""Some 3 to 8 % of visits end at once, for want of documents."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing to look at."""

    kind: AlarmKind
    subject: str

    @property
    def key(self) -> str:
        """``over_norm PASS``"""
        return f"{self.kind} {self.subject}"


@dataclass(frozen=True, slots=True)
class Hall:
    """All that alarms are told from."""

    waiting: Sequence[Ticket]
    windows: Sequence[Window]
    load: Mapping[str, Load]  # by operator, today
    silent: frozenset[str]  # windows whose console gives no sign of life


def alarms(hall: Hall, rules: Rules, now: datetime) -> frozenset[Alarm]:
    """Everything that is wrong *now*."""
    return frozenset((*_of_people(hall, rules, now), *_of_windows(hall, rules, now)))


def _of_people(hall: Hall, rules: Rules, now: datetime) -> Iterator[Alarm]:
    open_ones = [w for w in hall.windows if w.state is not State.CLOSED]
    for line in {ticket.line for ticket in hall.waiting}:
        if all(window.abilities.level(line) is None for window in open_ones):
            yield Alarm(AlarmKind.NOBODY_SERVES, line)
    for ticket in hall.waiting:
        waited = now - ticket.arrived
        if waited > rules.forgotten:
            yield Alarm(AlarmKind.FORGOTTEN, ticket.id)
        if ticket.standing is Standing.BOOKED:
            if now > ticket.promise + rules.booking_norm:
                yield Alarm(AlarmKind.BOOKING_LATE, ticket.id)
        elif waited > rules.norm:
            yield Alarm(AlarmKind.OVER_NORM, ticket.line)


def _of_windows(hall: Hall, rules: Rules, now: datetime) -> Iterator[Alarm]:
    for window in hall.windows:
        since = window.since or now
        spare = rules.idle + (rules.tidying if window.state is State.TIDYING else _NOTHING)
        if window.state in _IDLE and now - since > spare and _could_serve(window, hall.waiting):
            yield Alarm(AlarmKind.IDLE, window.window)
        if window.window in hall.silent and window.ticket is not None:
            yield Alarm(AlarmKind.SILENT, window.window)
    for operator, load in hall.load.items():
        if load.visits >= SOME_VISITS and load.short > MOST_SHORT * load.visits:
            yield Alarm(AlarmKind.SHORT_VISITS, operator)


def _could_serve(window: Window, waiting: Iterable[Ticket]) -> bool:
    return any(window.abilities.level(ticket.line) is not None for ticket in waiting)


WORDS: Final[Mapping[AlarmKind, Name]] = {
    AlarmKind.OVER_NORM: Name(
        ru="{subject}: первый в очереди ждёт дольше нормы",
        en="{subject}: the first in line waits longer than the norm",
    ),
    AlarmKind.BOOKING_LATE: Name(
        ru="Талон {subject} пришёл по записи и всё ещё ждёт",
        en="Ticket {subject} came by booking and still waits",
    ),
    AlarmKind.FORGOTTEN: Name(
        ru="Талон {subject} ждёт слишком долго. Найдите этого человека",
        en="Ticket {subject} has waited far too long. Find this person",
    ),
    AlarmKind.NOBODY_SERVES: Name(
        ru="{subject}: люди ждут, а ни одно открытое окно их не принимает",
        en="{subject}: people wait, and no open window can serve them",
    ),
    AlarmKind.IDLE: Name(
        ru="Окно {subject} никого не вызывает, хотя есть кого принять",
        en="Window {subject} calls nobody, though there are people to serve",
    ),
    AlarmKind.SHORT_VISITS: Name(
        ru="{subject}: слишком много приёмов короче минуты",
        en="{subject}: too many visits shorter than a minute",
    ),
    AlarmKind.SILENT: Name(
        ru="Окно {subject}: пульт не отвечает, а посетитель там",
        en="Window {subject}: the console does not answer, and a visitor is there",
    ),
}


_IDLE: Final = (State.FREE, State.READY, State.TIDYING)
_NOTHING: Final = Rules().idle * 0
