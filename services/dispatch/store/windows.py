"""The windows of a branch: typed face of the Lua files that move them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from redis.asyncio import Redis

from services.chassis.commands import ANSWER_KEPT
from services.chassis.lua import LuaScript
from services.chassis.moments import span_ms, to_ms
from services.dispatch.domain import tickets
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.errors import (
    IdempotencyKeyReused,
    IllegalMove,
    OperatorBusy,
    WindowTaken,
)
from services.dispatch.domain.windows import MOVES, Command, State, legal
from services.dispatch.store.keys import Keys
from services.dispatch.store.records import Ticket, Window, ticket_of, window_of

_HERE = Path(__file__).parent
_CALL_NEXT = LuaScript(_HERE / "call_next.lua", _HERE / "calling.lua")
_MOVE_WINDOW = LuaScript(_HERE / "move_window.lua")
_OPEN_WINDOW = LuaScript(_HERE / "open_window.lua")


@dataclass(frozen=True, slots=True)
class _Told:
    """What a move means for the ticket, and what its event says of the window."""

    event: str
    fields: tuple[str, ...]
    ticket_to: tickets.State | None = None


_VISIT = ("call", "ticket", "window")
_TOLD = {
    Command.RECALL: _Told("talon.ticket.recalled", (*_VISIT, "number", "zone", "times")),
    Command.START: _Told("talon.service.started", _VISIT, tickets.State.SERVING),
    Command.FINISH: _Told("talon.service.finished", _VISIT, tickets.State.FINISHED),
    Command.NO_SHOW: _Told("talon.ticket.no_show", _VISIT, tickets.State.NO_SHOW),
    Command.PAUSE: _Told("talon.window.paused", ("window", "operator")),
    Command.RESUME: _Told("talon.window.resumed", ("window", "operator")),
    Command.CLOSE: _Told("talon.window.closed", ("window", "operator")),
}


class Windows:
    """All windows of all branches."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @staticmethod
    def live_stream(branch: str) -> str:
        """Where changes are shown to the consoles of a branch."""
        return Keys(branch).live

    async def read(self, branch: Branch, window: str) -> Window:
        """What happens at *window*; raises UnknownWindow."""
        zone = branch.window(window).zone
        found = await self._redis.hget(Keys(branch.code).windows, window)
        return window_of(str(found)) if found else Window(window, zone, State.CLOSED)

    async def read_all(self, branch: Branch) -> list[Window]:
        """What happens at each window, in the branch's own order."""
        found = await self._redis.hgetall(Keys(branch.code).windows)
        return [
            window_of(str(found[w])) if w in found else Window(w, place.zone, State.CLOSED)
            for w, place in branch.windows.items()
        ]

    async def open(
        self, branch: Branch, window: str, operator: str, *, command: str, now: datetime
    ) -> Window:
        """Let *operator* serve at *window*.

        Raises:
            UnknownWindow, UnknownOperator: the branch has none such.
            OperatorBusy: they serve at another window.
            WindowTaken: somebody serves at this one.
            IllegalMove: they serve at this one already.
        """
        keys, skills = Keys(branch.code), branch.operator(operator).skills
        record = {
            "window": window,
            "zone": branch.window(window).zone,
            "state": MOVES[Command.OPEN].to,
            "operator": operator,
            "skills": skills,
            "serves": json.dumps(branch.open_to(skills)),
            "since": str(to_ms(now)),
        }
        match await _OPEN_WINDOW(
            self._redis,
            windows=keys.windows,
            answer=keys.answer(command),
            outbox=keys.outbox,
            told=keys.told,
            live=keys.live,
            branch=branch.code,
            window=window,
            record=json.dumps(record),
            now=to_ms(now),
            keep=span_ms(ANSWER_KEPT),
        ):
            case ["moved", str(opened)]:
                return window_of(opened)
            case ["refused", str(state)]:
                holder = (await self.read(branch, window)).operator
                if holder not in (None, operator):
                    raise WindowTaken(window, str(holder))
                raise IllegalMove(window, Command.OPEN, state, legal(State(state)))
            case ["operator_busy", str(other)]:
                raise OperatorBusy(operator, other)
            case ["reused"]:
                raise IdempotencyKeyReused
            case reply:
                raise AssertionError(f"open_window.lua answered {reply!r}")

    async def call_next(
        self, branch: Branch, window: str, *, command: str, now: datetime
    ) -> tuple[Window, Ticket | None]:
        """Call the next visitor to *window*; with nobody there the window is ready.

        Raises:
            UnknownWindow: the branch has none such.
            IllegalMove: the window is not idle.
        """
        while True:
            serves = (await self.read(branch, window)).serves
            reply = await self._try_call(branch, window, serves, command, now)
            match reply:
                case ["called", str(called), str(ticket)]:
                    return window_of(called), ticket_of(ticket)
                case ["nobody", str(ready)]:
                    return window_of(ready), None
                case ["changed"]:  # another operator opened the window in between
                    continue
                case ["refused", str(state)]:
                    raise IllegalMove(window, Command.NEXT, state, legal(State(state)))
                case ["reused"]:
                    raise IdempotencyKeyReused
            raise AssertionError(f"call_next.lua answered {reply!r}")

    async def move(
        self,
        branch: Branch,
        window: str,
        move: Command,
        *,
        command: str,
        now: datetime,
        reason: str = "",
    ) -> Window:
        """Recall, start, finish, no-show, pause, resume or close.

        Raises:
            UnknownWindow: the branch has none such.
            IllegalMove: the window's state does not allow it.
        """
        keys, told = Keys(branch.code), _TOLD[move]
        zone = branch.window(window).zone
        match await _MOVE_WINDOW(
            self._redis,
            windows=keys.windows,
            tickets=keys.tickets,
            ready=keys.ready,
            answer=keys.answer(command),
            outbox=keys.outbox,
            told=keys.told,
            live=keys.live,
            branch=branch.code,
            window=window,
            asked=f"{move} {window} {reason}",
            come_from=json.dumps(MOVES[move].come_from),
            to=MOVES[move].to,
            ticket_to=told.ticket_to or "",
            type=told.event,
            fields=json.dumps(told.fields),
            reason=reason,
            now=to_ms(now),
            keep=span_ms(ANSWER_KEPT),
        ):
            case ["moved", str(moved), str()]:
                if MOVES[move].to is State.CLOSED:
                    return Window(window, zone, State.CLOSED)
                return window_of(moved)
            case ["refused", str(state)]:
                raise IllegalMove(window, move, state, legal(State(state)))
            case ["reused"]:
                raise IdempotencyKeyReused
            case reply:
                raise AssertionError(f"move_window.lua answered {reply!r}")

    async def _try_call(
        self, branch: Branch, window: str, serves: Sequence[str], command: str, now: datetime
    ) -> object:
        keys = Keys(branch.code)
        return await _CALL_NEXT(
            self._redis,
            windows=keys.windows,
            tickets=keys.tickets,
            ready=keys.ready,
            answer=keys.answer(command),
            outbox=keys.outbox,
            told=keys.told,
            live=keys.live,
            lines=[keys.line(line) for line in serves],
            branch=branch.code,
            window=window,
            serves=json.dumps(serves),
            call=uuid4().hex,
            now=to_ms(now),
            keep=span_ms(ANSWER_KEPT),
        )
