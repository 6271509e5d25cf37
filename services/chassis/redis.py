"""The Redis client of a service, and the errors that mean "not now" rather than "never"."""

from __future__ import annotations

from typing import Any, TypeAlias

from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import (
    Sentinel,
    SentinelConnectionPool,
    SentinelManagedConnection,
    SentinelManagedSSLConnection,
)
from redis.backoff import NoBackoff
from redis.exceptions import OutOfMemoryError, ResponseError

from services.chassis.address import Address, Way
from services.chassis.copies import TooFewCopies
from services.chassis.pool import FairPool
from services.chassis.servers import ELSEWHERE, PAUSES, TRIES, Cluster, Server

Redis: TypeAlias = Server | Cluster
"""A client of a store, however many servers it has."""

Entry = tuple[str, dict[str, str]]
"""An entry of a stream: its id and its fields."""

AWAY = (*ELSEWHERE, OutOfMemoryError, TooFewCopies)
"""The store cannot be reached, cannot write now, or has no replica that could."""

_NOT_NOW = ("MISCONF", "BUSY", "NOREPLICAS", "UNBLOCKED")


def connect(url: str, *, connections: int = 64, patience: float = 5, copies: int = 0) -> Redis:
    """A client that retries a few times for a moment; scripts are safe to run twice.

    *patience* is the longest wait for an answer, in seconds; *copies* is how many replicas have
    what a script wrote before it returns.
    """
    address = Address.parse(url)
    common = {
        "socket_timeout": patience,
        "socket_connect_timeout": 2,
        "decode_responses": True,
        "retry": Retry(PAUSES, TRIES),
    }
    if address.way is Way.CLUSTER:
        redis: Redis = _cluster(address, common)
    else:
        redis = _server(address, {"max_connections": connections, "timeout": patience, **common})
    redis.copies = copies
    return redis


def _server(address: Address, pool: dict[str, Any]) -> Server:
    sentinel = address.way is Way.SENTINEL
    server = Server.from_pool(
        _masters(address, pool) if sentinel else FairPool.from_url(address.url, **pool)
    )
    assert isinstance(server, Server)
    return server


class _Masters(FairPool, SentinelConnectionPool):
    """Connections to whichever server the sentinels call the master."""

    async def aclose(self) -> None:
        await super().aclose()
        await self.sentinel_manager.aclose()


def _masters(address: Address, pool: dict[str, Any]) -> _Masters:
    """Sentinels are asked one after the other, so none may keep us long."""
    once = {"socket_timeout": 1, "socket_connect_timeout": 1, "retry": Retry(NoBackoff(), 0)}
    tls: dict[str, Any] = {"ssl": True} if address.tls else {}
    sentinels = Sentinel(address.servers, sentinel_kwargs=once | tls)  # type: ignore[no-untyped-call]
    return _Masters(
        service_name=address.master,
        sentinel_manager=sentinels,
        connection_class=SentinelManagedSSLConnection if tls else SentinelManagedConnection,
        username=address.username,
        password=address.password,
        **pool,
    )


def _cluster(address: Address, common: dict[str, Any]) -> Cluster:
    return Cluster(
        startup_nodes=[ClusterNode(host, port) for host, port in address.servers],
        reinitialize_steps=0,  # else every fifth MOVED tears all connections, used ones too
        max_connections=2**10,  # of each server; here nobody waits for one that is free
        username=address.username,
        password=address.password,
        ssl=address.tls,
        **common,
    )


def is_away(error: BaseException) -> bool:
    """Whether *error* says that the store cannot serve now, though it may later."""
    if isinstance(error, AWAY):
        return True
    if isinstance(error, AttributeError):  # another task closed the connection under our hands
        return "writelines" in str(error)
    # A full disk, a script that hangs, too few replicas, a server that is no master any more.
    return isinstance(error, ResponseError) and str(error).startswith(_NOT_NOW)


def each_stream(found: object) -> dict[str, list[Entry]]:
    """The entries of an XREAD, by stream; RESP2 answers with a list, RESP3 with a map."""
    if isinstance(found, dict):
        return {
            key: [entry for batch in batches for entry in batch] for key, batches in found.items()
        }
    assert isinstance(found, list)
    return dict(found)


def only_stream(found: object) -> list[Entry]:
    """The entries of an XREAD of one stream."""
    (entries,) = each_stream(found).values()
    return entries


async def told_between(
    redis: Redis, stream: str, low: str = "-", high: str = "+", count: int | None = None
) -> list[Entry]:
    """Entries of a stream from *low* to *high*; an id behind "(" is left out."""
    found: Any = await redis.xrange(stream, low, high, count=count)
    entries: list[Entry] = found or []
    return entries
