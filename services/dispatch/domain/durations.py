"""How long visits take at this branch: the catalogue's minutes, corrected by every visit seen.

What the catalogue says counts as much as ``PRIOR`` visits. A service seldom asked for follows the
pace of the whole branch until it has visits of its own. Old visits fade: not more than ``MEMORY``
of them count, so that a new computer system is noticed within weeks. A visit shorter than
``Rules.short_visit`` ("no documents") says nothing of the service: only its share is kept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

PRIOR: Final = 20.0  # visits
BRANCH_PRIOR: Final = 100.0  # visits: the pace of all services changes less than that of one
MEMORY: Final = 500.0  # visits
SPREAD: Final = 0.5  # standard deviation of a visit, as a share of its mean
SHORT_SHARE: Final = 0.02
NO_SHOW_SHARE: Final = 0.05
LEAST_SPREAD, MOST_SPREAD = 0.1, 1.5


@dataclass(frozen=True, slots=True)
class Minutes:
    """What is expected of a length of time: log-normal but for the short ones."""

    mean: float
    spread: float  # standard deviation as a share of the mean
    short: float = 0.0  # share of those that end at once

    @property
    def expected(self) -> float:
        """The mean of all, the short ones too."""
        return self.mean * (1 - self.short)


def mixed(parts: Sequence[tuple[float, Minutes]]) -> Minutes:
    """What to expect of a length of one of several kinds; each with its share, of 1 together."""
    mean = sum(share * one.mean for share, one in parts)
    squares = sum(share * one.mean**2 * (1 + one.spread**2) for share, one in parts)
    short = sum(share * one.short for share, one in parts)
    return Minutes(mean, math.sqrt(max(squares - mean**2, 0.0)) / mean, short)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a kind of lengths, each divided by what was said of it."""

    count: float = 0.0
    total: float = 0.0
    squares: float = 0.0
    short: float = 0.0

    def with_one(self, ratio: float) -> Seen:
        kept = self._faded()
        return replace(
            kept,
            count=kept.count + 1,
            total=kept.total + ratio,
            squares=kept.squares + ratio**2,
        )

    def with_short(self) -> Seen:
        kept = self._faded()
        return replace(kept, short=kept.short + 1)

    def _faded(self) -> Seen:
        keeps = min(1.0, (MEMORY - 1) / max(self.count + self.short, 1.0))
        return Seen(
            self.count * keeps, self.total * keeps, self.squares * keeps, self.short * keeps
        )

    def minutes(
        self, said: float, pace: float = 1.0, spread: float = SPREAD, prior: float = PRIOR
    ) -> Minutes:
        """What to expect where *said* is said, and the branch needs *pace* times as long."""
        weight = prior + self.count
        mean = (prior * pace + self.total) / weight
        squares = (prior * pace**2 * (1 + spread**2) + self.squares) / weight
        found = math.sqrt(max(squares - mean**2, 0.0)) / mean
        short = (prior * SHORT_SHARE + self.short) / (weight + self.short)
        return Minutes(said * mean, min(max(found, LEAST_SPREAD), MOST_SPREAD), short)


@dataclass(frozen=True, slots=True)
class Share:
    """How often something happened."""

    times: float = 0.0
    of: float = 0.0

    def with_one(self, happened: bool) -> Share:
        keeps = min(1.0, (MEMORY - 1) / max(self.of, 1.0))
        return Share(self.times * keeps + happened, self.of * keeps + 1)

    def expected(self, before: float) -> float:
        """The share, where *before* was believed at first."""
        return (PRIOR * before + self.times) / (PRIOR + self.of)


WALK: Final = 0.5  # minutes from the call till the visitor is there
ABSENCE: Final = 1.5  # from the call till the operator gives the visitor up
TIDYING: Final = 1.5  # from the end of a visit till the next call
LONGEST_TIDYING: Final = 15.0  # whoever needs longer has rested, and told nobody


@dataclass(frozen=True, slots=True)
class Durations:
    """All that a branch has taught about its times. A new value after every visit."""

    services: Mapping[str, Seen] = field(default_factory=dict)
    pace: Seen = Seen()
    walk: Seen = Seen()
    absence: Seen = Seen()
    tidying: Seen = Seen()
    no_shows: Share = Share()

    def after_visit(self, service: str, said: float, took: float, short: float) -> Durations:
        """A visit of *took* minutes is over; the catalogue said *said*; *short* ones are apart."""
        seen = self.services.get(service, Seen())
        if took < short:
            return replace(self, services={**self.services, service: seen.with_short()})
        ratio = took / said
        return replace(
            self,
            services={**self.services, service: seen.with_one(ratio)},
            pace=self.pace.with_one(ratio),
        )

    def after_call(self, came: bool, took: float) -> Durations:
        """A called visitor is there, or was given up, *took* minutes after the call."""
        told = replace(self, no_shows=self.no_shows.with_one(not came))
        if came:
            return replace(told, walk=self.walk.with_one(took / WALK))
        return replace(told, absence=self.absence.with_one(took / ABSENCE))

    def after_tidying(self, took: float) -> Durations:
        """The operator called again while somebody waited, *took* minutes after a visit."""
        if took > LONGEST_TIDYING:
            return self
        return replace(self, tidying=self.tidying.with_one(took / TIDYING))

    def visit(self, service: str, said: float) -> Minutes:
        """What to expect of a visit for which the catalogue says *said* minutes."""
        pace = self.pace.minutes(1.0, prior=BRANCH_PRIOR)
        seen = self.services.get(service, Seen())
        return seen.minutes(said, pace.mean, pace.spread)

    @property
    def habits(self) -> Habits:
        tidying = self.tidying.minutes(TIDYING)
        return Habits(
            walk=self.walk.minutes(WALK).mean,
            absence=self.absence.minutes(ABSENCE).mean,
            tidying=tidying.mean,
            tidying_spread=tidying.spread,
            no_show=self.no_shows.expected(NO_SHOW_SHARE),
        )

    def as_stored(self) -> dict[str, Any]:
        """As numbers, texts and mappings, to be stored."""
        return asdict(self)

    @classmethod
    def of_stored(cls, stored: Mapping[str, Any]) -> Durations:
        """Undo ``as_stored``."""
        return cls(
            services={code: Seen(**seen) for code, seen in stored["services"].items()},
            no_shows=Share(**stored["no_shows"]),
            **{name: Seen(**stored[name]) for name in ("pace", "walk", "absence", "tidying")},
        )


@dataclass(frozen=True, slots=True)
class Habits:
    """What happens around a visit, in minutes, and how often nobody comes."""

    walk: float = WALK
    absence: float = ABSENCE
    tidying: float = TIDYING
    no_show: float = NO_SHOW_SHARE
    tidying_spread: float = SPREAD

    @property
    def tidies(self) -> Minutes:
        """How long it takes from the end of a visit till the next call."""
        return Minutes(self.tidying, self.tidying_spread)
