"""The file of a backup: lines of JSON by topic and service, and a manifest that proves it whole.

Source of the container: ZIP (PKWARE APPNOTE 6.3). ``manifest.json`` names each part, how many lines
it has and its SHA-256.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from services.chassis.clock import real_now
from services.embedded.errors import CannotRun

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"

Line = dict[str, Any]


@dataclass
class Writer:
    """A backup that is being written."""

    made: datetime
    clock: str  # by which the services live
    _zip: zipfile.ZipFile
    _parts: dict[str, Line] = field(default_factory=dict)

    async def write(self, part: str, lines: AsyncIterator[Line]) -> int:
        """Write a part; return how many lines it has."""
        digest, count = hashlib.sha256(), 0
        with self._zip.open(part, "w", force_zip64=True) as out:
            async for line in lines:
                text = json.dumps(line, ensure_ascii=False).encode() + b"\n"
                digest.update(text)
                out.write(text)
                count += 1
        self._parts[part] = {"lines": count, "sha256": digest.hexdigest()}
        return count

    def close(self) -> None:
        """Write the manifest."""
        told = {"format": FORMAT, "made": self.made.isoformat()}
        told |= {"clock": self.clock, "parts": self._parts}
        self._zip.writestr(_MANIFEST, json.dumps(told, indent=1))


@contextlib.contextmanager
def writing(path: Path, clock: str) -> Iterator[Writer]:
    """A backup at *path*, which is there only when it is whole; readable by its owner alone.

    Raises:
        CannotRun: it cannot be written.
    """
    half = path.with_name(f".{path.name}.half")
    try:
        half.unlink(missing_ok=True)
        opened = os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(opened, "wb") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zip:
                    writer = Writer(real_now(), clock, zip)
                    yield writer
                    writer.close()
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)
    except OSError as error:
        raise CannotRun(f"cannot write {path}: {error.strerror or error}") from None


@dataclass(frozen=True, slots=True)
class Reader:
    """A whole backup."""

    made: datetime
    clock: str
    parts: Iterable[str]
    _zip: zipfile.ZipFile

    def lines(self, part: str) -> Iterator[Line]:
        """The lines of a part; of none if there is no such part."""
        if part in self.parts:
            with self._zip.open(part) as text:
                for line in text:
                    yield json.loads(line)


@contextlib.contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """The backup at *path*, after a look at all of it.

    Raises:
        CannotRun: there is none, it is damaged, or of a later version.
    """
    try:
        with zipfile.ZipFile(path) as zip:
            told = json.loads(zip.read(_MANIFEST))
            if told["format"] > FORMAT:
                raise CannotRun(f"{path} was made by a later Talon; update this one first")
            for part, wanted in told["parts"].items():
                if _sha256(zip, part) != wanted["sha256"]:
                    raise CannotRun(f"{path} is damaged ({part}); take an older backup")
            made = datetime.fromisoformat(told["made"])
            yield Reader(made, told["clock"], [*told["parts"]], zip)
    except OSError as error:
        raise CannotRun(f"cannot read {path}: {error.strerror or error}") from None
    except (zipfile.BadZipFile, zipfile.zlib.error, KeyError, ValueError, EOFError) as error:  # type: ignore[attr-defined]
        raise CannotRun(f"{path} is no backup, or damaged ({error}); take an older one") from None


def _sha256(zip: zipfile.ZipFile, part: str) -> str:
    with zip.open(part) as text:
        return hashlib.file_digest(text, "sha256").hexdigest()  # type: ignore[arg-type]  # reads as any file does
