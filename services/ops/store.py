"""How a store is: whether it keeps and copies what it is given, its clock, its outboxes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from redis.exceptions import RedisError

from services.chassis import shards
from services.chassis.address import Address, Way
from services.chassis.clock import real_now
from services.chassis.gaps import open_gaps
from services.chassis.moments import to_ms
from services.chassis.redis import Redis, connect, told_between
from services.chassis.relay import told_at
from services.chassis.replicas import followed
from services.ops.findings import Finding, Health, graded
from services.ops.place import UsedStore

_LATE: Final = (30.0, 300.0)  # seconds; as the alarms OutboxLate and OutboxStuck
_MISSED: Final = (0.0, 300.0)  # seconds; a repair takes some
_APART: Final = (1.0, 10.0)  # seconds


async def examine(store: UsedStore) -> list[Finding]:
    """All that can be said of *store*; if it is away, only that."""
    what = f"store of {', '.join(store.services)}"
    redis, address = connect(store.url, connections=2), Address.parse(store.url)
    try:
        told = await redis.each("INFO")
        return [
            _kept(what, told, address),
            *_copied(what, told, address.way, store.copies),
            await _clock(redis),
            *[await _outbox(redis, name) for name in store.services],
            *[await _gaps(redis, name) for name in store.services],
        ]
    except (RedisError, OSError) as error:
        mend = "start it, or correct TALON_REDIS; nothing works without it"
        return [Finding(what, Health.RED, f"{address}: {type(error).__name__}", mend)]
    finally:
        await redis.aclose()


def _kept(what: str, told: Mapping[str, Any], address: Address) -> Finding:
    faults = [f"{name} {fault}".strip() for name, one in told.items() for fault in _faults(one)]
    if not faults:
        return Finding(what, Health.GREEN, f"answers at {address}, keeps all on disk")
    mend = "run it with --appendonly yes --maxmemory-policy noeviction, on a disk with room"
    return Finding(what, Health.RED, "; ".join(faults), mend)


def _faults(told: Any) -> Iterable[str]:
    if isinstance(told, BaseException):
        yield f"does not answer ({type(told).__name__})"
        return
    if not told.get("aof_enabled"):
        yield "forgets everything when it stops (no append-only file)"
    if told.get("aof_last_write_status", "ok") != "ok":
        yield "could not write to disk when it last tried"
    policy = told.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        yield f"throws tickets away when it is full ({policy})"


def _copied(what: str, told: Mapping[str, Any], way: Way, copies: int) -> Iterable[Finding]:
    """Whether replicas are enough; a single server that is asked for none has nothing to say."""
    masters = [(name, f) for name, one in told.items() if isinstance(one, Mapping)
               and (f := followed(one))]  # fmt: skip
    name, fewest = min(((n, f.replicas) for n, f in masters), key=lambda one: one[1])
    if way is Way.ONE and not copies:
        return
    what = f"replicas of the {what}"
    found = f"{name or 'its master'} has {fewest} in step; {copies} must have a change"
    if fewest < copies:
        mend = "start those that are missing, or lower TALON_STORE_COPIES: nothing is acknowledged"
        yield Finding(what, Health.RED, found, mend)
    elif not fewest:
        yield Finding(what, Health.YELLOW, found, "give it one: if it fails, nobody takes over")
    else:
        yield Finding(what, Health.GREEN, found)


async def _clock(redis: Redis) -> Finding:
    before = to_ms(real_now())
    told = await redis.each("TIME")
    after = to_ms(real_now())
    moments = [int(s) * 1000 + int(m) // 1000 for s, m in _answers(told)]
    apart = max(abs(moment - (before + after) / 2) for moment in moments) / 1000
    apart = max(apart - (after - before) / 2000, 0)
    found = f"{apart:.1f} s from the store's"
    mend = "set both by NTP: waiting times and the order of events hang on them"
    return graded("clock of this machine", apart, _APART, found, mend)


def _answers(told: Mapping[str, Any]) -> list[Any]:
    return [one for one in told.values() if not isinstance(one, BaseException)]


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
