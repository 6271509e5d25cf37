"""Whether replicas keep up with their masters, and what a failover now would lose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.chassis.redis import Redis
from services.chassis.telemetry import STORE_COPIES, STORE_REPLICAS, STORE_UNREPLICATED

_SILENT: Final = 10  # seconds; as the store's own default for min-replicas-max-lag
_FAR: Final = 1_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Followed:
    """A master, by those that copy it."""

    replicas: int  # that are in step
    unreplicated: int  # bytes that the one furthest ahead has not confirmed


def followed(told: Mapping[str, Any]) -> Followed | None:
    """What a server's ``INFO replication`` says; None if it is no master."""
    if told["role"] != "master":
        return None
    end = int(told["master_repl_offset"])
    behind = [
        max(end - int(replica["offset"]), 0)
        for name, replica in told.items()
        if name.startswith("slave")
        and isinstance(replica, dict)
        and replica["state"] == "online"
        and int(replica["lag"]) <= _SILENT
    ]
    return Followed(sum(far <= _FAR for far in behind), min(behind, default=0))


async def measure(redis: Redis) -> None:
    """Set the metrics of replicas; a master that does not answer has none to speak of."""
    STORE_COPIES.set(redis.copies)
    told = await redis.each("INFO", "replication")
    masters = [
        one
        for info in told.values()
        if isinstance(info, Mapping) and (one := followed(info)) is not None
    ]
    if masters:
        STORE_REPLICAS.set(min(master.replicas for master in masters))
        STORE_UNREPLICATED.set(max(master.unreplicated for master in masters))
