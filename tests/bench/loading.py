"""A load process: given its job as JSON, it tells how far it is and what it saw, a line each."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any


def told_by(module: str, job: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Let `python -m module` do *job*; yield what it says. The last one holds its ``result``.

    Raises:
        RuntimeError: it ended without one.
    """
    result = False
    with subprocess.Popen(
        [sys.executable, "-m", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.close()
        try:
            for line in process.stdout:
                said = json.loads(line)
                result = result or "result" in said
                yield said
        finally:
            process.kill()  # it has ended, unless whoever listens has
    if not result:
        raise RuntimeError(f"{module} failed; what it said stands above")
