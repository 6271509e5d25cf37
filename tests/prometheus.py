"""Where a real Prometheus and its promtool come from, and how one is run for a test.

In this order: TALON_TEST_PROMETHEUS (a folder with both programs), PATH, a container where Docker
answers, Debian's package unpacked into the user's cache: nothing is installed, nobody must be root.

    python -m tests.prometheus promtool check rules deploy/prometheus/rules/*.yml
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "talon" / "prometheus"
_STARTS_WITHIN = 30  # seconds


class Absent(Exception):
    """There is no Prometheus here; the message says what was tried."""


@dataclass(frozen=True, slots=True)
class Found:
    """How to run a program of Prometheus: the words before its arguments."""

    words: tuple[str, ...]
    origin: str


def find(program: str) -> Found:
    """Find *program*, which is ``prometheus`` or ``promtool``.

    Raises:
        Absent: it is nowhere to be had.
    """
    if named := os.environ.get("TALON_TEST_PROMETHEUS"):
        path = Path(named, program)
        if not path.is_file():
            raise Absent(f"TALON_TEST_PROMETHEUS: there is no {path}")
        return Found((str(path),), "TALON_TEST_PROMETHEUS")
    if path_found := shutil.which(program):
        return Found((path_found,), "PATH")
    if docker_answers():
        return Found(_in_container(program), "container")
    return Found((str(_debian_package() / program),), "Debian's package")


@functools.cache
def docker_answers() -> bool:
    """Whether a container could be started here."""
    if not (docker := shutil.which("docker")):
        return False
    asked = subprocess.run([docker, "version"], capture_output=True, timeout=20, check=False)
    return asked.returncode == 0


def image_of(service: str) -> str:
    """The image that deploy/compose.yaml pins for *service*."""
    image: str = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"][service]["image"]
    return image


def _in_container(program: str) -> tuple[str, ...]:
    """Same paths, same loopback, same user as outside: the arguments need no translation."""
    folders = {ROOT, Path(tempfile.gettempdir())}
    mounts = [word for folder in folders for word in ("-v", f"{folder}:{folder}")]
    user = f"{os.getuid()}:{os.getgid()}"
    run = ("docker", "run", "--rm", "--network=host", f"--user={user}", f"--workdir={Path.cwd()}")
    return (*run, *mounts, f"--entrypoint=/bin/{program}", image_of("prometheus"))


def _debian_package() -> Path:
    """Fetch and unpack the package once; returns the folder of its programs."""
    programs = CACHE / "usr" / "bin"
    if (programs / "promtool").is_file():
        return programs
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise Absent("no Prometheus in PATH, no Docker, and this is no Debian to take its package")
    work = CACHE.with_name(f"prometheus-{os.getpid()}")
    (work / "lists" / "partial").mkdir(parents=True)
    try:
        _download(work)
        (package,) = work.glob("prometheus_*.deb")
        subprocess.run(["dpkg", "-x", package, work / "unpacked"], check=True)
        shutil.rmtree(CACHE, ignore_errors=True)
        (work / "unpacked").rename(CACHE)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return programs


def _download(work: Path) -> None:
    """With the machine's package lists, or else with lists of our own: those need no root."""
    ours = ["-o", f"Dir::State::lists={work / 'lists'}", "-o", "Debug::NoLocking=1"]
    get = ["apt-get", "-q", "download", "prometheus"]
    steps: list[list[list[str]]] = [[get], [["apt-get", "-q", *ours, "update"], [*get, *ours]]]
    said = ""
    for commands in steps:
        for command in commands:
            ran = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
            said = ran.stderr.strip()
        if any(work.glob("prometheus_*.deb")):
            return
    raise Absent(f"no Prometheus in PATH, no Docker, and Debian's package did not come: {said}")


@contextlib.contextmanager
def running(config: Path, folder: Path) -> Iterator[str]:
    """A Prometheus with this *config*, its data in *folder*; yields its address."""
    address = f"127.0.0.1:{free_port()}"
    words = [
        *find("prometheus").words,
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
    ]
    with (
        (folder / "prometheus.log").open("w") as log,
        subprocess.Popen(words, cwd=folder, stdout=log, stderr=log) as child,
    ):
        try:
            wait_for(f"http://{address}/-/ready", child, folder / "prometheus.log")
            yield f"http://{address}"
        finally:
            child.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(url: str, child: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until *url* answers 200; a child that ended instead is told with its last words."""
    give_up = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < give_up:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        if child.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer:\n{log.read_text()[-2000:]}")


def main(arguments: Sequence[str]) -> int:
    """Run promtool or prometheus as if it were installed."""
    if not arguments or not re.fullmatch("prometheus|promtool", arguments[0]):
        print(__doc__, file=sys.stderr)  # noqa: T201
        return 2
    try:
        words = find(arguments[0]).words
    except Absent as absent:
        print(f"{arguments[0]} was not run: {absent}", file=sys.stderr)  # noqa: T201
        return 1 if os.environ.get("CI") == "true" else 0
    return subprocess.run([*words, *arguments[1:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
