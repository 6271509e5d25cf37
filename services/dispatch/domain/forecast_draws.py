"""What a snapshot does not know, drawn once for every run, and all of it as arrays.

Columns: tickets that wait, one probe for each line that is asked about, bookings, streams. Times
are minutes from now.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from contracts.values import Standing
from services.dispatch.domain import durations
from services.dispatch.domain import forecast_arrays as arrays
from services.dispatch.domain.forecast_arrays import (
    NEVER,
    STANDINGS,
    Course,
    Minutes,
    Numbers,
    Records,
)
from services.dispatch.domain.rules import MINUTE
from services.dispatch.domain.snapshot import Booking, Snapshot, Stream, UnderWay

ALREADY: Final = -1.0  # the arrival of those who wait
EARLIEST, USUAL, LATEST = -15.0, -7.0, 10.0  # minutes around the slot at which bookings come

_Z: Final = np.linspace(8.0, -8.0, 3201)
_ABOVE: Final = np.array([math.log(0.5 * math.erfc(z / math.sqrt(2))) for z in _Z])
"""The normal distribution: the logarithm of the share above each of ``_Z``, rising."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A snapshot as runs. The first columns are its tickets by id, then come the probes."""

    course: Course
    tickets: tuple[str, ...]
    probes: tuple[str, ...]
    lines: tuple[str, ...]


def draw(snapshot: Snapshot, runs: int, dice: np.random.Generator) -> Drawn:
    """Write *snapshot* down *runs* times, what it does not know drawn for each.

    With the same dice, two snapshots that differ in their windows alone get the same draws.
    """
    lines = tuple(sorted(_lines(snapshot)))
    visitors = np.hstack(
        [
            _waiting(snapshot, lines, runs, dice),
            _probes(snapshot, lines, runs),
            *(_booking(one, snapshot, lines, runs, dice) for one in snapshot.bookings),
            *(_stream(one, snapshot, lines, runs, dice) for one in snapshot.streams),
        ]
    )
    windows, levels = _windows(snapshot, lines, runs, dice)
    calls = arrays.no_calls(len(lines), snapshot.rules)
    for line, since in snapshot.calls_since.items():
        if line in lines:
            calls[lines.index(line)]["since"] = since
    course = Course(
        visitors,
        arrays.by_arrival(visitors),
        windows,
        calls,
        arrays.no_lanes(calls),
        arrays.skills(levels),
        arrays.policy_of(snapshot.rules),
    )
    tickets = tuple(sorted(one.ticket for one in snapshot.waiting))
    return Drawn(course, tickets, snapshot.lines, lines)


def _lines(snapshot: Snapshot) -> set[str]:
    groups = (snapshot.waiting, snapshot.bookings, snapshot.streams)
    return set(snapshot.lines).union(one.line for group in groups for one in group)


def _waiting(
    snapshot: Snapshot, lines: Sequence[str], runs: int, dice: np.random.Generator
) -> Records:
    waiting = sorted(snapshot.waiting, key=lambda one: one.ticket)
    visitors = arrays.nobody(runs, len(waiting))
    visitors["arrives"] = ALREADY
    visitors["line"] = [lines.index(one.line) for one in waiting]
    visitors["standing"] = [STANDINGS.index(one.standing) for one in waiting]
    visitors["promise"] = [(one.promise - snapshot.now) / MINUTE for one in waiting]
    visitors["plain"] = [(one.plain - snapshot.now) / MINUTE for one in waiting]
    _visit(visitors, [one.visit for one in waiting], snapshot.habits, dice)
    return visitors


def _probes(snapshot: Snapshot, lines: Sequence[str], runs: int) -> Records:
    """An ordinary ticket taken now, in each line."""
    visitors = arrays.nobody(runs, len(snapshot.lines))
    visitors["arrives"] = ALREADY
    visitors["line"] = [lines.index(line) for line in snapshot.lines]
    visitors["standing"] = STANDINGS.index(Standing.ORDINARY)
    visitors["promise"] = visitors["plain"] = snapshot.rules.target / MINUTE
    visitors["probe"] = 1
    return visitors


def _booking(
    one: Booking, snapshot: Snapshot, lines: Sequence[str], runs: int, dice: np.random.Generator
) -> Records:
    visitors = arrays.nobody(runs, 1)
    slot = (one.slot - snapshot.now) / MINUTE
    earliest, latest = max(slot + EARLIEST, 0.0), max(slot + LATEST, 0.0)
    usual = min(max(slot + USUAL, earliest), latest)
    comes = dice.random((runs, 1)) < one.comes
    fits = dice.triangular(earliest, usual, latest + 0.01, (runs, 1))
    visitors["arrives"] = np.where(comes, fits, NEVER)
    visitors["line"] = lines.index(one.line)
    visitors["standing"] = STANDINGS.index(Standing.BOOKED)
    visitors["promise"] = visitors["plain"] = slot
    _visit(visitors, [one.visit], snapshot.habits, dice)
    return visitors


