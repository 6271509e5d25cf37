"""A hall of dispatch on a real store: how tests open, call and move, and what was told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from redis.asyncio import Redis

from contracts.calls import Outcome, OutOfOrder
from contracts.topics import TOPICS
from contracts.windows import CloseReason, PauseReason
from services.dispatch.domain import duty, placing, visits
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.moves import Moved, check
from services.dispatch.domain.placing import Goal
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import Command, State, Window
from services.dispatch.jobs.stores import Stores
from services.dispatch.store.branches import Branches
from services.dispatch.store.forecasts import Forecasts
from services.dispatch.store.glances import Glances
from services.dispatch.store.hall import Hall, Order
from services.dispatch.store.keys import Keys
from services.dispatch.store.lines import Lines
from services.dispatch.store.rules import RuleBook
from services.dispatch.store.watch import Watch
from services.dispatch.store.windows import Windows
from tests.builders import RULES, a_branch, a_position, a_ticket, at

BRANCH = a_branch()
KEYS = Keys("BR-T")
FACTS = {fact.TYPE: fact for topic in TOPICS for fact in topic.facts}


class Centre:
    """One branch: what its people do, by the same steps as the routes take."""

    def __init__(self, redis: Redis, branch: Branch = BRANCH, rules: Rules = RULES) -> None:
        self.branch = branch
        self.rules = rules
        self.hall = Hall(redis)
        self.windows = Windows(redis)
        self.lines = Lines(redis)
        self.glances = Glances(redis, Branches(redis))
        self.stores = Stores(
            Branches(redis),
            RuleBook(redis),
            self.hall,
            self.windows,
            self.lines,
            self.glances,
            Watch(redis),
            Forecasts(redis),
        )

    async def window(self, window: str = "1") -> Window:
        return await self.windows.read(self.branch, window)

    async def opened(self, window: str = "1", operator: str = "O1", **how) -> Window:
        given = {"command": f"open-{window}-{operator}", "now": at(0)} | how
        return await self.windows.open(self.branch, self.rules, window, operator, **given)

    async def next_at(
        self, window: str = "1", command: str | None = None, now: datetime | None = None
    ) -> tuple[Window, Ticket | None]:
        return await self.windows.call_next(
            self.branch, self.rules, window, command=command or f"next-{window}", now=now or at(5)
        )

    async def joined(self, *ns: int, line: str = "PASS", **how):
        return [
            await self.lines.join(
                a_ticket(n, line, arrived=n, **how), self.rules, at=a_position(n), now=at(n)
            )
            for n in ns
        ]

    async def withdrawn(self, ticket: Ticket, position: int, now: datetime) -> None:
        await self.lines.withdraw(
            ticket.id, ticket.number, ticket.day, self.rules, at=a_position(position), now=now
        )

    async def moved(
        self,
        move: Command,
        window: str = "1",
        command: str | None = None,
        now: datetime | None = None,
        **what,
    ) -> Window:
        """An operator's command; *what* it needs to be told."""
        now = now or at(6)

        def decide(place: Window, ticket: Ticket | None) -> Moved:
            check(place, move)
            return self._decide(place, ticket, move, now, what)

        order = Order(f"{move} {window} {what}", command or f"{move} {window}", now)
        held = what.get("ticket", "") if move is Command.CALL else ""
        found, _ = await self.hall.at_window(
            self.branch, self.rules, window, decide, order, ticket=held
        )
        return found or Window(window, self.branch.window(window).zone, State.CLOSED)

    async def changed(self, ticket: str, decide, now: datetime | None = None) -> Ticket:
        """Something for a ticket that is at no window."""
        order = Order(f"change {ticket} {uuid4().hex}", uuid4().hex, now or at(6))
        return await self.hall.in_line(self.branch.code, self.rules, ticket, decide, order)

    def _decide(
        self, place: Window, ticket: Ticket | None, move: Command, now: datetime, what: dict
    ) -> Moved:
        rules, branch = self.rules, self.branch
        decisions: dict[Command, Callable[[], Moved]] = {
            Command.RECALL: lambda: visits.recall(place, ticket, rules, now),
            Command.START: lambda: visits.start(place, ticket, now),
            Command.FINISH: lambda: visits.finish(place, ticket, branch, Outcome.DONE, now),
            Command.NO_SHOW: lambda: visits.miss(place, ticket, rules, now),
            Command.TRANSFER: lambda: placing.transfer(
                place, ticket, branch, Goal(**what["to"]), now
            ),
            Command.DEFER: lambda: placing.defer(place, ticket, rules, what["until"], now),
            Command.NOT_CONFIRMED: lambda: visits.reject_priority(place, ticket, now),
            Command.LOSE: lambda: duty.lose(place, ticket, now),
            Command.CALL: lambda: visits.call_by_hand(
                place,
                ticket,
                what["ticket"],
                rules,
                OutOfOrder.HEALTH,
                call=uuid4().hex,
                now=now,
            ),
            Command.PAUSE: lambda: duty.pause(place, PauseReason.LUNCH, now),
            Command.BREAK: lambda: duty.rest(place, PauseReason.LUNCH, what["length"], now),
            Command.WITHDRAW_BREAK: lambda: duty.withdraw_break(place),
            Command.RESUME: lambda: duty.resume(place, now),
            Command.CLOSE: lambda: duty.close(place, CloseReason.OPERATOR),
        }
        return decisions[move]()


async def told(redis: Redis) -> list[tuple[str, dict]]:
    """Type and data of every event in the outbox; each fits its contract, strictly."""
    events = []
    previous = "0-0"
    for id, entry in await redis.xrange(KEYS.outbox):
        data = json.loads(entry["data"])
        fact = FACTS[entry["type"]]
        fact.model_validate(data)
        assert set(data) <= set(fact.model_fields), "a writer says nothing beyond the contract"
        assert entry["previous"] == previous
        previous = id
        events.append((entry["type"].removeprefix("talon."), data))
    return events


async def kinds(redis: Redis) -> list[str]:
    """Types of every event in the outbox."""
    return [kind for kind, _ in await told(redis)]
