"""The people and windows of a branch: looked at, and changed by one decision at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from contracts.envelope import Fact
from services.chassis.commands import ANSWER_KEPT
from services.chassis.lua import LuaScript, Value
from services.chassis.moments import span_ms, to_ms
from services.chassis.redis import Redis
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.errors import IdempotencyKeyReused, UnknownTicket
from services.dispatch.domain.load import Visit
from services.dispatch.domain.moves import Moved
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import State, Window
from services.dispatch.store.keys import Keys
from services.dispatch.store.records import (
    Seen,
    ticket_json,
    ticket_of,
    window_json,
    window_of,
)

HERE = Path(__file__).parent
HALL = (
    HERE / "hall.lua",
    HERE / "lines.lua",
    HERE / "choosing.lua",
    HERE / "calling.lua",
    HERE / "taking_in.lua",
)
"""Lua functions of all scripts that move people."""

_LOOK = LuaScript(HERE / "look.lua")
_SWAP = LuaScript(HERE / "swap.lua", *HALL)


@dataclass(frozen=True, slots=True)
class Order:
    """A command: in words, by its key, and when it was given."""

    words: str
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Scene:
    """What a decision is made from."""

    window: Seen[Window] | None
    ticket: Seen[Ticket] | None


@dataclass(frozen=True, slots=True)
class Change:
    """One record, as it was seen and as it is to be; texts, "" for none."""

    of: str  # windows, tickets, operators
    field: str
    was: str
    new: str


@dataclass(frozen=True, slots=True)
class Told:
    """What others are told of a change, and what the caller is answered."""

    facts: Sequence[Fact]
    reply: Sequence[str]
    visit: Visit | None = None


Result = tuple[Window | None, Ticket | None]


class Hall:
    """Typed face of the scripts that decide nothing: look.lua and swap.lua."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis

    async def at_window(
        self,
        branch: Branch,
        rules: Rules,
        window: str,
        decide: Callable[[Window, Ticket | None], Moved],
        order: Order,
        *,
        ticket: str = "",
    ) -> Result:
        """Let *decide* make something of a window and of who is there; again if that changed.

        With *ticket*, of that one instead of who is there.

        Raises:
            UnknownWindow, IdempotencyKeyReused, and what *decide* raises.
        """
        place = branch.window(window)
        while True:
            given, scene = await self._look(branch.code, order, window=window, ticket=ticket)
            if given is not None:
                return given
            seen = scene.window or Seen(Window(window, place.zone, State.CLOSED), "")
            moved = decide(seen.value, scene.ticket.value if scene.ticket else None)
            scene = Scene(seen, scene.ticket)
            result = await self._put(branch.code, rules, moved, scene, order)
            if result is not None:
                return result

    async def in_line(
        self,
        branch: str,
        rules: Rules,
        ticket: str,
        decide: Callable[[Ticket], Moved],
        order: Order,
    ) -> Ticket:
        """Let *decide* make something of a ticket that is at no window; again if that changed.

        Raises:
            UnknownTicket, IdempotencyKeyReused, and what *decide* raises.
        """
        while True:
            given, scene = await self._look(branch, order, ticket=ticket)
            if given is None:
                if scene.ticket is None:
                    raise UnknownTicket(ticket)
                moved = decide(scene.ticket.value)
                given = await self._put(branch, rules, moved, scene, order)
            if given is not None:
                _, moved_ticket = given
                assert moved_ticket is not None, "a ticket was moved and is not there"
                return moved_ticket

    async def answer(self, branch: str, order: Order) -> Result | None:
        """What this command was answered before; raises IdempotencyKeyReused."""
        given = await self.redis.get(Keys(branch).answer(order.key))
        return _given(str(given), order) if given else None

    async def swap(
        self,
        branch: str,
        rules: Rules,
        changes: Sequence[Change],
        told: Told,
        order: Order,
    ) -> bool:
        """All *changes*, or none; whether they were made.

        Raises:
            IdempotencyKeyReused: the command was another one before.
        """
        keys = Keys(branch)
        match await _SWAP(
            self.redis,
            **slots(keys, rules, order.at),
            answer=keys.answer(order.key),
            asked=order.words,
            changes=json.dumps([asdict(change) for change in changes]),
            facts=json.dumps([_fact(fact) for fact in told.facts]),
            visit=json.dumps(_visit(told.visit) if told.visit else []),
            reply=json.dumps(told.reply),
            keep=span_ms(ANSWER_KEPT),
        ):
            case ["moved", *_]:
                return True
            case ["changed"]:
                return False
            case ["reused"]:
                raise IdempotencyKeyReused
            case other:
                raise AssertionError(f"swap.lua answered {other!r}")

    async def _put(
        self, branch: str, rules: Rules, moved: Moved, scene: Scene, order: Order
    ) -> Result | None:
        """Put *moved* in place; None if *scene* is not so any more."""
        window = moved.window or (scene.window.value if scene.window else None)
        ticket = moved.ticket or (scene.ticket.value if scene.ticket else None)
        reply = (window_json(window) if window else "", ticket_json(ticket) if ticket else "")
        told = Told(moved.facts, reply, moved.visit)
        if await self.swap(branch, rules, changes_of(scene, moved), told, order):
            return window, ticket
        return None

    async def _look(
        self, branch: str, order: Order, *, window: str = "", ticket: str = ""
    ) -> tuple[Result | None, Scene]:
        keys = Keys(branch)
        given, place, visitor = await _LOOK(
            self.redis,
            windows=keys.windows,
            tickets=keys.tickets,
            answer=keys.answer(order.key),
            window=window,
            ticket=ticket,
        )
        scene = Scene(
            Seen(window_of(place), place) if place else None,
            Seen(ticket_of(visitor), visitor) if visitor else None,
        )
        return (_given(given, order) if given else None), scene


