"""What dispatch says about the centre's rules (topic ``talon.calls``, one story with the calls)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field, StringConstraints

from contracts.envelope import Fact
from contracts.values import ServiceCode

Minutes = Annotated[int, Field(ge=0, le=480)]
Some = Annotated[int, Field(ge=1, le=480)]


class RulesPublished(Fact):
    """A version of the rules by which a branch calls, from an hour on."""

    TYPE: ClassVar[str] = "talon.rules.published"

    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z._-]{1,32}$")]
    order: Annotated[str, StringConstraints(min_length=1, max_length=200)]  # number, date
    since: AwareDatetime

    target_minutes: Some = 15  # ordinary: from arrival to the call
    service_target_minutes: Mapping[ServiceCode, Some] = {}
    local_target_minutes: Minutes = 5
    local_one_in: Annotated[int, Field(ge=1, le=20)] = 3  # calls of a line
    booking_early_minutes: Minutes = 15
    booking_late_minutes: Minutes = 10
    booking_norm_minutes: Minutes = 5
    booking_lead_minutes: Minutes = 15  # a booking whose hour has come counts as so much earlier

    help_before_minutes: Minutes = 3
    pressure: Annotated[float, Field(ge=0, le=1)] = 0.0
    most_pressure_minutes: Minutes = 10

    recalls: Annotated[int, Field(ge=0, le=10)] = 3
    recall_spacing_seconds: Annotated[int, Field(ge=0, le=600)] = 0
    returns: Annotated[int, Field(ge=0, le=5)] = 1
    return_within_minutes: Minutes = 30
    longest_deferral_minutes: Some = 240
    tidying_minutes: Minutes = 2

    breaks_from: time = time(11)  # a break may begin, by the branch's own clock
    breaks_until: time = time(15)
    breaks_at_once: Annotated[int, Field(ge=1, le=100)] = 100
    break_minutes: Some = 60

    norm_minutes: Some = 15
    forgotten_minutes: Some = 60
    idle_minutes: Some = 2
    short_visit_seconds: Annotated[int, Field(ge=0, le=600)] = 60
    lost_console_seconds: Annotated[int, Field(ge=10, le=3600)] = 60
