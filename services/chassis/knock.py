"""Whether somebody is there: a Kafka client that finds nobody is loud, and slow to give up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence


async def any_reachable(servers: Sequence[str]) -> bool:
    """Whether one of *servers*, ``host:port``, takes a connection."""
    for server in servers:
        host, _, port = server.rpartition(":")
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(2):
                _, writer = await asyncio.open_connection(host, int(port))
            writer.close()
            return True
    return False
