"""A Talon to measure: brought up, loaded by a process apart, watched."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
from redis import Redis
from rich.console import Console

from services.embedded.options import SERVICES, Options
from services.embedded.ports import Ports
from services.embedded.stack import Stack
from tests.bench import branch
from tests.bench.branch import CODE, Example
from tests.bench.loading import told_by
from tests.bench.machine import Usage, resident_mb

SETTLED_WITHIN = 120.0  # seconds
SEED = 20261123

Advance = Callable[[float], None]


class Talon:
    """Kafka, Valkey and the three services, with a branch of 300 windows."""

    def __init__(self, stack: Stack, example: Example) -> None:
        self._stack = stack
        self._mix = example.mix
        self._seed = SEED

    @property
    def pids(self) -> Mapping[str, int]:
        return {name: child.pid for name, child in self._stack.children.items()}

    def load(self, job: str, advance: Advance = lambda _: None, **told: Any) -> dict[str, Any]:
        """Let the load process do a job; return its result and what each process used."""
        self._stack.check()
        self._seed += 1
        usage = Usage.begin(self.pids)
        begun = time.perf_counter()
        order = told | {
            "job": job,
            "branch": CODE,
            "addresses": dict(self._stack.addresses),
            "mix": self._mix,
            "seed": self._seed,
        }
        result: dict[str, Any] = {}
        for said in told_by("tests.bench.load", order):
            advance(said.get("done", 0))
            result = said.get("result", result)
        own = 100 * result["cpu"] / (time.perf_counter() - begun)
        return result | {"used": usage.percent() | {"load": own}}

    def settle(self) -> float:
        """Wait until all three services tell the same of the day; return how long it took."""
        begun = time.perf_counter()
        while True:
            told = [self._day(name) for name in SERVICES]
            waited = time.perf_counter() - begun
            if told[0] is not None and all(one == told[0] for one in told[1:]):
                return waited
            if waited > SETTLED_WITHIN:
                raise RuntimeError(f"the services do not come to agree: {told}")
            time.sleep(0.25)

    def told_to_applied(self) -> tuple[float, float]:
        """Sum in seconds and count: from the outbox of dispatch to the board's state in notify."""
        metrics = self._get("notify", "/metrics").text
        values = dict(line.rsplit(" ", 1) for line in metrics.splitlines() if line[:1] != "#")
        name = "talon_board_delay_seconds"
        return float(values[f"{name}_sum"]), float(values[f"{name}_count"])

    def memory(self) -> dict[str, float]:
        return {name: resident_mb(pid) for name, pid in self.pids.items()}

    def idle(self, seconds: float, advance: Advance) -> dict[str, float]:
        """What each process uses while nobody asks anything."""
        usage = Usage.begin(self.pids)
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            time.sleep(0.25)
            advance(0.25)
        return usage.percent()

    def store_version(self) -> str:
        with Redis.from_url(self._stack.redis, decode_responses=True) as redis:
            server: Any = redis.info("server")
        return str(server.get("valkey_version") or server["redis_version"])

    def _day(self, name: str) -> Any:
        """What a service knows of the day; nothing before it has heard of the branch."""
        answer = self._client.get(f"{self._stack.addresses[name]}/v1/branches/{CODE}/days/today")
        return None if answer.status_code == HTTPStatus.NOT_FOUND else answer.json()

    def _get(self, name: str, path: str) -> httpx.Response:
        return self._client.get(self._stack.addresses[name] + path).raise_for_status()

    _client = httpx.Client(timeout=30)


@contextlib.contextmanager
def a_talon(example: Example, console: Console) -> Iterator[Talon]:
    """A Talon of its own, on free ports; nothing of it stays."""
    with tempfile.TemporaryDirectory(prefix="talon-bench-") as folder:
        catalogue = Path(folder, "catalogue.json")
        branch.write(example, catalogue)
        options = Options(
            state=Path(folder, "state"),
            ports=Ports.free(),
            clock=branch.CLOCK,
            catalogue=catalogue,
        )
        with Stack(options, console) as stack:
            yield Talon(stack, example)
