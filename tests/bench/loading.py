"""A load process: given its job as JSON, it tells how far it is and what it saw, a line each."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any


def say(line: Mapping[str, Any]) -> None:
    """In the load process: tell *line*, whole.

    Without a buffer (PYTHONUNBUFFERED) a text stream forgets what a pipe does not take at once.
    """
    with open(sys.stdout.fileno(), "wb", closefd=False) as whole:
        whole.write(json.dumps(line).encode() + b"\n")


def told_by(module: str, job: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Let `python -m module` do *job*; yield what it says. The last one holds its ``result``.

    Raises:
        RuntimeError: it ended without one.
    """
    said: dict[str, Any] = {}
    with subprocess.Popen(
        [sys.executable, "-m", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.close()
        try:
            for line in process.stdout:
                if not line.endswith("\n"):
                    break  # it died as it spoke
                said = json.loads(line)
                yield said
        finally:
            process.kill()  # it has ended, unless whoever listens has
    if "result" not in said:
        raise RuntimeError(f"{module} failed ({process.returncode}); what it said stands above")
