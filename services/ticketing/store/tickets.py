"""The tickets of a branch: typed face of the Lua files beside this one."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from contracts.envelope import Missing, Position
from contracts.tickets import CancelReason, TicketCancelled, TicketIssued
from contracts.values import branch_of
from services.chassis import stories
from services.chassis.commands import ANSWER_KEPT
from services.chassis.lua import LuaScript, Step
from services.chassis.moments import from_ms, span_ms, to_ms
from services.chassis.redis import Redis
from services.ticketing.domain.catalogue import Branch, Service
from services.ticketing.domain.errors import (
    BranchClosed,
    IdempotencyKeyReused,
    TicketNotCancellable,
    UnknownTicket,
)
from services.ticketing.domain.hours import Door
from services.ticketing.domain.names import Name
from services.ticketing.domain.tickets import (
    AT_A_WINDOW,
    CANCELLABLE,
    IN_LINE,
    MOVES,
    OWN_RANK,
    State,
    Ticket,
    Word,
)
from services.ticketing.domain.visits import Visit
from services.ticketing.store.keys import DAY_KEPT, TICKET_KEPT, Keys

_HERE = Path(__file__).parent
_ISSUE = LuaScript(_HERE / "issue_ticket.lua")
_CANCEL = LuaScript(_HERE / "cancel_ticket.lua")
_APPLY = LuaScript(_HERE / "apply_call.lua")


class Tickets:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def issue(
        self, id: str, branch: Branch, visit: Visit, door: Door, *, command: str, now: datetime
    ) -> Ticket:
        """Issue a ticket under *id*, or return the one that *command* was given before.

        Raises:
            BranchClosed: no tickets are given out.
            IdempotencyKeyReused: the command asked for another visit.
        """
        keys, service = Keys(branch.code), visit.service
        reply = await _ISSUE(
            self._redis,
            **_place(keys, id, door.day),
            open_days=keys.open_days,
            answer=keys.answer(command),
            outbox=keys.outbox,
            told=keys.told,
            branch=branch.code,
            id=id,
            asked=f"issue {visit.words}",
            door="open" if door.open else "shut",
            date=str(door.day),
            now=to_ms(now),
            prefix=branch.category(service.category).prefix,
            fields=json.dumps(_fields(service, door.day, now)),
            fact=_issued(id, visit, door.day, now),
            ticket_kept=span_ms(TICKET_KEPT),
            day_kept=span_ms(DAY_KEPT),
            answer_kept=span_ms(ANSWER_KEPT),
        )
        match reply:
            case ["issued", str(id), str(number), str(issued)]:
                since, name = from_ms(issued), service.name
                return Ticket(id, number, State.WAITING, branch.code, service.code, name, since)
            case ["shut"]:
                raise BranchClosed(branch.code, door.today, door.next_opening)
            case ["reused"]:
                raise IdempotencyKeyReused
        raise AssertionError(f"issue_ticket.lua answered {reply!r}")

    async def get(self, id: str) -> Ticket:
        """Return the ticket *id* as it stands.

        Raises:
            UnknownTicket: there never was one, or it is no longer kept.
        """
        return _ticket(id, await self._known(id))

    async def cancel(self, id: str, *, command: str, now: datetime) -> tuple[Ticket, bool]:
        """Take the ticket back at its visitor's wish; also return whether that was done just now.

        Raises:
            UnknownTicket: there never was one, or it is no longer kept.
            TicketNotCancellable: its visitor is being served, or its story is over.
            IdempotencyKeyReused: the command asked for something else.
        """
        known = await self._known(id)  # only for what never changes: its number and day
        keys, day = Keys(branch_of(id)), date.fromisoformat(known["day"])
        reply = await _CANCEL(
            self._redis,
            **_place(keys, id, day),
            answer=keys.answer(command),
            outbox=keys.outbox,
            told=keys.told,
            branch=keys.branch,
            id=id,
            asked=f"cancel {id}",
            now=to_ms(now),
            rank=OWN_RANK[State.CANCELLED],
            cancellable=json.dumps(CANCELLABLE),
            fact=_cancelled(id, known["number"], day).model_dump_json(),
            answer_kept=span_ms(ANSWER_KEPT),
        )
        match reply:
            case ["cancelled" | "cancelled_before" as when]:
                return _ticket(id, known | {"state": State.CANCELLED}), when == "cancelled"
            case ["refused", str(state)]:
                raise TicketNotCancellable(id, State(state), MOVES[State(state)])
            case ["unknown"]:
                raise UnknownTicket(id)
            case ["reused"]:
                raise IdempotencyKeyReused
        raise AssertionError(f"cancel_ticket.lua answered {reply!r}")

    def apply(self, id: str, word: Word, *, at: Position) -> Step[Missing]:
        """Take dispatch's *word* for where the ticket stands."""
        keys = Keys(at.branch)
        return _APPLY.step(
            self._redis,
            ticket=keys.ticket(id),
            days=keys.day(""),
            waitings=keys.waiting(""),
            open_days=keys.open_days,
            heard=keys.heard(at.topic),
            name=id,
            word=word.state,
            rank=word.rank,
            fields=json.dumps(_said(word)),
            in_line=json.dumps(IN_LINE),
            day_kept=span_ms(DAY_KEPT),
            id=at.id,
            previous=at.previous,
        ).then(stories.missing_in)

    def pass_by(self, at: Position) -> Step[Missing]:
        """Hear an event that changes nothing here."""
        return stories.pass_by(self._redis, Keys(at.branch).heard(at.topic), at)

    async def _known(self, id: str) -> dict[str, str]:
        found: Any = await self._redis.hgetall(Keys(branch_of(id)).ticket(id))
        known: dict[str, str] = found
        if not known:
            raise UnknownTicket(id)
        return known


