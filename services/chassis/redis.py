"""The Redis client of a service, and the errors that mean "not now" rather than "never"."""

from __future__ import annotations

from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import (
    ConnectionError as Disconnected,
)
from redis.exceptions import (
    ReadOnlyError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import (
    TimeoutError as TimedOut,
)

Entry = tuple[str, dict[str, str]]
"""An entry of a stream: its id and its fields."""

AWAY = (Disconnected, TimedOut, ReadOnlyError, TryAgainError, OSError)
"""The store cannot be reached or cannot write now."""


def connect(url: str, *, connections: int = 64, patience: float = 5) -> Redis:
    """A client that retries a few times for a moment; scripts are safe to run twice.

    *patience* is the longest wait for an answer, in seconds.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=connections,
        timeout=patience,
        socket_timeout=patience,
        socket_connect_timeout=2,
        decode_responses=True,
        retry=Retry(ExponentialWithJitterBackoff(base=0.02, cap=0.3), 3),
    )
    return Redis(connection_pool=pool)


def is_away(error: BaseException) -> bool:
    """Whether *error* says that the store cannot serve now, though it may later."""
    if isinstance(error, ResponseError):  # a full disk or memory: the store refuses writes
        return str(error).startswith(("MISCONF", "OOM", "LOADING", "BUSY", "CLUSTERDOWN"))
    return isinstance(error, AWAY)


def only_stream(found: object) -> list[Entry]:
    """The entries of an XREAD of one stream; RESP2 answers with a list, RESP3 with a map."""
    if isinstance(found, dict):
        (batches,) = found.values()
        return [entry for batch in batches for entry in batch]
    assert isinstance(found, list)
    entries: list[Entry] = found[0][1]
    return entries


async def told_between(
    redis: Redis, stream: str, low: str = "-", high: str = "+", count: int | None = None
) -> list[Entry]:
    """Entries of a stream from *low* to *high*; an id behind "(" is left out."""
    found: Any = await redis.xrange(stream, low, high, count=count)
    entries: list[Entry] = found or []
    return entries
