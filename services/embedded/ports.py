"""Which ports the embedded run listens on, and who holds one that it cannot have."""

from __future__ import annotations

import contextlib
import random
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from services.embedded.errors import CannotRun, PortTaken

DEFAULT_BASE: Final = 8100
LOOPBACK: Final = "127.0.0.1"
_LISTENING: Final = "0A"  # proc(5): state of a socket in /proc/net/tcp


@dataclass(frozen=True, slots=True)
class Ports:
    """One for each listener, named as its owner; all on the loopback address."""

    ticketing: int
    dispatch: int
    notify: int
    kafka: int
    controller: int
    valkey: int

    @classmethod
    def from_base(cls, base: int = DEFAULT_BASE) -> Ports:
        """BASE+1 to BASE+6.

        Raises:
            CannotRun: there are no such ports.
        """
        if not 1023 <= base <= 65_529:
            raise CannotRun(f"--ports {base} leaves no room; choose a BASE from 1023 to 65529")
        return cls(*range(base + 1, base + 7))

    @classmethod
    def free(cls) -> Ports:
        """Ports that nobody holds at the moment, for tests.

        Below the range from which systems take ports for outgoing connections: one of these
        could take a free port away before its listener comes.
        """
        while True:
            ports = cls.from_base(random.randrange(10_000, 32_000))  # noqa: S311  not a secret
            if not any(_is_taken(port) for port in asdict(ports).values()):
                return ports

    def of(self, name: str) -> int:
        port: int = asdict(self)[name]
        return port


def refuse_taken(ports: Ports, names: Iterator[str] | tuple[str, ...]) -> None:
    """Check that the listeners *names* can have their ports.

    Raises:
        PortTaken: one cannot.
    """
    for name in names:
        port = ports.of(name)
        if _is_taken(port):
            raise PortTaken(name, port, owner(port))


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers do; else connections of an earlier run that linger would count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
        return False


def owner(port: int) -> str | None:
    """``java (process 4711)``, where the system tells it cheaply (Linux, own processes)."""
    inodes = {inode for table in ("tcp", "tcp6") for inode in _listeners(table, port)}
    if not inodes:
        return None
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if str(descriptor.readlink()) in inodes:
                process = descriptor.parent.parent
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return None


def _listeners(table: str, port: int) -> Iterator[str]:
    """Sockets that listen on *port*, as their names under /proc/<pid>/fd."""
    try:
        rows = Path("/proc/net", table).read_text().splitlines()[1:]
    except OSError:
        return
    for row in rows:
        local, _, state, *rest = row.split()[1:]
        if state == _LISTENING and int(local.rpartition(":")[2], 16) == port:
            yield f"socket:[{rest[5]}]"
