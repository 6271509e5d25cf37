"""What notify refuses. The API turns each into a problem document of the same name."""

from __future__ import annotations

from enum import StrEnum


class Unknown(Exception):
    """Something was named that does not exist."""


class Invalid(Exception):
    """A request that can never be served as it is; nothing was changed."""


class UnknownBranch(Unknown):
    """A branch that the catalogue does not have."""

    def __init__(self, branch: str) -> None:
        super().__init__(f"there is no branch {branch}")
        self.branch = branch


class UnknownTicket(Unknown):
    """A ticket of a branch that the catalogue does not have."""

    def __init__(self) -> None:
        super().__init__("there is no such ticket")


class ConsentNeeded(Invalid):
    """A phone was given without the visitor's consent to messages about the queue."""

    def __init__(self) -> None:
        super().__init__("a phone is kept only with the visitor's consent")


class PhoneFault(StrEnum):
    """What is wrong with a phone number."""

    NOT_DIGITS = "not_digits"
    WRONG_LENGTH = "wrong_length"
    LANDLINE = "landline"


class PhoneInvalid(Invalid):
    """A number that no SMS can reach. It never carries the number itself: errors are logged."""

    def __init__(self, fault: PhoneFault) -> None:
        super().__init__(f"this is no mobile phone number: {fault.value}")
        self.fault = fault


class IdempotencyKeyReused(Invalid):
    """A command's key came back with another question."""

    def __init__(self) -> None:
        super().__init__("this Idempotency-Key was used for another request")
