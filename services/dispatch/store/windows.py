"""The windows of a branch: read, opened, and called to."""

from __future__ import annotations

import json
from datetime import datetime

from services.chassis.commands import ANSWER_KEPT
from services.chassis.lua import LuaScript
from services.chassis.moments import span_ms
from services.chassis.redis import Redis
from services.dispatch.domain import takeover
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.errors import IdempotencyKeyReused, IllegalMove
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.takeover import Place
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import MOVES, Command, State, Window, legal
from services.dispatch.store.hall import HALL, HERE, Change, Hall, Order, Told, slots
from services.dispatch.store.keys import Keys
from services.dispatch.store.records import ticket_json, ticket_of, window_json, window_of

_CALL_NEXT = LuaScript(HERE / "call_next.lua", *HALL)
_IDLE = json.dumps(dict.fromkeys(MOVES[Command.NEXT].come_from, True))


class Windows:
    """All windows of all branches."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._hall = Hall(redis)

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
        self,
        branch: Branch,
        rules: Rules,
        window: str,
        operator: str,
        *,
        confirmed: bool = False,
        command: str,
        now: datetime,
    ) -> Window:
        """Let *operator* serve at *window*; if *confirmed*, in place of another, or of elsewhere.

        Raises:
            UnknownWindow, UnknownOperator: the branch has none such.
            OperatorBusy: they serve at another window; confirm to take the visit along.
            WindowTaken: somebody serves at this one; confirm to take over.
            IllegalMove: they serve at this one already.
        """
        branch.window(window), branch.operator(operator)
        order = Order(f"open {window} {operator}", command, now)
        while True:
            if (given := await self._hall.answer(branch.code, order)) is not None:
                return given[0] or Window(window, branch.window(window).zone, State.CLOSED)
            places, at = await self._places(branch, window, operator)
            moved = takeover.open_window(
                branch, places, window, operator, confirmed=confirmed, now=now
            )
            changes = [Change("operators", operator, at, window), *_changes(places, moved)]
            opened = next(m.window for m in moved.places if m.window.window == window)
            told = Told(moved.facts, (window_json(opened), ""))
            if await self._hall.swap(branch.code, rules, changes, told, order):
                return opened

    async def call_next(
        self, branch: Branch, rules: Rules, window: str, *, command: str, now: datetime
    ) -> tuple[Window, Ticket | None]:
        """Call the next visitor to *window*; with nobody there the window is ready.

        Raises:
            UnknownWindow: the branch has none such.
            IllegalMove: the window is not idle.
        """
        keys = Keys(branch.code)
        match await _CALL_NEXT(
            self._redis,
            **slots(keys, rules, now),
            answer=keys.answer(command),
            window=branch.window(window).window,
            idle=_IDLE,
            keep=span_ms(ANSWER_KEPT),
        ):
            case ["called", str(called), str(ticket)]:
                return window_of(called), ticket_of(ticket)
            case ["nobody", str(ready)]:
                return window_of(ready), None
            case ["refused", str(state)]:
                raise IllegalMove(window, Command.NEXT, state, legal(State(state)))
            case ["reused"]:
                raise IdempotencyKeyReused
            case reply:
                raise AssertionError(f"call_next.lua answered {reply!r}")

    async def _places(
        self, branch: Branch, window: str, operator: str
    ) -> tuple[dict[str, tuple[Place, str, str]], str]:
        """The window, the one where the operator is, who is there, and the texts of all."""
        keys = Keys(branch.code)
        at = str(await self._redis.hget(keys.operators, operator) or "")
        wanted = [window, *([at] if at and at != window else [])]
        texts = [str(text or "") for text in await self._redis.hmget(keys.windows, wanted)]
        places = {}
        for name, text in zip(wanted, texts, strict=True):
            zone = branch.windows[name].zone if name in branch.windows else ""
            seen = window_of(text) if text else Window(name, zone, State.CLOSED)
            held = ""
            if seen.ticket:
                held = str(await self._redis.hget(keys.tickets, seen.ticket) or "")
            places[name] = (Place(seen, ticket_of(held) if held else None), text, held)
        return places, at


def _changes(places: dict[str, tuple[Place, str, str]], moved: takeover.TakenOver) -> list[Change]:
    changes = []
    for place in moved.places:
        was, text, _ = places[place.window.window]
        changes.append(Change("windows", place.window.window, text, window_json(place.window)))
        gone = was.window.operator
        if gone is not None and gone != moved.operator:
            changes.append(Change("operators", gone, was.window.window, ""))
    tickets = {was.ticket.id: held for was, _, held in places.values() if was.ticket}
    for place in moved.places:
        if place.ticket is not None:
            changes.append(
                Change(
                    "tickets", place.ticket.id, tickets[place.ticket.id], ticket_json(place.ticket)
                )
            )
    return changes
