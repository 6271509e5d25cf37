"""Moves that dispatch refuses. The API turns each into a problem document of the same name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from math import ceil


class Refused(Exception):
    """A legal request at an illegal moment; nothing was changed."""


class Unknown(Exception):
    """Something was named that does not exist."""


class Invalid(Exception):
    """A request that can never be served as it is."""


class IllegalMove(Refused):
    """A command that the window's state does not allow."""

    def __init__(self, window: str, command: str, state: str, legal: Sequence[str]) -> None:
        super().__init__(f"window {window} is {state}: {command} is not possible now")
        self.window = window
        self.command = command
        self.state = state
        self.legal = list(legal)


class IllegalTicketMove(Refused):
    """A command that the ticket's state does not allow."""

    def __init__(self, number: str, move: str, state: str, legal: Sequence[str]) -> None:
        super().__init__(f"ticket {number} is {state}: {move} is not possible now")
        self.number = number
        self.move = move
        self.state = state
        self.legal = list(legal)


class OperatorBusy(Refused):
    """The operator already serves at another window."""

    def __init__(self, operator: str, window: str, *, may_take_over: bool = True) -> None:
        super().__init__(f"operator {operator} serves at window {window}")
        self.operator = operator
        self.window = window
        self.may_take_over = may_take_over


class WindowTaken(Refused):
    """Another operator serves at the window."""

    def __init__(self, window: str, operator: str) -> None:
        super().__init__(f"operator {operator} serves at window {window}")
        self.window = window
        self.operator = operator
        self.may_take_over = True


class RecallTooSoon(Refused):
    """The visitor needs a moment to come."""

    def __init__(self, window: str, wait: timedelta) -> None:
        self.window = window
        self.wait_seconds = ceil(wait.total_seconds())
        super().__init__(f"wait {self.wait_seconds} s before the next call")


class NoMoreRecalls(Refused):
    """Called as often as the centre's rules allow."""

    def __init__(self, window: str, limit: int) -> None:
        super().__init__(f"called again {limit} times: note a no-show, or begin")
        self.window = window
        self.limit = limit


class NoReturn(Refused):
    """A missed call is made good a limited number of times, for a limited time."""

    def __init__(self, number: str, limit: int, until: datetime) -> None:
        super().__init__(f"ticket {number} may return {limit} times, until {until:%H:%M} UTC")
        self.number = number
        self.limit = limit
        self.until = until


class GivenUp(Refused):
    """Its visitor took the ticket back while it was served; everybody was told so."""

    def __init__(self, number: str) -> None:
        super().__init__(f"ticket {number} was given up by its visitor: issue a new one")
        self.number = number


class NoPriority(Refused):
    """The ticket has no privilege that could be refused."""

    def __init__(self, number: str) -> None:
        super().__init__(f"ticket {number} waits like all others")
        self.number = number


class NoBreakDue(Refused):
    """No break was granted that has not begun yet."""

    def __init__(self, window: str) -> None:
        super().__init__(f"no break is due at window {window}")
        self.window = window


class NothingLearned(Refused):
    """No ticket was taken here yet: nobody knows who comes when."""

    def __init__(self, branch: str, possible_from: datetime) -> None:
        super().__init__(
            f"nobody took a ticket at {branch} yet: ask again from {possible_from.isoformat()}"
        )
        self.branch = branch
        self.possible_from = possible_from


class NobodyOnShift(Refused):
    """The catalogue names no shift of the day."""

    def __init__(self, branch: str, day: date) -> None:
        super().__init__(f"the catalogue names nobody's shift at {branch} on {day.isoformat()}")
        self.branch = branch
        self.day = day


class NotServedHere(Refused):
    """The window has not the skills that the ticket needs."""

    def __init__(self, window: str, number: str, line: str) -> None:
        super().__init__(f"window {window} cannot serve ticket {number}: it needs {line}")
        self.window = window
        self.number = number
        self.line = line


class VersionTaken(Refused):
    """Rules are a record: a version that was published never changes."""

    def __init__(self, version: str) -> None:
        super().__init__(f"there are other rules of version {version}; give yours another version")
        self.version = version


class RulesInThePast(Invalid):
    """Rules apply from their hour: nobody was promised anything by them before."""

    def __init__(self, since: datetime, now: datetime) -> None:
        super().__init__("rules begin now or later; write a later moment in 'since'")
        self.since = since
        self.now = now


class RulesInvalid(Invalid):
    """A file of rules with faults; each with its key and its mend."""

    def __init__(self, faults: Sequence[Mapping[str, str]]) -> None:
        super().__init__(f"the rules have {len(faults)} faults")
        self.errors = list(faults)


class WrongHour(Invalid):
    """A moment in the past, or too far away."""

    def __init__(self, asked: datetime, earliest: datetime, latest: datetime) -> None:
        super().__init__(f"name a moment from {earliest.isoformat()} to {latest.isoformat()}")
        self.asked = asked
        self.earliest = earliest
        self.latest = latest


class UnknownBranch(Unknown):
    def __init__(self, branch: str) -> None:
        super().__init__(f"there is no branch {branch}")
        self.branch = branch


class UnknownWindow(Unknown):
    def __init__(self, branch: str, window: str) -> None:
        super().__init__(f"branch {branch} has no window {window}")
        self.branch = branch
        self.window = window


class UnknownOperator(Unknown):
    def __init__(self, branch: str, operator: str) -> None:
        super().__init__(f"branch {branch} has no operator {operator}")
        self.branch = branch
        self.operator = operator


class UnknownService(Unknown):
    def __init__(self, branch: str, service: str) -> None:
        super().__init__(f"branch {branch} has no service {service}")
        self.branch = branch
        self.service = service


class UnknownZone(Unknown):
    def __init__(self, branch: str, zone: str) -> None:
        super().__init__(f"branch {branch} has no hall {zone}")
        self.branch = branch
        self.zone = zone


class UnknownTicket(Unknown):
    def __init__(self, ticket: str) -> None:
        super().__init__(f"there is no ticket {ticket}")
        self.ticket = ticket


class IdempotencyKeyReused(Invalid):
    """The same key came with another request before."""

    def __init__(self) -> None:
        super().__init__("this Idempotency-Key belongs to another request; use a new one")