def slots(keys: Keys, rules: Rules, now: datetime) -> dict[str, Value]:
    """What hall.lua names."""
    return {
        "windows": keys.windows,
        "tickets": keys.tickets,
        "operators": keys.operators,
        "ready": keys.ready,
        "lines": keys.line(""),
        "peopled": keys.peopled,
        "calls_since": keys.calls_since,
        "head_start": keys.head_start,
        "deferred": keys.deferred,
        "outbox": keys.outbox,
        "told": keys.told,
        "live": keys.live,
        "visits": keys.visits,
        "branch": keys.branch,
        "now": to_ms(now),
        "rules": json.dumps(
            {
                "version": rules.version,
                "local_share": rules.local_share,
                "booking_lead": span_ms(rules.booking_lead),
                "help_before": span_ms(rules.help_before),
                "most_head_start": span_ms(rules.most_pressure),
            }
        ),
        "call": uuid4().hex,
    }


def changes_of(scene: Scene, moved: Moved) -> list[Change]:
    """What is written for *moved*; what it was made from is compared even if it stays."""
    changes = []
    if scene.window is not None:
        was, now = scene.window.value, moved.window or scene.window.value
        new = window_json(moved.window) if moved.window else scene.window.text
        changes.append(Change("windows", was.window, scene.window.text, new))
        if was.operator is not None and was.operator != now.operator:
            changes.append(Change("operators", was.operator, was.window, ""))
    if scene.ticket is not None:
        new = ticket_json(moved.ticket) if moved.ticket else scene.ticket.text
        changes.append(Change("tickets", scene.ticket.value.id, scene.ticket.text, new))
    return changes


def _given(answer: str, order: Order) -> Result:
    kept = json.loads(answer)
    if kept["asked"] != order.words:
        raise IdempotencyKeyReused
    _, window, ticket = kept["reply"]
    return (window_of(window) if window else None), (ticket_of(ticket) if ticket else None)


def _visit(visit: Visit) -> list[str]:
    return [
        *("kind", visit.kind, "operator", visit.operator, "service", visit.service),
        *("began", str(to_ms(visit.began)), "length", str(span_ms(visit.length))),
    ]


def _fact(fact: Fact) -> dict[str, str]:
    subject = getattr(fact, "ticket", None) or getattr(fact, "window", "")
    data = fact.model_dump_json(exclude_none=True)
    return {"type": fact.TYPE, "subject": str(subject), "data": data}
