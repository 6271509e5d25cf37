"""What dispatch answers over HTTP, and how it is made from what the store knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from contracts.calls import Rule
from contracts.catalogue import Skill
from contracts.values import Name
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.routing import Decision
from services.dispatch.domain.windows import State
from services.dispatch.store.lines import Line
from services.dispatch.store.records import Ticket, Window


class TicketShape(BaseModel):
    """The visitor at a window, as the operator needs them."""

    id: str
    number: str
    service: str
    service_name: Name
    documents: tuple[str, ...]
    minutes: int
    arrived_at: datetime
    called_at: datetime | None
    promise: datetime
    line: str


class HeadShape(BaseModel):
    """The first ticket of a line that was looked at."""

    ticket: str
    line: str
    promise: datetime


class DecisionShape(BaseModel):
    """Why this ticket was called: the heads looked at, best first."""

    rule: Rule
    considered: list[HeadShape]


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
    since: datetime | None
    reason: str | None


class CalledShape(BaseModel):
    """A visitor was called."""

    ticket: TicketShape
    decision: DecisionShape
    window: WindowShape


class OperatorShape(BaseModel):
    """An operator of the branch."""

    id: str
    skills: tuple[str, ...]
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
    """A service that the catalogue no longer has keeps its code for a name."""
    service = branch.services.get(ticket.service)
    return TicketShape(
        id=ticket.id,
        number=ticket.number,
        service=ticket.service,
        service_name=service.name if service else Name(ru=ticket.service, en=ticket.service),
        documents=service.documents if service else (),
        minutes=service.minutes if service else 15,
        arrived_at=ticket.arrived,
        called_at=ticket.called,
        promise=ticket.promise,
        line=ticket.line,
    )


def decision_shape(decision: Decision) -> DecisionShape:
    """The decision of a call."""
    heads = (decision.called, *decision.passed_over)
    considered = [HeadShape(ticket=h.ticket, line=h.line, promise=h.promise) for h in heads]
    return DecisionShape(rule=Rule.EARLIEST_PROMISE, considered=considered)


def window_shape(branch: Branch, window: Window, known: Mapping[str, Ticket]) -> WindowShape:
    """A window with its visitor, looked up in *known*."""
    ticket = known.get(window.ticket or "")
    return WindowShape(
        window=window.window,
        zone=window.zone,
        accessible=branch.windows[window.window].accessible,
        state=window.state,
        operator=window.operator,
        ticket=ticket_shape(branch, ticket) if ticket else None,
        decision=decision_shape(window.decision) if window.decision else None,
        recalls=window.recalls,
        since=window.since,
        reason=window.reason,
    )


def lines_shape(branch: Branch, lines: list[Line], now: datetime) -> LinesShape:
    """All lines of a branch."""
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
        waiting=sum(line.waiting for line in lines),
    )


def branch_shape(branch: Branch) -> BranchShape:
    """Which branch it is."""
    published = branch.published
    return BranchShape(code=branch.code, name=published.name, timezone=published.timezone)


def operator_shapes(branch: Branch, windows: list[Window]) -> list[OperatorShape]:
    """The operators of a branch and where they serve."""
    at: dict[str | None, Any] = {window.operator: window.window for window in windows}
    return [
        OperatorShape(id=o.operator, skills=o.skills, window=o.window, at=at.get(o.operator))
        for o in branch.operators.values()
    ]
