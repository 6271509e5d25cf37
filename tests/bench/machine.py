"""The machine and its processes: what it is, what they take of it."""

from __future__ import annotations

import contextlib
import os
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.embedded.lock import locked

_TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


def resident_mb(pid: int) -> float:
    """Memory that a process holds; 0 where the system does not tell."""
    for line in _lines(f"/proc/{pid}/status"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def children(pid: int) -> list[int]:
    """Processes that a process started; none where the system does not tell."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(path.parent.name))
    return found


@dataclass(frozen=True, slots=True)
class Usage:
    """Processor time of some processes since a moment."""

    pids: Mapping[str, int]
    begun: float
    used: Mapping[str, float]

    @classmethod
    def begin(cls, pids: Mapping[str, int]) -> Usage:
        return cls(pids, time.perf_counter(), {n: cpu_seconds(pid) for n, pid in pids.items()})

    def percent(self) -> dict[str, float]:
        """Of one core, by process."""
        took = time.perf_counter() - self.begun
        return {n: 100 * (cpu_seconds(p) - self.used[n]) / took for n, p in self.pids.items()}


def description() -> dict[str, str]:
    """What the figures were seen on."""
    model = next((_value(x) for x in _lines("/proc/cpuinfo") if x.startswith("model name")), "")
    memory = next((_value(x) for x in _lines("/proc/meminfo") if x.startswith("MemTotal")), "0 kB")
    return {
        "processor": f"{model or platform.processor() or platform.machine()}, {cores()} cores",
        "memory": f"{int(memory.split()[0]) / 1024**2:.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "Apache Kafka": locked().kafka,
    }


def load() -> str:
    """How many processes wanted to run just now, on average over one minute."""
    return f"{os.getloadavg()[0]:.1f}"


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 0


def _value(line: str) -> str:
    return line.partition(":")[2].strip()


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
