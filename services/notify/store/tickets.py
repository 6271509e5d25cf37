"""What notify knows of tickets: typed face of the steps that apply the two other stories."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from contracts.envelope import Missing, Position
from contracts.messages import MessageKind
from services.chassis import stories
from services.chassis.lua import Step
from services.chassis.moments import span_ms, to_ms
from services.chassis.redis import Redis
from services.notify.domain.board import Change, is_fresh
from services.notify.domain.branch import Branch
from services.notify.domain.messages import TRUE_WHILE, MessageState
from services.notify.domain.tickets import RANK, TicketState
from services.notify.metrics import BOARD_CALLS, MESSAGES_MOVED
from services.notify.store.boards import CALLS_KEPT, as_told
from services.notify.store.keys import Keys
from services.notify.store.scripts import APPLY_CALL, APPLY_TICKET, about_queueing

_RANK = json.dumps({state.value: rank for state, rank in RANK.items()})


class Tickets:
    """The projection of tickets, with its two sources."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def apply_ticket(
        self,
        ticket: str,
        state: TicketState,
        asks: MessageKind | None,
        *,
        number: str,
        day: date,
        branch: Branch,
        told_at: datetime,
        now: datetime,
        at: Position,
    ) -> Step[Missing]:
        """Apply what ticketing says, and queue the message that it *asks* for, once."""
        keys, kind = Keys(at.branch), asks or MessageKind.ISSUED
        return APPLY_TICKET.step(
            self._redis,
            ticket=keys.ticket(ticket),
            contact=keys.contact(ticket),
            message=keys.message(ticket, kind),
            queue=keys.queue,
            states=keys.states,
            days=keys.days,
            heard=keys.heard(at.topic),
            outbox=keys.outbox,
            told=keys.told,
            id=at.id,
            previous=at.previous,
            number=number,
            day=day.isoformat(),
            oldest=branch.first_kept(now).isoformat(),
            said=state.value,
            wanted=TRUE_WHILE[asks].value if asks else "",
            keep=span_ms(branch.keep(day, now)),
            rank=_RANK,
            about=about_queueing(ticket, kind, fact_at=told_at, now=now),
        ).then(lambda reply: _missing(reply, kind))

    def apply_call(
        self,
        ticket: str,
        state: TicketState,
        asks: MessageKind | None,
        change: Change | None,
        *,
        keep: timedelta,
        told_at: datetime,
        now: datetime,
        at: Position,
    ) -> Step[Missing]:
        """Apply what dispatch says, show its *change* on boards, and queue the message, once.

        *keep* is how long the ticket is kept if ticketing says nothing of it.
        """
        keys, kind = Keys(at.branch), asks or MessageKind.CALLED

        def applied(reply: Any) -> Missing:
            if reply[0] == "applied" and change and change.shown:
                BOARD_CALLS.labels(at.branch).inc()
            return _missing(reply, kind)

        return APPLY_CALL.step(
            self._redis,
            ticket=keys.ticket(ticket),
            contact=keys.contact(ticket),
            message=keys.message(ticket, kind),
            queue=keys.queue,
            states=keys.states,
            days=keys.days,
            calls=keys.calls,
            order=keys.order,
            waits=keys.waits,
            live=keys.live,
            heard=keys.heard(at.topic),
            outbox=keys.outbox,
            told=keys.told,
            id=at.id,
            previous=at.previous,
            said=state.value,
            wanted=TRUE_WHILE[asks].value if asks else "",
            keep=span_ms(keep),
            rank=_RANK,
            board=json.dumps(_board(change, at, fresh=is_fresh(told_at, now)) if change else {}),
            about=about_queueing(ticket, kind, fact_at=told_at, now=now),
        ).then(applied)

    def pass_by(self, at: Position) -> Step[Missing]:
        """Hear an event that changes nothing here."""
        return stories.pass_by(self._redis, Keys(at.branch).heard(at.topic), at)

    async def counts(self, branch: str, day: date) -> Mapping[TicketState, int]:
        """Return how many tickets of *day* are in each state."""
        fields = [f"{day.isoformat()}:{state.value}" for state in TicketState]
        found = await self._redis.hmget(Keys(branch).days, fields)
        return {state: int(n or 0) for state, n in zip(TicketState, found, strict=True)}


def _board(change: Change, at: Position, *, fresh: bool) -> dict[str, str | int]:
    """What apply_call.lua is told of the boards."""
    place, _, n = at.id.partition("-")
    told: dict[str, str | int] = {
        "call": change.call,
        "state": change.state.value,
        "place": str(int(place) * 1000 + int(n)),
        "kept": CALLS_KEPT,
    }
    data = json.dumps({"call": change.call})
    if change.shown:
        data = json.dumps(as_told(change.shown), ensure_ascii=False)
        told |= {"entry": data, "number": change.shown.number, "window": change.shown.window}
    if change.wait:
        told["wait"] = f"{to_ms(change.wait.called_at)}:{span_ms(change.wait.length)}"
    if fresh:
        event = "call" if change.shown else change.state.value
        told |= {
            "event": event,
            "subject": change.shown.zone if change.shown else "",
            "data": data,
        }
    return told


def _missing(reply: object, kind: MessageKind) -> Missing:
    match reply:
        case ["applied" | "known", (str() | None) as missing, ("yes" | "no") as queued]:
            if queued == "yes":
                MESSAGES_MOVED.labels(kind.value, MessageState.QUEUED.value).inc()
            return missing
    raise AssertionError(f"unexpected answer {reply!r}")
