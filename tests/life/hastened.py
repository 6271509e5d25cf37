"""A service whose keys go as many times sooner as its days pass faster: never what is shipped.

``python -m tests.life.hastened <times> <service>`` serves as usual. The store drops keys by real
time, whatever the day. So that thirty days in half an hour show what thirty days show, what is kept
for so many days is kept for so many of theirs. Nothing else of the service is changed.
"""

from __future__ import annotations

import importlib
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

SPANS: Final = {
    "services.chassis.commands": ("ANSWER_KEPT",),
    "services.chassis.relay": ("KEPT",),
    "services.ticketing.store.keys": ("TICKET_KEPT", "DAY_KEPT"),
    "services.notify.store.messages": ("KEEP",),
    "services.notify.gateways.simulator": ("KEEP",),
}
"""Leaves first: whoever imports a span afterwards gets the shorter one."""

LEAST: Final = timedelta(seconds=30)
"""Of anything, so that whoever asks again is still known."""


def hasten(times: float, day: float) -> None:
    """Divide all spans of keeping by *times*; what goes with its day, by *day*."""
    for module, names in SPANS.items():
        loaded = importlib.import_module(module)
        for name in names:
            setattr(loaded, name, max(getattr(loaded, name) / times, LEAST))
    branch: Any = importlib.import_module("services.notify.domain.branch").Branch
    keep = branch.keep
    branch.keep = lambda *asked: max(keep(*asked) / day, LEAST)


def main() -> int:
    times, day, service = sys.argv[1:]
    hasten(float(times), float(day))
    cli = importlib.import_module("services.cli")
    code: int = cli.main(["serve", service])
    return code


if __name__ == "__main__":
    # What a worker process imports must not serve a second time.
    assert Path(sys.argv[0]).name == "hastened.py"
    sys.exit(main())
