"""What the processes of a run take while its hour is lived, and how far they fall behind."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import httpx
from redis import Redis

from services.embedded.options import SERVICES
from services.embedded.stack import Stack
from tests.bench.machine import children, cpu_seconds, resident_mb

SCRAPE_EVERY: Final = 5.0  # seconds: as often as Prometheus would
OUTBOX, LAG = "talon_outbox_oldest_seconds", "talon_consumer_lag"


@dataclass(frozen=True, slots=True)
class Moment:
    """How things stand."""

    at: float  # seconds, of a clock that only goes on
    cpu: Mapping[str, float]  # seconds, by process
    kafka: Mapping[str, int]  # bytes on disk, by topic
    store_memory: int  # bytes
    store_log: int  # bytes on disk


@dataclass
class Worst:
    """The most that was seen at any look."""

    outbox: float = 0.0  # seconds
    lag: float = 0.0  # events, of one service in one topic
    texts: dict[str, str] = field(default_factory=dict)  # the newest metrics, by service


class Watch:
    """Looks at a stack, and at its load, from outside. Enter it to have metrics looked at, too."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._over = threading.Event()
        self._looks = threading.Thread(target=self._scrape, daemon=True)
        self._http = httpx.Client(timeout=30)
        self.worst = Worst()

    def moment(self) -> Moment:
        """How things stand now."""
        cpu = {name: sum(map(cpu_seconds, pids)) for name, pids in self._pids().items()}
        root = self._stack.options.state
        with Redis.from_url(self._stack.redis, decode_responses=True) as redis:
            memory: Any = redis.info("memory")
        logs = sum(path.stat().st_size for path in (root / "valkey").rglob("*.aof"))
        used = int(memory["used_memory"])
        return Moment(time.perf_counter(), cpu, _topics(root), used, logs)

    def memory(self) -> dict[str, float]:
        """What each process holds, MB."""
        return {name: sum(map(resident_mb, pids)) for name, pids in self._pids().items()}

    def forget(self) -> None:
        """What was worst until now does not count."""
        self.worst = Worst()

    def look(self) -> None:
        """Read the metrics of all services."""
        for name in SERVICES:
            text = self._http.get(self._stack.addresses[name] + "/metrics").text
            self.worst.texts[name] = text
            for line in text.splitlines():
                metric, _, value = line.rpartition(" ")
                if metric == OUTBOX:
                    self.worst.outbox = max(self.worst.outbox, float(value))
                elif metric.startswith(LAG):
                    self.worst.lag = max(self.worst.lag, float(value))

    def _pids(self) -> dict[str, list[int]]:
        """The processes by name: what dispatch has started makes its forecasts."""
        found = {name: [child.pid] for name, child in self._stack.children.items()}
        found["forecasts"] = children(self._stack.children["dispatch"].pid)
        return found

    def _scrape(self) -> None:
        while not self._over.wait(SCRAPE_EVERY):
            with contextlib.suppress(httpx.HTTPError):  # it shows elsewhere
                self.look()

    def __enter__(self) -> Self:
        self._looks.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._looks.join()
        self._http.close()


def _topics(state: Path) -> dict[str, int]:
    """Bytes of each topic's records on disk."""
    found: dict[str, int] = {}
    for path in state.rglob("talon.*/*.log"):
        topic = path.parent.name.rpartition("-")[0]
        found[topic] = found.get(topic, 0) + path.stat().st_size
    return found
