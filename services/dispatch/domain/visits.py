"""What each command makes of a window, of the visitor who is there, and what is told of it.

Pure: a decision is new values and facts, or a refusal. ``store/swap.lua`` puts them in place if
nothing changed meanwhile. Only "call next" is decided in the store, for windows press at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from contracts import calls
from contracts.calls import (
    Considered,
    NoShowReason,
    Outcome,
    OutOfOrder,
    Requeued,
    Rule,
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketNoShow,
    TicketRecalled,
)
from contracts.values import Standing
from services.dispatch.domain import tickets
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.errors import (
    NoMoreRecalls,
    NoPriority,
    NotServedHere,
    RecallTooSoon,
    UnknownTicket,
)
from services.dispatch.domain.load import Kind, Visit
from services.dispatch.domain.moves import (
    Moved,
    become,
    call_of,
    check,
    leave,
    operator_of,
    parted,
    requeued,
)
from services.dispatch.domain.placing import Goal, served_as
from services.dispatch.domain.routing import Candidate, Decision, Head
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import Command, State, Window


def recall(window: Window, ticket: Ticket, rules: Rules, now: datetime) -> Moved:
    """Call once more."""
    check(window, Command.RECALL)
    if window.recalls >= rules.recalls:
        raise NoMoreRecalls(window.window, rules.recalls)
    last = window.recalled or window.since
    if last is not None and now < last + rules.recall_spacing:
        raise RecallTooSoon(window.window, last + rules.recall_spacing - now)
    again = replace(window, recalls=window.recalls + 1, recalled=now)
    told = TicketRecalled(
        call=call_of(window),
        ticket=ticket.id,
        number=ticket.number,
        window=window.window,
        zone=window.zone,
        times=again.recalls,
    )
    return Moved(again, None, (told,))


def call_by_hand(
    window: Window,
    ticket: Ticket | None,
    id: str,
    rules: Rules,
    reason: OutOfOrder,
    *,
    call: str,
    now: datetime,
) -> Moved:
    """Call the ticket *id* before its turn; the reason is on record."""
    if ticket is None:
        raise UnknownTicket(id)
    check(window, Command.CALL)
    called = become(ticket, tickets.Move.CALL, now)
    level = window.abilities.level(ticket.line)
    if level is None:
        raise NotServedHere(window.window, ticket.number, ticket.line)
    decision = _by_hand(ticket, level, rules, reason)
    told = TicketCalled(
        call=call,
        ticket=ticket.id,
        number=ticket.number,
        window=window.window,
        zone=window.zone,
        arrived=ticket.arrived,
        called=now,
        decision=decision_told(decision),
    )
    calling = replace(
        window,
        state=State.CALLING,
        since=now,
        ticket=ticket.id,
        number=ticket.number,
        call=call,
        recalls=0,
        recalled=None,
    )
    called = replace(called, window=window.window, called=now, decision=decision)
    return Moved(calling, called, (told,))


def start(window: Window, ticket: Ticket, now: datetime) -> Moved:
    """The visitor came."""
    check(window, Command.START)
    served = become(ticket, tickets.Move.START, now)
    return Moved(
        replace(window, state=State.SERVING, since=now),
        served,
        (_started(window, ticket),),
        _took(window, ticket, now, Kind.CAME),
    )


def finish(
    window: Window, ticket: Ticket, branch: Branch, outcome: Outcome, now: datetime
) -> Moved:
    """The service is over; a visit of several goes on, here if the window may serve it."""
    check(window, Command.FINISH)
    further = () if ticket.given_up else ticket.further
    then = next((code for code in further if code in branch.services), None)
    over = ServiceFinished(
        call=call_of(window), ticket=ticket.id, window=window.window, outcome=outcome, then=then
    )
    visit = _took(window, ticket, now, Kind.VISIT)
    if then is None:
        ended = replace(become(ticket, tickets.Move.FINISH, now), further=())
        return parted(window, ended, (over,), now, visit)
    rest = ticket.further[ticket.further.index(then) + 1 :]
    onward = replace(served_as(branch, ticket, Goal(service=then)), further=rest)
    if window.abilities.level(onward.line) is not None:
        here = replace(window, since=now)
        return Moved(here, onward, (over, _started(window, onward)), visit)
    waits = become(onward, tickets.Move.GO_ON, now)
    told = (over, requeued(waits, Requeued.NEXT_SERVICE))
    return parted(window, waits, told, now, visit)


def miss(window: Window, ticket: Ticket, rules: Rules, now: datetime) -> Moved:
    """The visitor did not come."""
    check(window, Command.NO_SHOW)
    missed = replace(become(ticket, tickets.Move.MISS, now), missed=now)
    told = TicketNoShow(
        call=call_of(window),
        ticket=ticket.id,
        window=window.window,
        reason=NoShowReason.ABSENT,
        return_until=now + rules.return_within if ticket.returns < rules.returns else None,
    )
    return parted(window, missed, (told,), now, _took(window, ticket, now, Kind.MISSED))


def reject_priority(window: Window, ticket: Ticket, now: datetime) -> Moved:
    """The ground was not confirmed: back to the ordinary place, by the arrival."""
    if ticket.standing not in (Standing.STATUTORY, Standing.LOCAL):
        raise NoPriority(ticket.number)
    waits = leave(window, Command.NOT_CONFIRMED, ticket, tickets.Move.PUT_BACK, now)
    waits = replace(waits, standing=Standing.ORDINARY, promise=ticket.plain)
    return parted(window, waits, (requeued(waits, Requeued.NOT_CONFIRMED, window),), now)


def _by_hand(ticket: Ticket, level: int, rules: Rules, reason: OutOfOrder) -> Decision:
    head = Head(ticket.line, ticket.standing, ticket.id, ticket.promise, ticket.plain)
    seen = Candidate(head, level, ticket.promise)
    return Decision(Rule.OUT_OF_ORDER, [seen], rules.version, reason)


def decision_told(decision: Decision) -> calls.Decision:
    """A decision as others hear it."""
    return calls.Decision(
        rule=decision.rule,
        considered=tuple(
            Considered(
                ticket=seen.head.ticket,
                line=seen.head.line,
                promise=seen.head.promise,
                standing=seen.head.standing,
                level=seen.level,
                weighed=seen.by,
            )
            for seen in decision.considered
        ),
        rules=decision.rules,
        reason=decision.reason,
    )


def _started(window: Window, ticket: Ticket) -> ServiceStarted:
    return ServiceStarted(
        call=call_of(window), ticket=ticket.id, window=window.window, service=ticket.service
    )


def _took(window: Window, ticket: Ticket, now: datetime, kind: Kind) -> Visit:
    since = window.since or now
    return Visit(operator_of(window), ticket.service, since, now - since, kind)
