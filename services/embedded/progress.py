"""How a long step shows how far it is: a bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

_MB: Final = 1_000_000
_LINES: Final = 4


@contextlib.contextmanager
def download_progress(what: str, size: int, console: Console) -> Iterator[Callable[[int], None]]:
    """Give a function to call with the bytes that arrived; any thread may call it."""
    if console.is_terminal:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console) as progress:
            task = progress.add_task(f"Downloading {what}", total=size)
            yield lambda count: progress.advance(task, count)
    else:
        console.print(f"Downloading {what}: {size // _MB} MB, only this once", soft_wrap=True)
        yield _Lines(size, console).advance


class _Lines:
    def __init__(self, size: int, console: Console) -> None:
        self._size, self._console = size, console
        self._done, self._told = 0, 0
        self._guard = threading.Lock()

    def advance(self, count: int) -> None:
        with self._guard:
            self._done += count
            quarter = self._done * _LINES // self._size
            if quarter > self._told:
                self._told = quarter
                self._console.print(f"  {self._done // _MB} of {self._size // _MB} MB")
