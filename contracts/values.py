"""Words that several facts share: ids, names in two languages, states."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

BranchCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{0,15}$")]
TicketId = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{0,15}-[0-9a-z]{20}$")]
"""``<branch>-<20 characters that cannot be guessed>``: whoever holds it may see the ticket."""

ServiceCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]\d{2}$")]
WindowNumber = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,8}$")]


class Value(BaseModel):
    """A part of a fact: frozen; a reader ignores what it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Name(Value):
    """A name for people, in both languages."""

    ru: str
    en: str


class Standing(StrEnum):
    """By which promise a ticket is called; says nothing of the grounds."""

    STATUTORY = "statutory"  # ahead of the queue, by law
    BOOKED = "booked"
    LOCAL = "local"  # sooner, by the centre's own order
    ORDINARY = "ordinary"


class Role(StrEnum):
    """Who may ask: every route names the roles that it serves."""

    VISITOR = "visitor"
    KIOSK = "kiosk"
    BOARD = "board"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    SHIFT_HEAD = "shift_head"
    OPS = "ops"


def branch_of(ticket: str) -> str:
    """The branch whose day a ticket belongs to, read from its id."""
    return ticket.rpartition("-")[0]