def _place(keys: Keys, id: str, day: date) -> dict[str, str]:
    """The keys that every move of a ticket changes."""
    return {"ticket": keys.ticket(id), "day": keys.day(day), "waiting": keys.waiting(day)}


def _fields(service: Service, day: date, now: datetime) -> list[str]:
    """What is kept of a ticket besides its number: name, value, name, value …"""
    return [
        *("state", State.WAITING, "own", State.WAITING, "own_rank", str(OWN_RANK[State.WAITING])),
        *("service", service.code, "name_ru", service.name.ru, "name_en", service.name.en),
        *("day", str(day), "issued", str(to_ms(now))),
    ]


def _issued(id: str, visit: Visit, day: date, now: datetime) -> str:
    """The event; its number is known only inside the step that counts."""
    fact = TicketIssued(
        ticket=id,
        number="",
        service=visit.service.code,
        skills=visit.service.skills,
        day=day,
        arrived=now,
        standing=visit.standing,
        accessible=visit.accessible,
        further=tuple(service.code for service in visit.further),
    )
    return fact.model_dump_json(exclude_defaults=True)  # no empty list, which Lua cannot keep


def _cancelled(id: str, number: str, day: date) -> TicketCancelled:
    return TicketCancelled(ticket=id, number=number, day=day, reason=CancelReason.VISITOR)


def _said(word: Word) -> list[str]:
    """What is kept of dispatch's word besides the state: name, value, name, value …"""
    said = ["window", word.window or ""]
    if word.called_at:
        said += ["called", str(to_ms(word.called_at))]
    if word.until:
        said += ["until", str(to_ms(word.until))]
    return said


def _ticket(id: str, known: dict[str, str]) -> Ticket:
    state = State(known["state"])
    called = known.get("called") if state not in IN_LINE else None  # that call is past
    until = known.get("until") if state is State.DEFERRED else None
    return Ticket(
        id=id,
        number=known["number"],
        state=state,
        branch=branch_of(id),
        service=known["service"],
        service_name=Name(known["name_ru"], known["name_en"]),
        issued_at=from_ms(known["issued"]),
        window=known["window"] if state in AT_A_WINDOW else None,
        called_at=from_ms(called) if called else None,
        deferred_until=from_ms(until) if until else None,
    )
