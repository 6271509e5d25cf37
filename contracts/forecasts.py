"""What dispatch expects (topic ``talon.forecasts``): measurements, of which the newest counts."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AwareDatetime

from contracts.envelope import Fact
from contracts.values import TicketId, Value


class Expected(Value):
    """When a ticket is likely to be called."""

    ticket: TicketId
    earliest: AwareDatetime  # nine of ten calls are later
    likely: AwareDatetime  # half of them are
    latest: AwareDatetime | None  # one of ten is; None: not within hours


class CallsForecast(Fact):
    """All tickets of a branch that wait, and when they are likely to be called."""

    TYPE: ClassVar[str] = "talon.calls.forecast"

    made: AwareDatetime
    tickets: tuple[Expected, ...]