def _stream(
    one: Stream, snapshot: Snapshot, lines: Sequence[str], runs: int, dice: np.random.Generator
) -> Records:
    """Arrivals at random, as many in each run as the rate allows."""
    lasts = max((one.until - snapshot.now) / MINUTE, 0.0)
    counts = dice.poisson(one.per_hour * lasts / 60, (runs, 1))
    visitors = arrays.nobody(runs, int(counts.max(initial=0)))
    places = np.arange(visitors.shape[1])
    arrives = dice.uniform(0.0, lasts, visitors.shape)
    visitors["arrives"] = np.where(places < counts, arrives, NEVER)
    visitors["line"] = lines.index(one.line)
    visitors["standing"] = STANDINGS.index(one.standing)
    rules, plain = snapshot.rules, arrives + snapshot.rules.target / MINUTE
    visitors["plain"] = visitors["promise"] = plain
    if one.standing is Standing.STATUTORY:
        visitors["promise"] = arrives
    elif one.standing is Standing.BOOKED:
        visitors["promise"] = arrives - USUAL
    elif one.standing is Standing.LOCAL:
        visitors["promise"] = np.minimum(arrives + rules.local_target / MINUTE, plain)
    _visit(visitors, [one.visit] * visitors.shape[1], snapshot.habits, dice)
    return visitors


def _visit(
    visitors: Records,
    visits: Sequence[durations.Minutes],
    habits: durations.Habits,
    dice: np.random.Generator,
) -> None:
    comes = dice.random(visitors.shape) >= habits.no_show
    tidies = [habits.tidies] * len(visits)
    lengths = drawn_lengths(visits, len(visitors), dice) + drawn_lengths(
        tidies, len(visitors), dice
    )
    served = habits.walk + lengths
    visitors["busy"] = np.where(comes, served, habits.absence)
    visitors["expects"] = [visit.mean for visit in visits]


def drawn_lengths(
    visits: Sequence[durations.Minutes], runs: int, dice: np.random.Generator
) -> Minutes:
    """Log-normal with mean and spread as given; those that end at once, within a minute."""
    shape = runs, len(visits)
    mean = np.array([visit.mean for visit in visits])
    sigma = np.array([_sigma(visit) for visit in visits])
    drawn = mean * np.exp(sigma * dice.standard_normal(shape) - sigma**2 / 2)
    short = np.array([visit.short for visit in visits])
    lengths: Minutes = np.where(dice.random(shape) < short, dice.random(shape), drawn)
    return lengths


def _sigma(visit: durations.Minutes) -> float:
    return math.sqrt(math.log1p(visit.spread**2))


def _windows(
    snapshot: Snapshot, lines: Sequence[str], runs: int, dice: np.random.Generator
) -> tuple[Records, Numbers]:
    windows = sorted(snapshot.windows, key=lambda one: one.window)
    levels = np.zeros((len(windows), len(lines)), np.int64)
    for number, one in enumerate(windows):
        levels[number] = [one.abilities.level(line) or 0 for line in lines]
    records = arrays.closed(runs, levels)
    for number, one in enumerate(windows):
        record = records[:, number]
        record["breadth"] = one.abilities.breadth
        record["at_work"] = one.at_work(snapshot.now)
        record["ends"] = _minutes(one.ends, snapshot.now)
        record["stays"] = one.stays
        if one.rest:
            record["rest"] = _minutes(one.rest.starts, snapshot.now)
            record["rests"] = one.rest.length / MINUTE
        if one.ready:
            record["since"] = _minutes(one.ready, snapshot.now)
        record["free"] = np.maximum(_minutes(one.free, snapshot.now), 0.0)
        if one.tidying:
            elapsed = -_minutes(one.tidying, snapshot.now)
            record["free"] = _remaining(snapshot.habits.tidies, elapsed, runs, dice)
        elif one.visit:
            record["free"] = _busy(one.visit, snapshot, runs, dice)
    return records, levels


def _minutes(at: datetime, now: datetime) -> float:
    return (at - now) / MINUTE


def _busy(under_way: UnderWay, snapshot: Snapshot, runs: int, dice: np.random.Generator) -> Minutes:
    """Until the window may call again."""
    habits, elapsed = snapshot.habits, -_minutes(under_way.since, snapshot.now)
    tidying = drawn_lengths([habits.tidies], runs, dice)[:, 0]
    if under_way.came:
        return _remaining(under_way.visit, elapsed, runs, dice) + tidying
    served = max(habits.walk - elapsed, 0.0) + drawn_lengths([under_way.visit], runs, dice)[:, 0]
    comes = dice.random(runs) >= habits.no_show
    free: Minutes = np.where(comes, served + tidying, max(habits.absence - elapsed, 0.0))
    return free


def _remaining(
    length: durations.Minutes, elapsed: float, runs: int, dice: np.random.Generator
) -> Minutes:
    """What is left of a *length* that has lasted *elapsed* minutes: log-normal, given that."""
    sigma, elapsed = _sigma(length), max(elapsed, 0.0)
    middle = math.log(length.mean) - sigma**2 / 2
    z = (math.log(max(elapsed, 1e-6)) - middle) / sigma
    above = np.log(1.0 - dice.random(runs)) + np.interp(-z, -_Z, _ABOVE)
    whole = np.exp(middle + sigma * np.interp(above, _ABOVE, _Z))
    left: Minutes = np.maximum(whole - elapsed, 0.0)
    return left
