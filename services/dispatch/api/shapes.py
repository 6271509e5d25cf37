"""What dispatch answers over HTTP, and how it is made from what the store knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from contracts.calls import OutOfOrder, Rule
from contracts.catalogue import Skill
from contracts.values import Name, Standing
from contracts.windows import PauseReason
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.routing import Decision
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.tickets import Move as TicketMove
from services.dispatch.domain.tickets import State as TicketState
from services.dispatch.domain.tickets import Ticket, legal
from services.dispatch.domain.windows import BreakDue, State, Window
from services.dispatch.store.glances import Line


class TicketShape(BaseModel):
    """The visitor at a window, as the operator needs them."""

    id: str
    number: str
    service: str
    service_name: Name
    documents: tuple[str, ...]
    minutes: int
    further: tuple[str, ...]  # services that come after this one
    priority: bool  # «проверьте документ»
    returned: int  # times, after missed calls
    arrived_at: datetime
    called_at: datetime | None
    promise: datetime
    line: str


class HeadShape(BaseModel):
    """The first ticket of a line that was looked at."""

    ticket: str
    line: str
    promise: datetime
    weighed: datetime  # the promise that counted
    level: int  # 1: the window's own work, 2: it helps out


class DecisionShape(BaseModel):
    """Why this ticket was called: the heads looked at, best first."""

    rule: Rule
    rules: str  # version of the centre's rules
    reason: OutOfOrder | None
    considered: list[HeadShape]


class RecallShape(BaseModel):
    """Whether the visitor may be called once more, and from when."""

    left: int
    at: datetime


class BreakDueShape(BaseModel):
    """A break that begins when the visitor who is at the window has left."""

    minutes: int
    reason: PauseReason


class WindowShape(BaseModel):
    """What happens at a window."""

    window: str
    zone: str
    accessible: bool
    state: State
    operator: str | None
    ticket: TicketShape | None
    decision: DecisionShape | None
    recalls: int
    recall: RecallShape | None = None  # of a window that calls
    since: datetime | None
    reason: str | None
    break_due: BreakDueShape | None = None


class StandingShape(BaseModel):
    """Where a visitor stands who is at no window."""

    id: str
    number: str
    state: TicketState
    service: str
    service_name: Name
    line: str
    promise: datetime
    arrived_at: datetime
    until: datetime | None  # of a deferral
    legal: list[TicketMove]


class FoundShape(BaseModel):
    """Tickets that were looked for."""

    tickets: list[StandingShape]


class CalledShape(BaseModel):
    """A visitor was called."""

    ticket: TicketShape
    decision: DecisionShape
    window: WindowShape


class OperatorShape(BaseModel):
    """An operator of the branch."""

    id: str
    skills: tuple[str, ...]
    helps: tuple[str, ...]
    window: str | None  # the usual one
    at: str | None  # where they serve now


class BranchShape(BaseModel):
    """Which branch it is."""

    code: str
    name: Name
    timezone: str


class WindowsShape(BaseModel):
    """All windows of a branch and who may serve there."""

    branch: BranchShape
    windows: list[WindowShape]
    operators: list[OperatorShape]
    skills: tuple[Skill, ...]  # what the operators' codes are called


class LineShape(BaseModel):
    """How a line stands."""

    line: str
    name: Name
    waiting: int
    longest_wait_seconds: int
    next_promise: datetime | None


class LinesShape(BaseModel):
    """How the lines stand; *waiting* counts the whole branch."""

    lines: list[LineShape]
    waiting: int


def ticket_shape(branch: Branch, ticket: Ticket) -> TicketShape:
    """The visitor, for the operator."""
    service = branch.services.get(ticket.service)
    return TicketShape(
        id=ticket.id,
        number=ticket.number,
        service=ticket.service,
        service_name=_service_name(branch, ticket.service),
        documents=service.documents if service else (),
        minutes=service.minutes if service else 15,
        further=ticket.further,
        priority=ticket.standing in (Standing.STATUTORY, Standing.LOCAL),
        returned=ticket.returns,
        arrived_at=ticket.arrived,
        called_at=ticket.called,
        promise=ticket.promise,
        line=ticket.line,
    )


def standing_shape(branch: Branch, ticket: Ticket) -> StandingShape:
    """Where a ticket stands."""
    return StandingShape(
        id=ticket.id,
        number=ticket.number,
        state=ticket.state,
        service=ticket.service,
        service_name=_service_name(branch, ticket.service),
        line=ticket.line,
        promise=ticket.promise,
        arrived_at=ticket.arrived,
        until=ticket.until,
        legal=list(legal(ticket.state)),
    )


def decision_shape(decision: Decision) -> DecisionShape:
    """The decision of a call."""
    return DecisionShape(
        rule=decision.rule,
        rules=decision.rules,
        reason=decision.reason,
        considered=[
            HeadShape(
                ticket=seen.head.ticket,
                line=seen.head.line,
                promise=seen.head.promise,
                weighed=seen.by,
                level=seen.level,
            )
            for seen in decision.considered
        ],
    )


def recall_shape(window: Window, rules: Rules) -> RecallShape | None:
    """When *rules* allow the next call of the same visitor."""
    last = window.recalled or window.since
    if window.state is not State.CALLING or last is None:
        return None
    return RecallShape(left=rules.recalls - window.recalls, at=last + rules.recall_spacing)


def window_shape(
    branch: Branch, window: Window, known: Mapping[str, Ticket], rules: Rules | None = None
) -> WindowShape:
    """A window with its visitor, looked up in *known*."""
    ticket = known.get(window.ticket or "")
    return WindowShape(
        window=window.window,
        zone=window.zone,
        accessible=branch.windows[window.window].accessible,
        state=window.state,
        operator=window.operator,
        ticket=ticket_shape(branch, ticket) if ticket else None,
        decision=decision_shape(ticket.decision) if ticket and ticket.decision else None,
        recalls=window.recalls,
        recall=recall_shape(window, rules) if rules else None,
        since=window.since,
        reason=window.reason,
        break_due=_break_due(window.due) if window.due else None,
    )


def _break_due(due: BreakDue) -> BreakDueShape:
    return BreakDueShape(minutes=due.length // timedelta(minutes=1), reason=due.reason)


def _service_name(branch: Branch, code: str) -> Name:
    """A service that the catalogue no longer has keeps its code for a name."""
    service = branch.services.get(code)
    return service.name if service else Name(ru=code, en=code)


def lines_shape(branch: Branch, lines: Sequence[Line], waiting: int, now: datetime) -> LinesShape:
    """Some lines of a branch, and how many wait in all."""
    return LinesShape(
        lines=[
            LineShape(
                line=line.line,
                name=branch.name_of(line.line),
                waiting=line.waiting,
                longest_wait_seconds=int((now - line.oldest).total_seconds()) if line.oldest else 0,
                next_promise=line.next_promise,
            )
            for line in lines
        ],
        waiting=waiting,
    )


def branch_shape(branch: Branch) -> BranchShape:
    """Which branch it is."""
    published = branch.published
    return BranchShape(code=branch.code, name=published.name, timezone=published.timezone)


def operator_shapes(branch: Branch, windows: Sequence[Window]) -> list[OperatorShape]:
    """The operators of a branch and where they serve."""
    at: dict[str | None, Any] = {window.operator: window.window for window in windows}
    return [
        OperatorShape(
            id=o.operator,
            skills=o.skills,
            helps=o.helps,
            window=o.window,
            at=at.get(o.operator),
        )
        for o in branch.operators.values()
    ]
