"""How stories are spread: a partition key belongs to one of a fixed number of shards for ever.

All Redis keys of a partition key carry its shard's hash tag, hence one cluster slot, so that a
Lua script may change them and append to the shard's outbox in one step.
"""

from __future__ import annotations

from zlib import crc32

SHARDS = 16
"""Fixed for the life of a deployment: keys never move to another tag."""


def shard_of(partitionkey: str) -> str:
    """The hash tag of a partition key: ``{s07}``."""
    return _tag(crc32(partitionkey.encode()) % SHARDS)


def all_shards() -> list[str]:
    """Every hash tag there is."""
    return [_tag(n) for n in range(SHARDS)]


def outbox(service: str, shard: str) -> str:
    """Stream: events of the shard, in the order in which they were told."""
    return f"{service}:{shard}:outbox"


def checkpoint(service: str, shard: str) -> str:
    """Hash: id of the newest event that is in Kafka, and how many are (id, sent); where the newest
    of each partition lies ("at:<topic>:<partition>" -> "<offset> <id>").
    """
    return f"{service}:{shard}:relayed"


def lease(service: str, shard: str) -> str:
    """String with expiry: token of the relay that works on the shard."""
    return f"{service}:{shard}:lease"


def of_branch(service: str, branch: str, name: str) -> str:
    """A key of one branch, in its shard."""
    return f"{service}:{shard_of(branch)}:{branch}:{name}"


def gaps(service: str, shard: str) -> str:
    """Hash: where events were not heard, "<topic> <partition key> <newest event heard before>" ->
    "<last event missing>[ <first asked for> <last asked for>]", ms. Kept by the prelude's `follow`,
    which derives the key from that of the newest event heard.
    """
    return f"{service}:{shard}:gaps"


def _tag(n: int) -> str:
    return f"{{s{n:02}}}"
