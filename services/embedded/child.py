"""One child process: its command, its log, whether it answers, and how it ended."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.embedded.errors import ChildDied
from services.embedded.warden import Warden

LOG_LIMIT: Final = 20_000_000  # bytes; one older log of at most this size is kept beside
_SHOWN_LINES: Final = 12
_SHOWN_BYTES: Final = 8_000


@dataclass(frozen=True, slots=True)
class Plan:
    """How to run a child and how to see that it serves."""

    name: str
    command: Sequence[str]
    answers: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)


class Child:
    def __init__(self, plan: Plan, logs: Path) -> None:
        self.plan = plan
        self.log = logs / f"{plan.name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self._wanted = False

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def pid(self) -> int:
        """Of the running process, or of the last one that ran."""
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, warden: Warden) -> None:
        self.trim_log()
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        self._process = warden.spawn(self.plan.command, self.log, self.plan.environment)
        self._wanted = True

    def check(self) -> None:
        """Raise ChildDied if it ended and nobody had asked it to."""
        if self._process is None or not self._wanted:
            return
        code = self._process.poll()
        if code is not None:
            self._wanted = False
            raise ChildDied(self.name, code, self.log, self.last_lines())

    def ask_to_stop(self) -> None:
        """SIGTERM; see `wait`."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL, and see it gone."""
        self._send(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def wait(self, deadline: float) -> None:
        """See it gone by *deadline* (of ``time.monotonic``), or kill it."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.kill()

    def last_lines(self) -> list[str]:
        """The end of what it has said since its start."""
        try:
            with self.log.open("rb") as log:
                size = log.seek(0, 2)
                log.seek(max(min(self._log_start, size), size - _SHOWN_BYTES))
                return log.read().decode(errors="replace").splitlines()[-_SHOWN_LINES:]
        except OSError:
            return []

    def trim_log(self) -> None:
        """Keep the log bounded. The child appends, so it goes on in the emptied file."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            with self.log.open("r+b") as log:
                log.truncate(0)
            self._log_start = 0

    def _send(self, signum: signal.Signals) -> None:
        self._wanted = False
        if self._process is not None:
            self._process.send_signal(signum)
