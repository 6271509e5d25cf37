"""Lua files that share functions about messages, and the values that these need."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Final

from contracts.messages import MessageKind, MessageQueued
from contracts.values import branch_of
from services.chassis.lua import LuaScript
from services.chassis.moments import to_ms
from services.notify.store.keys import BELL

_HERE: Final = Path(__file__).parent
_QUEUEING: Final = (_HERE / "real_ms.lua", _HERE / "queue_message.lua")
_MOVING: Final = (_HERE / "real_ms.lua", _HERE / "move_message.lua")

APPLY_TICKET = LuaScript(_HERE / "apply_ticket.lua", _HERE / "settle.lua", *_QUEUEING)
APPLY_CALL = LuaScript(_HERE / "apply_call.lua", _HERE / "settle.lua", *_QUEUEING)
PUT_CONTACT = LuaScript(_HERE / "put_contact.lua", *_QUEUEING)
CLAIM_MESSAGE = LuaScript(_HERE / "claim_message.lua", *_MOVING)
RECORD_MESSAGE = LuaScript(_HERE / "record_message.lua", *_MOVING)


def name_of(ticket: str, kind: MessageKind) -> str:
    """Return the name of the message of *kind* about *ticket*."""
    return f"{ticket}:{kind.value}"


def about_queueing(ticket: str, kind: MessageKind, *, fact_at: datetime, now: datetime) -> str:
    """Return what queue_message.lua is told."""
    name = name_of(ticket, kind)
    fact = MessageQueued(message=name, ticket=ticket, kind=kind)
    return json.dumps(
        {
            "name": name,
            "branch": branch_of(ticket),
            "ticket": ticket,
            "fact": fact.model_dump_json(),
            "fact_at": str(to_ms(fact_at)),
            "now": str(to_ms(now)),
            "bell": BELL,
        }
    )


def about_moving(ticket: str, kind: MessageKind, *, now: datetime) -> str:
    """Return what move_message.lua is told."""
    return json.dumps(
        {
            "name": name_of(ticket, kind),
            "branch": branch_of(ticket),
            "ticket": ticket,
            "kind": kind.value,
            "now": str(to_ms(now)),
        }
    )
