"""What a running day looks like from outside, in one line: asked of the services' own API."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from services.chassis.clock import Clock
from services.demo.answers import Counts, Lines, MessageCounts, Party, Setback
from services.demo.api import Api
from services.demo.day import Day

LOOKS: Final = 1.0  # real seconds between looks
PLAIN_EVERY: Final = 5.0  # real seconds between lines where there is no terminal
SENT: Final = ("sent", "delivered")


@dataclass(frozen=True, slots=True)
class Glance:
    """The latest known figures of a branch's day; those of an absent service grow old."""

    issued: int = 0
    waiting: int = 0
    called: int = 0
    serving: int = 0
    finished: int = 0
    no_show: int = 0
    cancelled: int = 0
    messages: int = 0
    longest_wait: float = 0.0  # seconds, of those who wait now
    longest_seen: float = 0.0
    away: tuple[Party, ...] = ()


@dataclass
class Status:
    """Follows the days of several branches and shows them."""

    api: Api
    clock: Clock
    console: Console
    days: Sequence[Day]
    glances: dict[str, Glance] = field(default_factory=dict)

    async def show(self) -> None:
        """Show the days until cancelled."""
        if not self.console.is_terminal:
            while True:
                await self._look()
                self.console.print(self._lines(), soft_wrap=True)
                await asyncio.sleep(PLAIN_EVERY)
        with Live(console=self.console, refresh_per_second=4, transient=True) as live:
            while True:
                await self._look()
                live.update(self._lines())
                await asyncio.sleep(LOOKS)

    async def _look(self) -> None:
        for day in self.days:
            code = day.branch.code
            self.glances[code] = await _glance(self.api, day, self.glances.get(code, Glance()))

    def _lines(self) -> Group:
        now = self.clock.now()
        return Group(*(_line(day, self.glances[day.branch.code], now) for day in self.days))


async def _glance(api: Api, day: Day, before: Glance) -> Glance:
    """Ask each service once; keep what was known of one that does not answer."""
    code, seen, away = day.branch.code, before, []
    try:
        seen = replace(seen, issued=(await _counts(api, Party.TICKETING, day)).total)
    except Setback:
        away.append(Party.TICKETING)
    try:
        counts = await _counts(api, Party.DISPATCH, day)
        lines = await api.read(Party.DISPATCH, f"/v1/branches/{code}/lines", Lines, patience=0)
        longest = max((line.longest_wait_seconds or 0 for line in lines.lines), default=0)
        seen = replace(
            seen,
            waiting=lines.waiting,
            called=counts.of("called"),
            serving=counts.of("serving"),
            finished=counts.of("finished"),
            no_show=counts.of("no_show"),
            cancelled=counts.of("cancelled"),
            longest_wait=longest,
            longest_seen=max(before.longest_seen, longest),
        )
    except Setback:
        away.append(Party.DISPATCH)
    try:
        summary = await api.read(Party.NOTIFY, "/v1/messages/summary", MessageCounts, patience=0)
        seen = replace(seen, messages=sum(summary.states.get(state, 0) for state in SENT))
    except Setback:
        away.append(Party.NOTIFY)
    return replace(seen, away=tuple(away))


async def _counts(api: Api, party: Party, day: Day) -> Counts:
    path = f"/v1/branches/{day.branch.code}/days/{day.on}"
    return await api.read(party, path, Counts, patience=0)


def _line(day: Day, seen: Glance, now: datetime) -> Text:
    local = now.astimezone(day.opens.tzinfo)
    text = Text.assemble(
        (f"{day.branch.code} {local:%a %d %b %H:%M}", "bold"),
        f"  {_phase(day, now)}",
        f" · tickets {seen.issued}",
        (f" · waiting {seen.waiting}", "cyan"),
        f" · called {seen.called} · serving {seen.serving}",
        (f" · finished {seen.finished}", "green"),
        f" · no-shows {seen.no_show} · cancelled {seen.cancelled} · SMS {seen.messages}",
        f" · longest wait {seen.longest_wait / 60:.0f} min",
    )
    if seen.away:
        text.append(f" · no answer from {', '.join(seen.away)}", "bold yellow")
    return text


def _phase(day: Day, now: datetime) -> str:
    if now < day.opens:
        return f"opens {day.opens:%H:%M}"
    if now < day.closes:
        return f"open until {day.closes:%H:%M}"
    return f"closed, day ends {day.ends:%H:%M}"
