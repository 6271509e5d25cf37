"""What readers ask of whoever told a story (topic ``talon.repairs``): measurements, told again."""

from __future__ import annotations

from typing import ClassVar

from contracts.envelope import Fact, Place


class RepairAsked(Fact):
    """A reader has not heard what was told of a branch in a topic after one event, up to another.

    It asks again for as long as that is so.
    """

    TYPE: ClassVar[str] = "talon.repair.asked"

    topic: str
    after: Place  # the newest event heard before the gap, "0-0" if there is none
    until: Place  # the last event that is missing
    reader: str  # the service that asks; what is told again is for it alone
