"""A branch as notify needs it: its names, its day, and how its letters are spoken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from contracts.catalogue import BranchPublished
from services.notify.domain.voice import Letter

AFTER_ITS_DAY: Final = timedelta(hours=24)
"""How long a ticket and its contact are kept when their day is over."""

ARRIVING_LATE: Final = timedelta(hours=1)
"""The least that anything is kept, and a contact whose ticket was not heard of."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One centre."""

    code: str
    name_ru: str
    name_en: str
    timezone: str
    letters: Mapping[str, Letter]

    @classmethod
    def of(cls, published: BranchPublished) -> Branch:
        """Return what notify keeps of the catalogue's word on a branch."""
        letters = {c.prefix: Letter(ru=c.spoken, en=c.code) for c in published.categories}
        name = published.name
        return cls(published.branch, name.ru, name.en, published.timezone, letters)

    @classmethod
    def unheard(cls, code: str) -> Branch:
        """Return a branch whose tickets are heard of before the catalogue."""
        return cls(code, code, code, "UTC", {})

    def day(self, now: datetime) -> date:
        """Return the date by the branch's own clock."""
        return now.astimezone(ZoneInfo(self.timezone)).date()

    def first_kept(self, now: datetime) -> date:
        """Return the earliest day of which tickets are still kept."""
        return self.day(now - AFTER_ITS_DAY)

    def keep(self, day: date, now: datetime) -> timedelta:
        """Return how long from *now* a ticket of *day* is kept."""
        ends = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(self.timezone))
        return max(ends + AFTER_ITS_DAY - now, ARRIVING_LATE)
