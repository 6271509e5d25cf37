"""What the demo reads of the services' answers, and the ways in which one can fail."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict


class Party(StrEnum):
    """The services, by the names that their addresses go by."""

    TICKETING = "ticketing"
    DISPATCH = "dispatch"
    NOTIFY = "notify"


class Setback(Exception):
    """A request came to nothing; whoever made it looks again and goes on."""


class Away(Setback):
    """A service gave no usable answer for as long as the actor had patience."""

    def __init__(self, party: Party, why: str) -> None:
        super().__init__(f"{party}: {why}")
        self.party = party


class Refused(Setback):
    """A service said no, and why."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(f"{status} {problem}")
        self.status = status
        self.problem = problem


class WindowState(StrEnum):
    CLOSED = "closed"
    FREE = "free"
    READY = "ready"
    CALLING = "calling"
    SERVING = "serving"
    TIDYING = "tidying"
    PAUSED = "paused"


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Acknowledgement(_Read):
    """The answer to a command: the state after it and the ticket that it was about."""

    @property
    def outcome(self) -> str:
        return ""

    @property
    def about(self) -> "Ticket | None":
        return None


class Ticket(Acknowledgement):
    """A ticket as ticketing gives it, or as a window holds it (which leaves the state out)."""

    id: str
    number: str
    state: str = ""
    minutes: float | None = None

    @property
    def outcome(self) -> str:
        return self.state

    @property
    def about(self) -> "Ticket":
        return self


class Contact(Acknowledgement):
    """The answer to a phone left: nothing in it that may be kept."""


class Window(Acknowledgement):
    window: str
    state: WindowState
    operator: str | None = None
    ticket: Ticket | None = None
    since: datetime | None = None

    @property
    def outcome(self) -> str:
        return self.state

    @property
    def about(self) -> Ticket | None:
        return self.ticket


class Windows(_Read):
    windows: tuple[Window, ...]


class Call(Acknowledgement):
    """The answer to "next" when somebody was called."""

    ticket: Ticket
    window: Window

    @property
    def outcome(self) -> str:
        return self.window.state

    @property
    def about(self) -> Ticket:
        return self.ticket


class Counts(_Read):
    """A service's own count of a branch's day."""

    tickets: Mapping[str, int]
    total: int

    def of(self, *states: str) -> int:
        return sum(self.tickets.get(state, 0) for state in states)


class Line(_Read):
    line: str
    waiting: int
    longest_wait_seconds: float | None = None


class Lines(_Read):
    lines: tuple[Line, ...]
    waiting: int


class MessageCounts(_Read):
    states: Mapping[str, int]


class Message(_Read):
    kind: str
    ticket_number: str | None = None
    at: str = ""


class Phone(_Read):
    phone: str
    messages: tuple[Message, ...]


class Phones(_Read):
    phones: tuple[Phone, ...]


def problem_of(body: Any) -> str:
    """Return the kebab name of an RFC 9457 problem, or "" if *body* is none."""
    kind = body.get("type") if isinstance(body, dict) else None
    return str(kind).removeprefix("/problems/") if kind else ""
