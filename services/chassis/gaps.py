"""Events that were not heard: said loudly. The story goes on, for people wait for what it tells."""

from __future__ import annotations

import logging
from typing import Any

from contracts.envelope import Event, later
from services.chassis.telemetry import GAPS

log = logging.getLogger(__name__)


async def report(event: Event[Any], after: str) -> None:
    """Alarm that *event* does not follow *after*, the newest event heard before it.

    Either events between the two are missing, or the source forgot what it had told: its
    store was restored to an earlier moment.
    """
    kind = "forgotten" if later(after, event.previous) else "missing"
    GAPS.labels(event.topic, kind).inc()
    log.error(
        "a story has a gap",
        extra={
            "kind": kind,
            "topic": event.topic,
            "partitionkey": event.partitionkey,
            "after": after,
            "before": event.id,
            "previous": event.previous,
        },
    )
