"""`talon up`: everything on this machine until somebody stops it."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Final, NoReturn

from rich.console import Console

from services.embedded.options import Options
from services.embedded.revive import keep_alive
from services.embedded.stack import Stack

_WARN_MB: Final = 100
_WARN_EVERY: Final = 60.0  # seconds


def run(options: Options, console: Console) -> int:
    """Bring everything up, say where the pages are, watch; return the exit code.

    Raises:
        CannotRun: it cannot start, or a child dies again and again; nothing is left running.
    """
    stop_on_signals()
    begun = time.monotonic()
    stack = Stack(options, console)
    try:
        with console.status("Starting Kafka, Valkey and the services"):
            stack.start()
        try:
            _welcome(stack, time.monotonic() - begun, console)
            asyncio.run(_watch(stack, console))
        finally:
            with console.status("Stopping"):
                stack.stop()
    except KeyboardInterrupt:
        console.print("Stopped; the state is kept in", str(options.state), soft_wrap=True)
        return 0


def stop_on_signals() -> None:
    """Make SIGTERM and a closed terminal do what Ctrl-C does."""

    def interrupt(_signum: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)


async def _watch(stack: Stack, console: Console) -> NoReturn:
    """Until interrupted, or a child does not come back."""
    disk = asyncio.create_task(_watch_disk(stack, console))
    try:
        await keep_alive(stack, console)
    finally:
        disk.cancel()


async def _watch_disk(stack: Stack, console: Console) -> NoReturn:
    while True:
        if stack.free_mb() < _WARN_MB:
            console.print(
                f"The disk that holds {stack.options.state} is nearly full"
                f" ({stack.free_mb()} MB left): free some, or tickets will be refused",
                style="yellow",
                soft_wrap=True,
            )
        await asyncio.sleep(_WARN_EVERY)


def _welcome(stack: Stack, took: float, console: Console) -> None:
    assert stack.imported is not None, "everything is up, so the catalogue is imported"
    console.print()
    for label, text in page_lines(stack.imported.branches, stack.addresses):
        console.print(f"  [bold]{label:<8}[/] {text}", soft_wrap=True, highlight=False)
    console.print(
        f"\n  Up in {took:.1f} s: Kafka {stack.kafka}, Valkey {stack.redis}, clock {stack.clock},"
        f" state {stack.options.state}. Ctrl-C stops everything\n",
        soft_wrap=True,
        highlight=False,
    )


def page_lines(branches: Sequence[str], addresses: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What each page is called, and its address."""
    for code in branches:
        yield code, ""
        yield "kiosk", f"{addresses['ticketing']}/kiosk/?branch={code}"
        yield "console", f"{addresses['dispatch']}/console/?branch={code}"
        yield "board", f"{addresses['notify']}/board/?branch={code}&sound=1"
    yield "phones", f"{addresses['notify']}/phones/"
    yield "docs", "  ".join(f"{address}/docs" for address in addresses.values())
