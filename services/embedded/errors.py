"""Why the embedded run cannot start or go on, in words for whoever started it."""

from __future__ import annotations

import errno
from pathlib import Path

import httpx


class CannotRun(Exception):
    """Foreseeable; the text says what is wrong and how to mend it, so no traceback is needed."""


class PortTaken(CannotRun):
    def __init__(self, name: str, port: int, owner: str | None) -> None:
        self.name, self.port, self.owner = name, port, owner
        by = f"by {owner}" if owner else "by another program"
        super().__init__(
            f"port {port}, meant for {name}, is taken {by};"
            " end that, or choose other ports: --ports BASE takes BASE+1 to BASE+6"
        )


class ChildDied(CannotRun):
    """A child ended that nobody had asked to."""

    def __init__(self, name: str, exit_code: int, log: Path, last_lines: list[str]) -> None:
        self.name, self.exit_code, self.log, self.last_lines = name, exit_code, log, last_lines
        how = f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
        told = "".join(f"\n  | {line}" for line in last_lines) or "\n  | (it said nothing)"
        super().__init__(f"{name} died ({how}); the end of {log}:{told}")


class DiskFull(CannotRun):
    def __init__(self, path: Path, needed_mb: int) -> None:
        super().__init__(
            f"the disk that holds {path} is full; free {needed_mb} MB or more and start again"
        )


def is_disk_full(error: BaseException) -> bool:
    """Whether *error* says that a disk or quota is used up."""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}


def refusal(answer: httpx.Response) -> str:
    """The problem document (RFC 9457) in words."""
    try:
        problem = answer.json()
        errors = problem.get("errors", [])
        lines = [f"{e['key']}: {e['error']}; {e['mend']}" for e in errors]
        head = problem.get("detail") or problem["title"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{answer.status_code} {answer.text[:200]}"
    return "\n  ".join([head, *lines])
