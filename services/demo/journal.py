"""What the actors of a simulated day were promised: every command that a service answered.

One JSON line a command, written when the answer has come, so that after any fault the file
says what the services acknowledged. It holds no phone number.
"""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Entry:
    """One answered command. *outcome* is the state after it, or the problem's type."""

    at: datetime
    branch: str
    actor: str
    command: str
    key: str
    status: int
    outcome: str
    window: str | None = None
    ticket: str | None = None
    number: str | None = None

    @property
    def done(self) -> bool:
        return self.status < 400


_ENTRY = TypeAdapter(Entry)


class Journal:
    """The entries of all runs that wrote to one file, in memory as well."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        self.entries = list(read(path))
        whole = path.read_bytes().rpartition(b"\n")
        os.truncate(path, len(whole[0] + whole[1]))
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def note(self, entry: Entry) -> None:
        entry = Entry(**{**asdict(entry), "at": entry.at.astimezone(UTC)})
        self.entries.append(entry)
        self._file.write(_ENTRY.dump_json(entry).decode() + "\n")

    def of(self, branch: str, since: datetime) -> list[Entry]:
        """Return what was done (not what was refused) in *branch* since that moment."""
        return [
            one for one in self.entries if one.branch == branch and one.at >= since and one.done
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()


def read(path: Path) -> Iterator[Entry]:
    """Read a journal file back; a last line that a crash cut short is passed over."""
    for line in path.read_text("utf-8").split("\n")[:-1]:
        yield _ENTRY.validate_json(line)
