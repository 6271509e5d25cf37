"""What Redis holds of windows and tickets, as values and as the JSON that the scripts keep."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from contracts.calls import OutOfOrder, Rule
from contracts.values import Standing
from contracts.windows import PauseReason
from services.chassis.moments import from_ms, span_ms, span_of, to_ms
from services.dispatch.domain import tickets, windows
from services.dispatch.domain.routing import Candidate, Decision, Head
from services.dispatch.domain.skills import Abilities
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import BreakDue, Window

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """A value and the very text that it was read from; "" if there was none."""

    value: T
    text: str


def window_of(text: str) -> Window:
    """A window from its JSON."""
    raw = json.loads(text)
    return Window(
        window=raw["window"],
        zone=raw["zone"],
        state=windows.State(raw["state"]),
        operator=raw["operator"],
        abilities=Abilities(raw["levels"]),
        since=from_ms(raw["since"]),
        reason=raw.get("reason"),
        ticket=raw.get("ticket"),
        number=raw.get("number"),
        call=raw.get("call"),
        recalls=raw.get("recalls", 0),
        recalled=_moment(raw.get("recalled")),
        due=_break_of(raw["due"]) if raw.get("due") else None,
    )


def window_json(window: Window) -> str:
    """What the scripts keep of a window that is open; "" of a closed one."""
    if window.state is windows.State.CLOSED:
        return ""
    return _json(
        {
            "window": window.window,
            "zone": window.zone,
            "state": window.state,
            "operator": window.operator,
            "levels": window.abilities.levels,
            "breadth": window.abilities.breadth,
            "since": _ms(window.since),
            "reason": window.reason,
            "ticket": window.ticket,
            "number": window.number,
            "call": window.call,
            "recalls": window.recalls,
            "recalled": _ms(window.recalled),
            "due": _break_fields(window.due) if window.due else None,
        }
    )


def _break_of(raw: Mapping[str, Any]) -> BreakDue:
    return BreakDue(from_ms(raw["granted"]), span_of(raw["length"]), PauseReason(raw["reason"]))


def _break_fields(due: BreakDue) -> dict[str, Any]:
    return {"granted": to_ms(due.granted), "length": span_ms(due.length), "reason": due.reason}


def ticket_of(text: str) -> Ticket:
    """A ticket from its JSON."""
    raw = json.loads(text)
    return Ticket(
        id=raw["ticket"],
        number=raw["number"],
        service=raw["service"],
        line=raw["line"],
        day=date.fromisoformat(raw["day"]),
        arrived=from_ms(raw["arrived"]),
        standing=Standing(raw["standing"]),
        promise=from_ms(raw["promise"]),
        plain=from_ms(raw["plain"]),
        state=tickets.State(raw["state"]),
        since=_moment(raw.get("since")),
        further=tuple(raw.get("further", ())),
        accessible=raw.get("accessible", False),
        slot=_moment(raw.get("slot")),
        window=raw.get("window"),
        called=_moment(raw.get("called")),
        missed=_moment(raw.get("missed")),
        returns=raw.get("returns", 0),
        given_up=raw.get("given_up", False),
        until=_moment(raw.get("until")),
        decision=_decision(raw["decision"]) if raw.get("decision") else None,
    )


def ticket_json(ticket: Ticket) -> str:
    """What the scripts keep of a ticket."""
    return _json(
        {
            "ticket": ticket.id,
            "number": ticket.number,
            "service": ticket.service,
            "line": ticket.line,
            "day": ticket.day.isoformat(),
            "arrived": to_ms(ticket.arrived),
            "standing": ticket.standing,
            "promise": to_ms(ticket.promise),
            "plain": to_ms(ticket.plain),
            "state": ticket.state,
            "since": _ms(ticket.since),
            "further": ticket.further or None,  # an empty list would come back as an empty table
            "accessible": ticket.accessible or None,
            "slot": _ms(ticket.slot),
            "window": ticket.window,
            "called": _ms(ticket.called),
            "missed": _ms(ticket.missed),
            "returns": ticket.returns or None,
            "given_up": ticket.given_up or None,
            "until": _ms(ticket.until),
            "decision": _decision_json(ticket.decision) if ticket.decision else None,
        }
    )


def _decision(raw: Mapping[str, Any]) -> Decision:
    considered = [
        Candidate(
            Head(
                seen["line"],
                Standing(seen["standing"]),
                seen["ticket"],
                from_ms(seen["promise"]),
                from_ms(seen["promise"]),
            ),
            seen["level"],
            from_ms(seen["by"]),
        )
        for seen in raw["considered"]
    ]
    reason = OutOfOrder(raw["reason"]) if raw.get("reason") else None
    return Decision(Rule(raw["rule"]), considered, raw["rules"], reason)


def _decision_json(decision: Decision) -> dict[str, Any]:
    return {
        "rule": decision.rule,
        "considered": [
            {
                "ticket": seen.head.ticket,
                "line": seen.head.line,
                "standing": seen.head.standing,
                "level": seen.level,
                "promise": to_ms(seen.head.promise),
                "by": to_ms(seen.by),
            }
            for seen in decision.considered
        ],
        "rules": decision.rules,
        "reason": decision.reason,
    }


def _moment(ms: int | float | str | None) -> datetime | None:
    return None if ms is None else from_ms(ms)


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


def _json(fields: Mapping[str, Any]) -> str:
    return json.dumps({k: v for k, v in fields.items() if v is not None}, ensure_ascii=False)
