"""One operator of the simulated day, from opening the window to closing it.

What to do next follows from the state that the window is in, never from what the operator
remembers having done: so a service that was killed in the middle of a command, or a person
who clicks in the same console, only means another look.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from services.chassis.clock import Clock
from services.demo.answers import Away, Party, Setback, Ticket, Window, WindowState
from services.demo.api import Api
from services.demo.hall import Hall
from services.world.shifts import Shift
from services.world.visitors import Comes, Visitor

AWAITED: Final = timedelta(seconds=50)  # from the call to the recall, from there to no-show
TIDYING: Final = timedelta(minutes=1)
GLANCE: Final = 5.0  # real seconds between looks at a ready window whose events are silent
NEWS_TAKE: Final = 1.0  # real seconds
STRANGER_WALKS: Final = timedelta(seconds=20)
STANDS_ASIDE: Final = timedelta(minutes=5)  # while somebody else works at the window
SULKS: Final = 2.0  # real seconds between tries, at most, when all is refused
STRANGER_TAKES: Final = 8.0  # minutes, when the ticket does not say


@dataclass
class OperatorActor:
    """An operator; *day_ends* is when even the last one goes home."""

    shift: Shift
    branch: str
    api: Api
    hall: Hall
    clock: Clock
    day_ends: datetime
    unheard: int = 0  # changes that only a look told, not the live events
    _rest_ends: datetime | None = None
    _tidy: bool = True
    _recalled: set[str] = field(default_factory=set)
    _visit_ends: dict[str, datetime] = field(default_factory=dict)

    async def work(self) -> None:
        """Work the shift; return when the window is closed."""
        await self._until(self.shift.starts)
        page = asyncio.create_task(self.api.keep_console(self.branch, self.shift.window))
        try:
            await self._work()
        finally:
            page.cancel()

    async def _work(self) -> None:
        window: Window | None = None
        setbacks = 0
        while True:
            try:
                window = window or await self._look()
                if self._may_go(window):
                    return
                window = await self._step(window)
                setbacks = 0
            except Setback:
                window = None
                setbacks += 1
                await asyncio.sleep(min(SULKS, 0.1 * 2.0**setbacks))

    def _may_go(self, window: Window) -> bool:
        """Tell whether the shift is over and the window is no longer this operator's."""
        mine = window.operator == self.shift.operator
        return self._over and (window.state is WindowState.CLOSED or not mine)

    async def _step(self, window: Window) -> Window | None:
        if window.operator not in (None, self.shift.operator):
            await self.clock.sleep(STANDS_ASIDE)
            return None
        if window.ticket is not None:
            return await self._attend(window.state, window.ticket)
        match window.state:
            case WindowState.CLOSED:
                return await self._do("open", {"operator": self.shift.operator})
            case WindowState.FREE | WindowState.TIDYING:
                return await self._call()
            case WindowState.READY:
                return await self._wait()
            case WindowState.PAUSED:
                await self._until(self._rest_ends or self.clock.now())
                return await self._do("resume")
        raise Away(Party.DISPATCH, f"window {window.window} is {window.state} with nobody")

    async def _attend(self, state: WindowState, ticket: Ticket) -> Window | None:
        match state:
            case WindowState.CALLING:
                return await self._receive(ticket)
            case WindowState.SERVING:
                return await self._serve(ticket)
        raise Away(Party.DISPATCH, f"window {self.shift.window} is {state} with {ticket.number}")

    async def _call(self) -> Window | None:
        """From a free window: rest, go home, or call the next visitor."""
        if not self._tidy:
            await self.clock.sleep(TIDYING)
            self._tidy = True
        if self._rest_due:
            return await self._rest()
        if self._over and not self.shift.to_the_last:
            return await self._do("close")
        return await self.api.call_next(self.branch, self.shift.window, self.shift.operator)

    async def _wait(self) -> Window | None:
        """At a ready window: rest or go home when it is time, else until somebody is sent."""
        if self._rest_due:
            return await self._rest()
        if self._over and not self._still_needed:
            return await self._do("close")
        try:
            async with asyncio.timeout(self._next_look):
                return await self.api.change(
                    self.branch, self.shift.window, since=WindowState.READY
                )
        except TimeoutError:
            window = await self._look()
            self.unheard += window.state is not WindowState.READY and self._is_old_news(window)
            return window

    async def _receive(self, ticket: Ticket) -> Window | None:
        """Wait for the called visitor; recall once; give up the second time."""
        visitor = self.hall.called(ticket.id)
        comes = Comes.NEVER if self.hall.has_left(ticket.id) else _comes(visitor)
        again = ticket.id in self._recalled
        if comes is Comes.AT_THE_CALL or (again and comes is Comes.AT_THE_RECALL):
            await self.clock.sleep(visitor.walk if visitor else STRANGER_WALKS)
            return await self._do("start")
        await self.clock.sleep(AWAITED)
        if again:
            return await self._do("no-show")
        self._recalled.add(ticket.id)
        return await self._do("recall")

    async def _serve(self, ticket: Ticket) -> Window | None:
        visitor = self.hall.called(ticket.id)
        visit = visitor.visit if visitor else timedelta(minutes=ticket.minutes or STRANGER_TAKES)
        await self._until(self._visit_ends.setdefault(ticket.id, self.clock.now() + visit))
        self._tidy = False
        return await self._do("finish")

    async def _rest(self) -> Window | None:
        assert self.shift.rest is not None
        window = await self._do("pause", {"reason": "lunch"})
        self._rest_ends = self.clock.now() + self.shift.rest.length
        return window

    @property
    def _over(self) -> bool:
        return self.clock.now() >= self.shift.ends

    @property
    def _rest_due(self) -> bool:
        rest = self.shift.rest
        return bool(
            rest and self._rest_ends is None and rest.starts <= self.clock.now() < self.shift.ends
        )

    @property
    def _still_needed(self) -> bool:
        return (
            self.shift.to_the_last
            and self.clock.now() < self.day_ends
            and self.hall.anyone_for(self.shift.skills)
        )

    def _is_old_news(self, window: Window) -> bool:
        """Tell whether the change is older than a busy machine needs to tell it live."""
        since = window.since or self.clock.now()
        return self.clock.now() - since > timedelta(seconds=NEWS_TAKE * self.clock.speed)

    @property
    def _next_look(self) -> float:
        """Real seconds until the clock may ask for something, GLANCE at most."""
        rest, now = self.shift.rest, self.clock.now()
        turns = [self.shift.ends, *([rest.starts] if rest and not self._rest_ends else [])]
        ahead = [(turn - now).total_seconds() / self.clock.speed for turn in turns if turn > now]
        return min([GLANCE, *ahead]) + 0.01

    async def _do(self, verb: str, body: dict[str, str] | None = None) -> Window | None:
        return await self.api.move(self.branch, self.shift.window, self.shift.operator, verb, body)

    async def _look(self) -> Window:
        return await self.api.window(self.branch, self.shift.window)

    async def _until(self, moment: datetime) -> None:
        await self.clock.sleep(max(moment - self.clock.now(), timedelta()))


def _comes(visitor: Visitor | None) -> Comes:
    """A stranger (a ticket that a user took at the kiosk) comes at the call."""
    return visitor.comes if visitor else Comes.AT_THE_CALL
