"""Let a service hear one event, as its consumer would."""

from __future__ import annotations

from typing import Any

from contracts.envelope import Event, Missing
from services.chassis.consume import Handler


async def heard(handle: Handler, event: Event[Any]) -> Missing:
    """Decide and make the step; what is missing before *event*."""
    step = await handle(event)
    return await step if step else None
