"""Work that goes on for as long as the service runs, and how it is brought to an end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]
"""Works until cancelled; one that returns is done."""

_RESTART_PAUSE = timedelta(seconds=1)
_ASK_AGAIN = timedelta(milliseconds=200)


def begin(jobs: Mapping[str, Job]) -> list[asyncio.Task[None]]:
    """Start *jobs*, each in a task of its own."""
    return [asyncio.create_task(_keep_at(name, job), name=name) for name, job in jobs.items()]


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel *tasks* until they are gone.

    Once is not enough: `asyncio.wait_for` of Python 3.11 loses a cancellation that comes just
    as what it waits for is done (cpython issue 86296), and the Redis client waits that way.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_ASK_AGAIN.total_seconds())


async def _keep_at(name: str, job: Job) -> None:
    """A job that fails is logged and begun again."""
    while True:
        try:
            return await job()
        except Exception:
            log.exception("a job failed and begins again", extra={"job": name})
            await asyncio.sleep(_RESTART_PAUSE.total_seconds())
