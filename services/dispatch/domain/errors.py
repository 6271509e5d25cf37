"""Moves that dispatch refuses. The API turns each into a problem document of the same name."""

from __future__ import annotations

from collections.abc import Sequence


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


class OperatorBusy(Refused):
    """The operator already serves at another window."""

    def __init__(self, operator: str, window: str) -> None:
        super().__init__(f"operator {operator} serves at window {window}")
        self.operator = operator
        self.window = window


class WindowTaken(Refused):
    """Another operator serves at the window."""

    def __init__(self, window: str, operator: str) -> None:
        super().__init__(f"operator {operator} serves at window {window}")
        self.window = window
        self.operator = operator


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


class IdempotencyKeyReused(Invalid):
    """The same key came with another request before."""

    def __init__(self) -> None:
        super().__init__("this Idempotency-Key belongs to another request; use a new one")
