"""A service whose consumer stops once for ever, as aiokafka's now and then does: for a test.

``python -m tests.chaos.frozen <marker> <service>`` serves as usual, until a first batch was read.
Then nothing is fetched any more, unless the file *marker* says that this has been so before.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

LIMIT: Final = timedelta(seconds=3)


def freeze_after_a_batch(marker: Path) -> None:
    """Stop what fetches, once; whoever reads from it waits and is told nothing."""
    consume: Any = importlib.import_module("services.chassis.consume")
    look: Callable[..., Any] = consume._what_came

    def freeze(consumer: Any) -> None:
        if not marker.exists():
            marker.touch()
            consumer._fetcher._fetch_task.cancel()

    async def look_and_freeze(offsets: Any, consumer: Any) -> Any:
        found = await look(offsets, consumer)
        if found:
            freeze(consumer)
        return found

    consume._what_came = look_and_freeze
    lags: Any = importlib.import_module("services.chassis.lags")
    lags.STUCK_AFTER = LIMIT


def main() -> int:
    marker, service = sys.argv[1:]
    freeze_after_a_batch(Path(marker))
    cli = importlib.import_module("services.cli")
    code: int = cli.main(["serve", service])
    return code


if __name__ == "__main__":
    # What a worker process imports must not serve a second time.
    assert Path(sys.argv[0]).name == "frozen.py"
    sys.exit(main())
