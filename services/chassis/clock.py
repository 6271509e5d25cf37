"""The only reader of the clock: real time, or a faster or another day for the whole system.

Leases, time-outs and retries never use it: they run on real time whatever the day.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


class ClockError(ValueError):
    """A clock that cannot be set."""


def real_now() -> datetime:
    """Now, really: for ages of things in queues and for anchors of clocks."""
    return datetime.now(UTC)  # noqa: TID251


@dataclass(frozen=True, slots=True)
class Clock:
    """Time that was *start* at the real moment *anchor* and passes *speed* times as fast."""

    start: datetime
    anchor: datetime
    speed: float

    def now(self) -> datetime:
        if self.speed == 1 and self.start == self.anchor:
            return real_now()
        return self.start + (real_now() - self.anchor) * self.speed

    async def sleep(self, span: timedelta) -> None:
        """Wait until *span* of this clock's time has passed."""
        await asyncio.sleep(span.total_seconds() / self.speed)

    @classmethod
    def parse(cls, text: str) -> Clock:
        """Read ``real``, ``<ISO start>@<speed>`` or ``<ISO start>@<speed>@<ISO real anchor>``.

        Without an anchor the start is now; processes that share a clock share an anchor.

        Raises:
            ClockError: not one of these forms.
        """
        if text == "real":
            now = real_now()
            return cls(now, now, 1)
        try:
            start, speed, *anchor = text.split("@")
            clock = cls(_aware(start), _aware(anchor[0]) if anchor else real_now(), float(speed))
        except (ValueError, IndexError) as error:
            raise ClockError(
                f'"{text}" is no clock ({error}); write real or 2026-11-23T08:00:00+05:00@60'
            ) from None
        if not 0 < clock.speed <= 100_000:
            raise ClockError(f'"{text}": the speed must be above 0 and at most 100000')
        return clock


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment.astimezone(UTC)
