"""How a store is: whether it keeps what it is given, its clock, its services' outboxes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from redis.exceptions import RedisError

from services.chassis import shards
from services.chassis.clock import real_now
from services.chassis.gaps import open_gaps
from services.chassis.moments import to_ms
from services.chassis.redis import Redis, connect, told_between
from services.chassis.relay import told_at
from services.ops.findings import Finding, Health, graded

_LATE: Final = (30.0, 300.0)  # seconds; as the alarms OutboxLate and OutboxStuck
_MISSED: Final = (0.0, 300.0)  # seconds; a repair takes some
_APART: Final = (1.0, 10.0)  # seconds


async def examine(url: str, services: Sequence[str]) -> list[Finding]:
    """All that can be said of the store at *url*; if it is away, only that."""
    what = f"store of {', '.join(services)}"
    redis = connect(url, connections=2)
    try:
        return [
            await _kept(redis, what, url),
            await _clock(redis),
            *[await _outbox(redis, name) for name in services],
            *[await _gaps(redis, name) for name in services],
        ]
    except (RedisError, OSError) as error:
        mend = "start it, or correct TALON_REDIS; nothing works without it"
        return [Finding(what, Health.RED, f"{_shown(url)}: {type(error).__name__}", mend)]
    finally:
        await redis.aclose()


async def _kept(redis: Redis, what: str, url: str) -> Finding:
    told: dict[str, Any] = await redis.info()
    faults = list(_faults(told))
    if not faults:
        return Finding(what, Health.GREEN, f"answers at {_shown(url)}, keeps all on disk")
    mend = "run it with --appendonly yes --maxmemory-policy noeviction, on a disk with room"
    return Finding(what, Health.RED, "; ".join(faults), mend)


def _faults(told: dict[str, Any]) -> Iterable[str]:
    if not told.get("aof_enabled"):
        yield "it forgets everything when it stops (no append-only file)"
    if told.get("aof_last_write_status", "ok") != "ok":
        yield "its last write to disk failed"
    policy = told.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        yield f"when it is full it throws tickets away ({policy})"


async def _clock(redis: Redis) -> Finding:
    before = to_ms(real_now())
    seconds, micros = await redis.time()
    after = to_ms(real_now())
    apart = abs(int(seconds) * 1000 + int(micros) // 1000 - (before + after) / 2) / 1000
    apart = max(apart - (after - before) / 2000, 0)
    found = f"{apart:.1f} s from the store's"
    mend = "set both by NTP: waiting times and the order of events hang on them"
    return graded("clock of this machine", apart, _APART, found, mend)


async def _outbox(redis: Redis, service: str) -> Finding:
    oldest = timedelta()
    for shard in shards.all_shards():
        sent: Any = await redis.hget(shards.checkpoint(service, shard), "id")
        unsent = await told_between(
            redis, shards.outbox(service, shard), f"({sent or '0-0'}", count=1
        )
        if unsent:
            oldest = max(oldest, real_now() - told_at(unsent[0][0]))
    age = oldest.total_seconds()
    found = f"the oldest waits for Kafka since {age:.0f} s" if age else "all is in Kafka"
    mend = "is Kafka away, are its topics wrong? see the log of the service: outbox waits"
    return graded(f"outbox of {service}", age, _LATE, found, mend)


async def _gaps(redis: Redis, service: str) -> Finding:
    what = f"gaps of {service}"
    gaps = await open_gaps(redis, service)
    if not gaps:
        return Finding(what, Health.GREEN, "it heard all that it knows to be told")
    first = min(gaps, key=lambda gap: gap.told)
    asked = [real_now() - one.asked[0] for one in gaps if one.asked]
    age = max([1.0, *(since.total_seconds() for since in asked)])
    found = (
        f"{len(gaps)}, asked for since {age:.0f} s; the first: {first.topic} of"
        f" {first.partitionkey} after {first.after}"
    )
    mend = (
        "look again in a minute: they are told again;"
        " is the service that tells them up? if so, see the runbook EventsGone"
    )
    return graded(what, age, _MISSED, found, mend)


def _shown(url: str) -> str:
    """The address without its password."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 6379}" if parts.hostname else parts.path
