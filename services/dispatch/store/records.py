"""What Redis holds of windows and tickets, read back as values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.chassis.moments import from_ms, to_ms
from services.dispatch.domain import tickets, windows
from services.dispatch.domain.routing import Decision, Head


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as dispatch knows it."""

    id: str
    number: str
    service: str
    line: str
    day: date
    arrived: datetime
    promise: datetime
    state: tickets.State
    called: datetime | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """What happens at a window."""

    window: str
    zone: str
    state: windows.State
    operator: str | None = None
    serves: tuple[str, ...] = ()
    since: datetime | None = None
    reason: str | None = None
    ticket: str | None = None
    number: str | None = None
    recalls: int = 0
    decision: Decision | None = None


def window_of(text: str) -> Window:
    """A window from the JSON that the scripts keep."""
    raw = json.loads(text)
    return Window(
        window=raw["window"],
        zone=raw["zone"],
        state=windows.State(raw["state"]),
        operator=raw["operator"],
        serves=tuple(json.loads(raw["serves"])),
        since=from_ms(raw["since"]),
        reason=raw.get("reason"),
        ticket=raw.get("ticket"),
        number=raw.get("number"),
        recalls=raw.get("times", 0),
        decision=_decision(raw["considered"]) if "considered" in raw else None,
    )


def ticket_of(text: str) -> Ticket:
    """A ticket from the JSON that the scripts keep."""
    raw = json.loads(text)
    return Ticket(
        id=raw["ticket"],
        number=raw["number"],
        service=raw["service"],
        line=raw["line"],
        day=date.fromisoformat(raw["day"]),
        arrived=from_ms(raw["arrived"]),
        promise=from_ms(raw["promise"]),
        state=tickets.State(raw["state"]),
        called=from_ms(raw["called"]) if "called" in raw else None,
    )


def ticket_json(ticket: Ticket) -> str:
    """The JSON that the scripts keep of a ticket that is not called yet."""
    return json.dumps(
        {
            "ticket": ticket.id,
            "number": ticket.number,
            "service": ticket.service,
            "line": ticket.line,
            "day": ticket.day.isoformat(),
            "arrived": to_ms(ticket.arrived),
            "promise": to_ms(ticket.promise),
            "state": ticket.state,
        }
    )


def _decision(considered: Sequence[dict[str, Any]]) -> Decision:
    called, *passed_over = (
        Head(seen["line"], seen["ticket"], from_ms(seen["promise"])) for seen in considered
    )
    return Decision(called, tuple(passed_over))
