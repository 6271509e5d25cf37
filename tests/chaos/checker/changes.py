"""The log of changes that a store wrote to its disk: what it was told, write after write.

Source: Valkey documentation, "Persistence": commands in the form of the wire protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def relayed(folder: Path) -> Iterator[tuple[str, str]]:
    """Every move of a relay's checkpoint, in the order made: its key, and the id moved to."""
    for path in sorted(folder.glob("*.incr.aof"), key=_number):
        for command in _commands(path.read_bytes()):
            if command[0].upper() == b"HSET" and command[1].endswith(b":relayed"):
                fields = dict(zip(command[2::2], command[3::2], strict=True))
                if b"id" in fields:
                    yield command[1].decode(), fields[b"id"].decode()


def _commands(log: bytes) -> Iterator[list[bytes]]:
    """``*<words>`` and for each ``$<bytes>`` and the word; the last one may be cut short."""
    at = 0
    while log[at : at + 1] == b"*":
        end = log.index(b"\r\n", at)
        words, at = int(log[at + 1 : end]), end + 2
        command = []
        for _ in range(words):
            end = log.find(b"\r\n", at)
            if end < 0:
                return
            size = int(log[at + 1 : end])
            at = end + 2 + size + 2
            if at > len(log):
                return
            command.append(log[end + 2 : end + 2 + size])
        yield command
    assert at == len(log), f"the log of changes cannot be read from byte {at} on"


def _number(path: Path) -> int:
    """appendonly.aof.<number>.incr.aof"""
    return int(path.name.split(".")[-3])
