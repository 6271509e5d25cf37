"""The jars of Apache Kafka on this machine: downloaded once, verified, then used without network.

``TALON_MAVEN`` names another Maven repository (a mirror), ``TALON_CACHE`` another folder. A
cache copied from another machine serves as well as a download.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console

from services.embedded.errors import CannotRun, DiskFull, is_disk_full
from services.embedded.lock import MAVEN, Jar, Lock
from services.embedded.progress import download_progress

_TRIES: Final = 3
_AT_ONCE: Final = 8
_MB: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Cache:
    """Where downloads are kept, and where they come from."""

    folder: Path
    maven: str

    @classmethod
    def from_environment(cls) -> Cache:
        folder = os.environ.get("TALON_CACHE") or "~/.cache/talon"
        maven = os.environ.get("TALON_MAVEN") or MAVEN
        return cls(Path(folder).expanduser().absolute(), maven.rstrip("/"))

    def home(self, lock: Lock) -> Path:
        """The folder of this very set of jars."""
        return self.folder / f"kafka-{lock.kafka}-{lock.fingerprint}"


def class_path(lock: Lock, cache: Cache, console: Console) -> list[Path]:
    """The jars of *lock*, in its order; what is missing is downloaded first.

    Raises:
        CannotRun: no network, a wrong file, a full disk or a folder not ours.
    """
    folder = cache.home(lock) / "jars"
    missing = [jar for jar in lock.jars if not _is_here(folder / jar.name, jar)]
    if missing:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _download(missing, folder, cache.maven, f"Apache Kafka {lock.kafka}", console)
        except OSError as error:
            raise _folder_trouble(error, cache, lock) from error
    return [folder / jar.name for jar in lock.jars]


def _is_here(path: Path, jar: Jar) -> bool:
    # Only verified files ever get this name; the size tells what a broken disk or copy did.
    try:
        return path.stat().st_size == jar.size
    except OSError:
        return False


def _download(jars: list[Jar], folder: Path, maven: str, what: str, console: Console) -> None:
    stop = threading.Event()
    size = sum(jar.size for jar in jars)
    with (
        httpx.Client(timeout=20, follow_redirects=True) as http,
        download_progress(f"{what} from {maven}", size, console) as advance,
        ThreadPoolExecutor(_AT_ONCE) as pool,
    ):
        jobs = [
            pool.submit(_fetch, http, jar, folder, maven, _heeding(stop, advance)) for jar in jars
        ]
        try:
            for job in jobs:
                job.result()
        except BaseException:  # Ctrl-C too: nobody should wait for the other downloads
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _heeding(stop: threading.Event, advance: Callable[[int], None]) -> Callable[[int], None]:
    def advance_unless_stopped(count: int) -> None:
        if stop.is_set():
            raise CannotRun("the download was stopped")
        advance(count)

    return advance_unless_stopped


def _fetch(
    http: httpx.Client, jar: Jar, folder: Path, maven: str, advance: Callable[[int], None]
) -> None:
    """Download one jar; it gets its name only when every byte is right."""
    url = f"{maven}/{jar.path}"
    part = folder / f".{jar.name}.{os.getpid()}.part"
    try:
        for attempt in range(1, _TRIES + 1):
            try:
                digest = _stream(http, url, part, advance)
                break
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if attempt == _TRIES or not _may_pass(error):
                    raise _network_trouble(url, maven, error) from error
                time.sleep(0.5 * attempt)
        if digest != jar.sha256:
            raise _wrong_file(url, jar, digest)
        part.replace(folder / jar.name)
    finally:
        part.unlink(missing_ok=True)


def _stream(http: httpx.Client, url: str, part: Path, advance: Callable[[int], None]) -> str:
    """Write *url* to *part*; return its SHA-256."""
    digest, done = hashlib.sha256(), 0
    try:
        with http.stream("GET", url) as answer, part.open("wb") as file:
            answer.raise_for_status()
            for chunk in answer.iter_bytes(65_536):
                file.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                advance(len(chunk))
    except httpx.HTTPError:
        advance(-done)
        raise
    return digest.hexdigest()


def _may_pass(error: httpx.HTTPError | httpx.InvalidURL) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code >= 500 or error.response.status_code == 429
    return isinstance(error, httpx.TransportError)


def _wrong_file(url: str, jar: Jar, digest: str) -> CannotRun:
    return CannotRun(
        f"{url} is not the file that Talon was built with (SHA-256 {digest}, expected"
        f" {jar.sha256}); it was thrown away. Start again; if TALON_MAVEN names a mirror,"
        " mend the mirror or unset it"
    )


def _network_trouble(url: str, maven: str, error: httpx.HTTPError | httpx.InvalidURL) -> CannotRun:
    if isinstance(error, httpx.HTTPStatusError):
        return CannotRun(
            f"{url} answers {error.response.status_code}; TALON_MAVEN must be the address of a"
            f" Maven repository, such as {MAVEN}"
        )
    return CannotRun(
        f"cannot download Apache Kafka from {maven} ({str(error) or type(error).__name__});"
        " go online for the first start, name a mirror in TALON_MAVEN, or copy ~/.cache/talon"
        " from a machine that has it (TALON_CACHE names another folder)"
    )


def _folder_trouble(error: OSError, cache: Cache, lock: Lock) -> CannotRun:
    if is_disk_full(error):
        return DiskFull(cache.folder, lock.size // _MB + 100)
    return CannotRun(
        f"cannot write to {cache.folder} ({error.strerror}); name a folder of your own in"
        " TALON_CACHE"
    )
