"""What a running Talon takes at one moment: memory of each process, keys, disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from redis.asyncio import Redis

from services.embedded.stack import Stack
from tests import keeping
from tests.life.flat import Figures

MB: Final = 1_000_000
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_BLOCK: Final = 512


async def measure(stack: Stack) -> tuple[Figures, list[str]]:
    """All that is measured: *memory*, *store* and *disk* in MB, open *files*, *keys* of each kind,
    and inside of them *bytes* in kB, or *entries* of a stream that is cut at a number. And what of
    the keys is otherwise than docs/keeping.md says.
    """
    found = dict(_memory(stack)) | dict(_disk(stack.options.state))
    redis = Redis.from_url(stack.redis, decode_responses=True)
    try:
        keys, rows = await keeping.keys_of(redis), keeping.table()
        used: Any = await redis.info("memory")
    finally:
        await redis.aclose()
    found["store data"] = (used["used_memory"] - used["mem_clients_normal"]) / MB
    for key in keys:
        row = keeping.row_of(key.name, rows)
        kind = row.key if row else key.name
        # A stream fills up to its number for weeks; that it is cut there is seen by the number.
        cut = row is not None and row.kind == "stream" and row.most is not None
        inside = ("entries", float(key.size)) if cut else ("bytes", key.bytes / 1000)
        for name, more in (("keys", 1.0), inside):
            found[f"{name} {kind}"] = found.get(f"{name} {kind}", 0) + more
    return found, keeping.faults(keys, rows)


def _memory(stack: Stack) -> Iterator[tuple[str, float]]:
    """What each process holds, without the pages that it shares; its workers are told apart."""
    parents = dict(_parents())
    for child in stack.children.values():
        yield f"memory {child.name}", _resident(child.pid)
        yield f"files {child.name}", _open_files(child.pid)
        below = [pid for pid, parent in parents.items() if parent == child.pid]
        if workers := sum(map(_resident, below)):
            yield f"memory {child.name}'s workers", workers


def _disk(state: Path) -> Iterator[tuple[str, float]]:
    for place in ("kafka", "valkey", "logs"):
        sizes = (_size(path) for path in (state / place).rglob("*"))
        yield f"disk {place}", sum(sizes) / MB


def _resident(pid: int) -> float:
    """Megabytes; none of a process that has ended."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(resident) - int(shared)) * _PAGE / MB


def _open_files(pid: int) -> float:
    """Connections, too."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def _parents() -> Iterator[tuple[int, int]]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            yield int(stat.parent.name), int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue


def _size(path: Path) -> int:
    try:
        return path.stat().st_blocks * _BLOCK
    except OSError:
        return 0
