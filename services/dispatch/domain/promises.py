"""The moment by which a ticket is to be called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.values import Standing
from services.dispatch.domain.rules import Rules


@dataclass(frozen=True, slots=True)
class Promise:
    """What a ticket keeps for its whole life, whatever becomes of it."""

    standing: Standing
    by: datetime
    plain: datetime  # by when it would be called without any privilege


def promise_of(
    rules: Rules, standing: Standing, service: str, arrived: datetime, slot: datetime | None = None
) -> Promise:
    """What a visitor is promised who is in the hall since *arrived*.

    Who is too late for a slot is an ordinary visitor; *slot* is None for all others.
    """
    plain = arrived + rules.target_of(service)
    match standing:
        case Standing.STATUTORY:
            return Promise(standing, arrived, plain)
        case Standing.BOOKED if slot is not None and arrived <= slot + rules.booking_late:
            return Promise(standing, slot, plain)
        case Standing.LOCAL:
            return Promise(standing, min(arrived + rules.local_target, plain), plain)
    return Promise(Standing.ORDINARY, plain, plain)
