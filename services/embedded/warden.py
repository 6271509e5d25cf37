"""Ends every child when the supervisor is gone, however it went.

The warden leads a process group that all children join, and reads a pipe whose other end only
the supervisor holds. When the supervisor stops, crashes or is killed -9, the kernel closes that
end and the warden kills the whole group, itself included: no list of processes that could be
out of date, no signal that an operating system may lack.

A group of their own also keeps the terminal's Ctrl-C from the children: the supervisor stops
them in order.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_GONE_WITHIN = 10.0  # seconds


class Warden:
    """The supervisor's side."""

    def __init__(self, lock: int) -> None:
        """Start the warden; it and every child keep the open file *lock*."""
        self._lock = lock
        program = [sys.executable, "-I", "-S", __file__]
        self._process = subprocess.Popen(  # noqa: S603  our own program
            program, stdin=subprocess.PIPE, process_group=0, pass_fds=(lock,)
        )

    def spawn(
        self, command: Sequence[str], log: Path, environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        """Start a child that does not outlive the supervisor; it writes to the end of *log*."""
        with log.open("ab") as out:
            return subprocess.Popen(  # noqa: S603  commands are built here, never typed
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                process_group=self._process.pid,
                pass_fds=(self._lock,),
            )

    def close(self) -> None:
        """End whatever child is left, and the warden."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(_GONE_WITHIN)


def _watch() -> None:
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, signal.SIG_IGN)
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    _watch()
