"""A process beside the service for long sums, so that nobody who presses a button waits for them.

A thread would not do: what is not compiled would hold the interpreter's lock against the event
loop. The process starts with the first sum, yields to the service where both want a core, and ends
with it, even if the service is killed: then its pipe is closed.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Final, TypeVar

log = logging.getLogger(__name__)
Result = TypeVar("Result")

NICE: Final = 5
GONE: Final = (EOFError, OSError)


class WorkerDied(Exception):
    """The process was killed twice over the same sum."""


class Worker:
    """One process, one sum at a time; the next one waits."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._turn = asyncio.Lock()
        self._pipe: Connection | None = None
        self._process: multiprocessing.process.BaseProcess | None = None

    async def run(self, sum: Callable[..., Result], *values: Any) -> Result:
        """Return *sum* of *values*, which all are sent as pickles; raise what it raises.

        Raises:
            WorkerDied: the process ended before it answered, and a second one, too.
        """
        async with self._turn:
            for _ in range(2):
                try:
                    done, result = await asyncio.to_thread(self._ask, sum, values)
                except GONE:
                    log.warning("a worker died", extra={"worker": self._name})
                    self.close()
                    continue
                except asyncio.CancelledError:  # or the next sum would get this one's answer
                    self.close()
                    raise
                if not done:
                    raise result
                found: Result = result
                return found
        raise WorkerDied(self._name)

    def close(self) -> None:
        """End the process; a sum under way is given up."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    def _ask(self, sum: Callable[..., Any], values: tuple[Any, ...]) -> tuple[bool, Any]:
        pipe = self._pipe or self._begin()
        pipe.send((sum, values))
        answer: tuple[bool, Any] = pipe.recv()
        return answer

    def _begin(self) -> Connection:
        fresh = multiprocessing.get_context("spawn")
        ours, theirs = fresh.Pipe()
        process = fresh.Process(target=_work, args=(theirs,), name=self._name, daemon=True)
        process.start()
        theirs.close()
        self._process, self._pipe = process, ours
        return ours


def _work(pipe: Connection) -> None:
    """What the process does: sums, until nobody can ask for any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for the service, which ends the pipe
    os.nice(NICE)
    while True:
        try:
            sum, values = pipe.recv()
        except GONE:
            return
        try:
            answer = True, sum(*values)
        except Exception as wrong:  # noqa: BLE001  # whoever asked gets it
            answer = False, wrong
        pipe.send(answer)
