"""Where a real Chromium comes from, and how one is run for a test.

In this order: TALON_TEST_CHROMIUM (a program) or PATH, a container where Docker answers, Debian's
package where this user may install it, Playwright's own. What does not start is no browser: the
next is tried.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, BrowserType, Error

from tests.prometheus import docker_answers, free_port, wait_for

IMAGE = "chromedp/headless-shell:143.0.7499.170"
NAMES = ("chromium", "chromium-browser", "google-chrome")
_DOWNLOADS_WITHIN = 600  # seconds
_FLAGS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class Absent(Exception):
    """There is no browser here; the message says what was tried."""


@dataclass(frozen=True, slots=True)
class Found:
    """A browser that starts: its program, or the image that it is run from."""

    program: str
    origin: str


def find(chromium: BrowserType) -> Found:
    """Find a Chromium; *chromium* is Playwright's, which knows where its own would be.

    Raises:
        Absent: none is to be had, or TALON_TEST_CHROMIUM does not start.
    """
    if named := os.environ.get("TALON_TEST_CHROMIUM"):
        if not _starts(named):
            raise Absent(f"TALON_TEST_CHROMIUM: {named} does not start")
        return Found(named, "TALON_TEST_CHROMIUM")
    ways: tuple[Callable[[], Found], ...] = (
        _in_path,
        _container,
        _debian_package,
        lambda: _playwrights_own(chromium),
    )
    tried = []
    for way in ways:
        try:
            return way()
        except Absent as absent:
            tried.append(str(absent))
    raise Absent(f"no browser: {'; '.join(tried)}")


@contextlib.contextmanager
def running(chromium: BrowserType) -> Iterator[Browser]:
    """A browser without a window; Playwright drives it.

    Raises:
        Absent: there is none, or it does not start.
    """
    found = find(chromium)
    with contextlib.ExitStack() as exits:
        try:
            if found.program == IMAGE:
                address = exits.enter_context(_served_by_container())
                browser = chromium.connect_over_cdp(address)
            else:
                browser = chromium.launch(executable_path=found.program, args=[*_flags()])
        except (Error, RuntimeError) as error:
            raise Absent(f"the browser of {found.origin} does not start: {error}") from error
        exits.callback(browser.close)
        yield browser


def _flags() -> tuple[str, ...]:
    """The sandbox of Chromium refuses to work for root."""
    return (*_FLAGS, "--no-sandbox") if os.geteuid() == 0 else _FLAGS


def _starts(program: str) -> bool:
    """Whether *program* runs: a library may be missing, or a snap may stand in its place."""
    try:
        ran = subprocess.run([program, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ran.returncode == 0


def _in_path() -> Found:
    for name in NAMES:
        if (program := shutil.which(name)) and _starts(program):
            return Found(program, "PATH")
    raise Absent("PATH has none")


def _container() -> Found:
    if not docker_answers():
        raise Absent("Docker does not answer")
    if not _done("docker", "image", "inspect", IMAGE) and not _done("docker", "pull", IMAGE):
        raise Absent(f"{IMAGE} did not come")
    return Found(IMAGE, "a container")


def _debian_package() -> Found:
    """A browser needs sixty libraries, so the package is installed, not unpacked."""
    if not shutil.which("apt-get"):
        raise Absent("this is no Debian")
    if os.geteuid() != 0:
        raise Absent("only root installs Debian's package (apt-get install chromium)")
    install = ("apt-get", "-qy", "install", "--no-install-recommends", "chromium")
    if not (_done(*install) or (_done("apt-get", "-q", "update") and _done(*install))):
        raise Absent("Debian's package did not come")
    program = shutil.which("chromium")
    if program is None or not _starts(program):
        raise Absent("the package chromium brings no browser that starts")
    return Found(program, "Debian's package")


def _playwrights_own(chromium: BrowserType) -> Found:
    install = [sys.executable, "-m", "playwright", "install", "chromium"]
    if os.geteuid() == 0:
        install.append("--with-deps")
    brought = _starts(chromium.executable_path) or _done(*install)
    if not brought or not _starts(chromium.executable_path):
        raise Absent("Playwright's own did not come, or lacks libraries here")
    return Found(chromium.executable_path, "Playwright's own")


def _done(*command: str) -> bool:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        ran = subprocess.run(
            command, capture_output=True, timeout=_DOWNLOADS_WITHIN, check=False, env=quiet
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ran.returncode == 0


@contextlib.contextmanager
def _served_by_container() -> Iterator[str]:
    """The host's network, so that pages stand at the same addresses inside as outside."""
    port = free_port()
    name = f"talon-browser-{port}"
    shell = "--entrypoint=/headless-shell/headless-shell"
    words = ["docker", "run", "--rm", f"--name={name}", "--network=host", shell, IMAGE]
    words += [*_FLAGS, "--no-sandbox", f"--remote-debugging-port={port}"]
    with TemporaryDirectory() as folder, (Path(folder) / "log").open("wb") as log:
        child = subprocess.Popen(words, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/json/version", child, Path(log.name))
            yield address
        finally:
            _done("docker", "rm", "--force", name)
            child.wait()
