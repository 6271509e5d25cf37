"""Who comes to a branch on a day without an appointment, for what, and how they behave.

Pure: the dice are an argument, so one seed gives one day. The figures are working
estimates of a multifunctional centre: a crowd at the door, two humps with lunch between
them, long tails at the window, a few who do not come, do not wait or do not hear.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto
from random import Random
from typing import Final, Literal

from contracts.values import Standing
from services.world.catalogue import Branch, Service, weekday

CROWD_SHARE: Final = 0.03  # of the day, at the door before it opens
CROWD_ENTERS: Final = timedelta(minutes=5)
DOOR_TO_KIOSK: Final = timedelta(seconds=10)
CV: Final = 0.5  # spread of the minutes at a window; 0.4-0.7 in practice
SHORT_SHARE: Final = 0.05  # "no documents": over in a minute or two
NO_SHOW_SHARE: Final = 0.05
DEAF_SHARE: Final = 0.04  # comes only after the second call
PHONE_SHARE: Final = 0.40
CANCEL_SHARE: Final = 0.02
ENGLISH_SHARE: Final = 0.05
PHONES: Final = 10_000  # +7 900 000-00-00 ... 99-99: for the phone simulator only


class Comes(Enum):
    """Whether a visitor goes to the window when called."""

    AT_THE_CALL = auto()
    AT_THE_RECALL = auto()
    NEVER = auto()


@dataclass(frozen=True, slots=True)
class Visitor:
    """One visitor of the day, known from birth to death before the branch opens."""

    name: str
    arrives: datetime
    service: str
    skills: frozenset[str]
    visit: timedelta
    comes: Comes
    walk: timedelta
    patience: timedelta | None  # gives the ticket back after that long, if not called before
    phone: str | None
    language: Literal["ru", "en"]
    standing: Standing = Standing.ORDINARY
    slot: datetime | None = None  # of an appointment


def of_day(
    branch: Branch, offered: Sequence[Service], day: date, dice: Random, share: float = 1.0
) -> tuple[Visitor, ...]:
    """Return the visitors of *day* in order of arrival; none on a day off.

    *share*: as if so large a part of the day's visitors came.
    """
    hours = branch.opening(day)
    if hours is None:
        return ()
    opens, closes = hours
    count = how_many(branch, day, share, dice)
    crowd = round(count * CROWD_SHARE)
    moments = [opens + DOOR_TO_KIOSK + CROWD_ENTERS * dice.random() for _ in range(crowd)]
    moments += arrivals(branch, opens, closes, count - crowd, dice)
    phones = iter(dice.sample(range(PHONES), min(PHONES, count)))
    choose = Choice(branch.category_mix_pct, offered)
    return tuple(
        visitor_of(f"{day}/{index:04}", moment, choose.one(dice), next(phones, None), dice)
        for index, moment in enumerate(sorted(moments), start=1)
    )


def how_many(branch: Branch, day: date, share: float, dice: Random) -> int:
    """Return how many come, when *share* of the day's visitors are of a kind."""
    mean = branch.daily_visitors * branch.weekday_weights[weekday(day)] / 100 * share
    return max(0, round(dice.gauss(mean, math.sqrt(mean))))


def minutes_at_window(typical: float, dice: Random) -> timedelta:
    """Return how long a visit takes whose service takes *typical* minutes on average."""
    if dice.random() < SHORT_SHARE:
        return timedelta(minutes=dice.uniform(1, 2))
    variance = math.log(1 + CV**2)
    return timedelta(minutes=dice.lognormvariate(math.log(typical) - variance / 2, variance**0.5))


def arrivals(
    branch: Branch, opens: datetime, closes: datetime, count: int, dice: Random
) -> list[datetime]:
    """Spread *count* arrivals over the profile's hours, as far as tickets are given in them."""
    first, last = opens + DOOR_TO_KIOSK, branch.last_ticket(closes)
    spans: list[tuple[datetime, timedelta]] = []
    weights: list[float] = []
    for hour, share in branch.arrival_profile.items():
        starts = opens.replace(hour=hour, minute=0)
        since, until = max(starts, first), min(starts + timedelta(hours=1), last)
        if since < until and share > 0:
            spans.append((since, until - since))
            weights.append(share * ((until - since) / timedelta(hours=1)))
    if not spans:
        return []
    chosen = dice.choices(spans, weights, k=count)
    return [since + length * dice.random() for since, length in chosen]


class Choice:
    """A category by the branch's mix, then a service: the first of a category is wanted most."""

    def __init__(self, mix: Mapping[str, float], offered: Sequence[Service]) -> None:
        by_category: dict[str, list[Service]] = {}
        for service in offered:
            by_category.setdefault(service.category, []).append(service)
        self._services = [by_category[code] for code in mix if code in by_category]
        self._weights = [share for code, share in mix.items() if code in by_category]

    def one(self, dice: Random) -> Service:
        services = dice.choices(self._services, self._weights)[0]
        return dice.choices(services, [1 / rank for rank in range(1, len(services) + 1)])[0]


def visitor_of(
    name: str, arrives: datetime, service: Service, number: int | None, dice: Random
) -> Visitor:
    """Return a visitor with all the ways that the dice give them; *number* is for a phone."""
    leaves_phone = dice.random() < PHONE_SHARE
    return Visitor(
        name=name,
        arrives=arrives,
        service=service.code,
        skills=service.skills,
        visit=minutes_at_window(service.duration_min, dice),
        comes=dice.choices(
            [Comes.NEVER, Comes.AT_THE_RECALL, Comes.AT_THE_CALL],
            [NO_SHOW_SHARE, DEAF_SHARE, 1 - NO_SHOW_SHARE - DEAF_SHARE],
        )[0],
        walk=timedelta(seconds=dice.uniform(10, 40)),
        patience=_minutes(dice, 0.3, 6) if dice.random() < CANCEL_SHARE else None,
        phone=f"+7900000{number:04}" if leaves_phone and number is not None else None,
        language="en" if dice.random() < ENGLISH_SHARE else "ru",
    )


def _minutes(dice: Random, least: float, most: float) -> timedelta:
    return timedelta(minutes=dice.uniform(least, most))
