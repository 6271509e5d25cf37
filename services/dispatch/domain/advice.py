"""What a shift head could do, and what each of it would change by the forecast."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from itertools import islice
from typing import Final

from contracts.catalogue import Operator
from contracts.catalogue import Window as Place
from contracts.values import Name
from services.dispatch.domain.skills import HELPS, Abilities, needs_of
from services.dispatch.domain.snapshot import OpenWindow, Snapshot

WORTH_IT: Final = 1.0  # people who would not wait past their promise
MOST: Final = 3  # pieces of advice: more are read by nobody
SOON: Final = timedelta(minutes=45)  # a break so near may be moved
LATER: Final = timedelta(minutes=60)
TRIED: Final = 8  # of each kind


class Kind(StrEnum):
    """What could be done."""

    OPEN_WINDOW = "open_window"
    END_BREAK = "end_break"
    MOVE_BREAK = "move_break"
    LEND_SKILL = "lend_skill"


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do; people who by the forecast wait past their promise, without and with it."""

    kind: Kind
    operator: str
    window: str
    skill: str
    late_before: float
    late_after: float


def advise(
    places: Sequence[Place],
    snapshot: Snapshot,
    idle: Sequence[Operator],
    late: Callable[[Snapshot], Mapping[str, float]],
    tries: int,
) -> list[Advice]:
    """The best things to do, best first; none if nothing is worth it.

    *places* are all windows of the branch, *idle* are operators who are on shift and at none of
    them; *late* says of each line how many will wait past their promise, and is asked so many
    *tries* at most.
    """
    before = late(snapshot)
    if sum(before.values()) < WORTH_IT:
        return []
    tried = []
    options = islice(_options(places, snapshot, idle, before), tries)
    for kind, operator, window, skill, changed in options:
        after = sum(late(changed).values())
        if sum(before.values()) - after >= WORTH_IT:
            tried.append(Advice(kind, operator, window, skill, sum(before.values()), after))
    return sorted(tried, key=lambda advice: advice.late_after)[:MOST]


Option = tuple[Kind, str, str, str, Snapshot]


def _options(
    places: Sequence[Place],
    snapshot: Snapshot,
    idle: Sequence[Operator],
    late: Mapping[str, float],
) -> Iterator[Option]:
    worst = max(late, key=lambda line: late[line])
    yield from _open(places, snapshot, idle)
    for window in snapshot.windows:
        if window.absent:
            continue
        if window.free > snapshot.now and window.visit is None:
            now = replace(window, free=snapshot.now)
            yield Kind.END_BREAK, "", window.window, "", _with(snapshot, now)
        if window.rest and window.rest.starts < snapshot.now + SOON:
            rest = replace(window.rest, starts=window.rest.starts + LATER)
            later = _with(snapshot, replace(window, rest=rest))
            yield Kind.MOVE_BREAK, "", window.window, "", later
    yield from _lend(snapshot, worst)


def _open(
    places: Sequence[Place], snapshot: Snapshot, idle: Sequence[Operator]
) -> Iterator[Option]:
    taken = {window.window for window in snapshot.windows}
    free = [place for place in places if place.window not in taken]
    if not free:
        return
    for operator in idle[:TRIED]:
        place = next((place for place in free if place.window == operator.window), free[0])
        opened = OpenWindow(
            place.window,
            Abilities.of(operator, place),
            snapshot.now + timedelta(minutes=2),
            max((w.ends for w in snapshot.windows), default=snapshot.now + timedelta(hours=2)),
        )
        wider = replace(snapshot, windows=(*snapshot.windows, opened))
        yield Kind.OPEN_WINDOW, operator.operator, place.window, "", wider


def _lend(snapshot: Snapshot, line: str) -> Iterator[Option]:
    """One skill that a window lacks for the worst line, to help with."""
    missing = [
        (window, lacks)
        for window in snapshot.windows
        if not window.absent
        and len(lacks := [n for n in needs_of(line) if n not in window.abilities.levels]) == 1
    ]
    for window, (skill,) in missing[:TRIED]:
        able = Abilities({**window.abilities.levels, skill: HELPS})
        lent = _with(snapshot, replace(window, abilities=able))
        yield Kind.LEND_SKILL, "", window.window, skill, lent


def _with(snapshot: Snapshot, changed: OpenWindow) -> Snapshot:
    windows = tuple(changed if w.window == changed.window else w for w in snapshot.windows)
    return replace(snapshot, windows=windows)


WORDS: Final[Mapping[Kind, Name]] = {
    Kind.OPEN_WINDOW: Name(
        ru="Откройте окно {window}: {operator} сейчас не у окна",
        en="Open window {window}: {operator} is at no window now",
    ),
    Kind.END_BREAK: Name(
        ru="Верните с перерыва окно {window}",
        en="Call window {window} back from the break",
    ),
    Kind.MOVE_BREAK: Name(
        ru="Перенесите перерыв окна {window} на час позже",
        en="Move the break of window {window} an hour later",
    ),
    Kind.LEND_SKILL: Name(
        ru="Пусть окно {window} помогает: «{skill}»",
        en="Let window {window} help with: {skill}",
    ),
}
