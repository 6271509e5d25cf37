"""Valkey as a child: how it is set up, and whether it answers."""

from __future__ import annotations

import socket
from pathlib import Path

from services.embedded.child import Plan
from services.embedded.ports import LOOPBACK


def config_text(port: int, folder: Path) -> str:
    """The configuration. A change is on disk before it is answered (AOF); a key is never dropped
    for want of memory, for every key is somebody's ticket.
    """
    return f"""\
bind {LOOPBACK}
port {port}
protected-mode yes
enable-protected-configs no
enable-debug-command no
enable-module-command no
dir "{folder}"
appendonly yes
appendfsync always
save ""
maxmemory-policy noeviction
daemonize no
loglevel notice
logfile ""
"""


def plan(server: Path, port: int, folder: Path) -> Plan:
    """Write the configuration and say how to run it."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "valkey.conf"
    config.write_text(config_text(port, folder))
    return Plan("valkey", [str(server), str(config)], lambda: answers(port))


def answers(port: int) -> bool:
    """It says LOADING until the log of changes has been read."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False
