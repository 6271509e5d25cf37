"""What was forecast, what was learned of times, and how well it was met."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from contracts.values import Standing
from services.chassis.moments import from_ms, span_ms, span_of, to_ms
from services.chassis.redis import Redis
from services.dispatch.domain.accuracy import Accuracy, Said
from services.dispatch.domain.advice import Advice, Kind
from services.dispatch.domain.arrivals import NOBODY_YET, Arrivals, Taken
from services.dispatch.domain.durations import Durations
from services.dispatch.domain.forecast import Forecast, Range
from services.dispatch.store.keys import Keys

FIRST = "0-0"
"""Before the first entry of a stream."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What a branch has taught; *at* and *heard*: the newest of each that was learned from."""

    durations: Durations
    accuracy: Accuracy
    at: str
    arrivals: Arrivals = NOBODY_YET
    heard: str = FIRST


@dataclass(frozen=True, slots=True)
class Observed:
    """Something that took its time: a visit, a visitor's way, a wait in vain, tidying."""

    id: str
    kind: str  # visit, came, missed, tidied
    service: str
    length_ms: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """The newest forecast of a branch, as it is kept."""

    made: datetime
    tickets: Mapping[str, Range]
    lines: Mapping[str, Range]
    broken: Mapping[str, float]  # by line: people who will wait past their promise
    advice: Sequence[Advice]


class Forecasts:
    """Typed face of the forecasts; each replaces the one before, and any may be lost."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._read: dict[str, tuple[str, Outlook]] = {}  # what was read last, and from which text

    async def put(self, branch: str, made: Forecast, advice: Sequence[Advice]) -> None:
        """Replace the forecast of *branch*."""
        text = json.dumps(
            {
                "made": to_ms(made.made),
                "tickets": {ticket: _range(found) for ticket, found in made.tickets.items()},
                "lines": {line: _range(found) for line, found in made.lines.items()},
                "broken": dict(made.broken),
                "advice": [asdict(one) for one in advice],
            }
        )
        await self._redis.set(Keys(branch).forecast, text)

    async def get(self, branch: str) -> Outlook | None:
        """The newest one; None before the first."""
        text = await self._redis.get(Keys(branch).forecast)
        if text is None:
            return None
        text = str(text)
        if branch not in self._read or self._read[branch][0] != text:
            self._read[branch] = text, _outlook(text)
        return self._read[branch][1]

    async def learned(self, branch: str) -> Learned:
        """What the branch has taught so far."""
        found = await self._redis.hgetall(Keys(branch).learned)
        if not found:
            return Learned(Durations(), Accuracy(), FIRST)
        kept: dict[str, Any] = {str(k): v for k, v in found.items()}
        return Learned(
            Durations.of_stored(json.loads(kept["durations"])),
            Accuracy.of_stored(json.loads(kept["accuracy"])),
            kept["at"],
            Arrivals.of_stored(json.loads(kept["arrivals"])) if "arrivals" in kept else NOBODY_YET,
            kept.get("heard", FIRST),
        )

    async def learn(self, branch: str, learned: Learned) -> None:
        """Keep what the branch has taught."""
        fields: Any = {
            "durations": json.dumps(learned.durations.as_stored()),
            "accuracy": json.dumps(learned.accuracy.as_stored()),
            "at": learned.at,
            "arrivals": json.dumps(learned.arrivals.as_stored()),
            "heard": learned.heard,
        }
        await self._redis.hset(Keys(branch).learned, mapping=fields)

    async def observed(self, branch: str, after: str) -> list[Observed]:
        """What took its time since *after*, oldest first."""
        found: Any = await self._redis.xrange(Keys(branch).visits, min=f"({after}", count=500)
        return [
            Observed(id, fields["kind"], fields["service"], int(fields["length"]))
            for id, fields in found or []
        ]

    async def taken(self, branch: str, after: str, zone: ZoneInfo) -> list[tuple[str, Taken]]:
        """Tickets heard of since *after*, each with its place; by the clock of *zone*."""
        found: Any = await self._redis.xrange(Keys(branch).arrivals, min=f"({after}", count=500)
        return [(id, _taken(fields, zone)) for id, fields in found or []]

    async def say(self, branch: str, said: Mapping[str, Said]) -> None:
        """Remember what was said of tickets when they were first forecast."""
        if said:
            texts: Any = {ticket: _said(one) for ticket, one in said.items()}
            await self._redis.hset(Keys(branch).said, mapping=texts)

    async def said(self, branch: str) -> Mapping[str, Said]:
        """What was said of tickets that were not called yet."""
        found: Any = await self._redis.hgetall(Keys(branch).said)
        return {str(ticket): _was_said(text) for ticket, text in found.items()}

    async def forget(self, branch: str, tickets: list[str]) -> None:
        """What was said of *tickets* was judged, or never will be."""
        if tickets:
            await self._redis.hdel(Keys(branch).said, *tickets)


def _outlook(text: str) -> Outlook:
    kept = json.loads(text)
    return Outlook(
        from_ms(kept["made"]),
        {ticket: _ranged(found) for ticket, found in kept["tickets"].items()},
        {line: _ranged(found) for line, found in kept["lines"].items()},
        kept["broken"],
        [Advice(**{**one, "kind": Kind(one["kind"])}) for one in kept["advice"]],
    )


def _taken(fields: Mapping[str, str], zone: ZoneInfo) -> Taken:
    at, standing = from_ms(fields["arrived"]).astimezone(zone), Standing(fields["standing"])
    return Taken(at, fields["line"], fields["service"], standing)


def _range(found: Range) -> list[int | None]:
    return [to_ms(found.p10), to_ms(found.p50), to_ms(found.p90) if found.p90 else None]


def _ranged(kept: list[int | None]) -> Range:
    p10, p50, p90 = kept
    assert p10 is not None
    assert p50 is not None
    return Range(from_ms(p10), from_ms(p50), from_ms(p90) if p90 is not None else None)


def _said(said: Said) -> str:
    return json.dumps(
        {
            "made": to_ms(said.made),
            "range": _range(said.range),
            "ahead": None if said.ahead is None else span_ms(said.ahead),
            "last": None if said.last is None else span_ms(said.last),
        }
    )


def _was_said(text: str) -> Said:
    kept = json.loads(text)
    return Said(
        from_ms(kept["made"]),
        _ranged(kept["range"]),
        None if kept["ahead"] is None else span_of(kept["ahead"]),
        None if kept["last"] is None else span_of(kept["last"]),
    )
