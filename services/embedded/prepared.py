"""What is made once for each Kafka and Java: an empty node's data, and the class archive.

Both make every later start faster: an empty node is copied instead of starting Java to format
one (1.5 s), and the archive of parsed classes lets Kafka answer after 1.2 s instead of 2.5 s
with 35 MB less. Making them takes about 10 s. The archive may fail: Kafka starts without it.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rich.console import Console

from services.embedded import kafka
from services.embedded.child import Child
from services.embedded.errors import CannotRun, DiskFull, is_disk_full
from services.embedded.kafka import FLAGS, Java, Node
from services.embedded.ports import Ports
from services.embedded.warden import Warden

_ROOM_MB: Final = 200
_ARCHIVES_KEPT: Final = 2
_CLUSTER: Final = "VGFsb24tb24tb25lLWJveA"  # 16 bytes in base64, as Kafka wants: Talon-on-one-box
_WITHIN: Final = 60.0  # seconds for each of the steps


def node_template(java: Java, home: Path) -> Path:
    """Data of a freshly formatted node, made by Kafka's own tool on the first start.

    Raises:
        CannotRun: the tool failed, or the disk is full.
    """
    template = home / "node"
    if not template.exists():
        with _workshop(home) as shop:
            data, config = shop / "node", shop / "server.properties"
            ports = Ports.free()
            config.write_text(kafka.config_text(data, Node(1, ports.kafka, ports.controller)))
            tool = ("kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(config))
            done = subprocess.run(  # noqa: S603  our own command
                java.command(*tool),
                capture_output=True,
                text=True,
                timeout=_WITHIN,
                check=False,
                env=kafka.ENVIRONMENT,
            )
            if done.returncode:
                raise CannotRun(f"Kafka cannot format its data: {_last_line(done)}")
            _put_in_place(data, template)
    return template


def with_archive(java: Java, template: Path, home: Path, warden: Warden, console: Console) -> Java:
    """*java*, faster by the archive of Kafka's classes, which is made if there is none."""
    archive = home / f"classes-{_identity(java.program)}.jsa"
    if not archive.exists():
        console.print("Preparing Kafka for fast starts (about 10 s, only this once)")
        with contextlib.suppress(OSError, subprocess.SubprocessError, CannotRun):
            _make_archive(java, template, home, archive, warden)
    if not archive.exists():
        return java
    return Java(java.program, java.class_path, (*FLAGS, f"-XX:SharedArchiveFile={archive}"))


def _make_archive(java: Java, template: Path, home: Path, archive: Path, warden: Warden) -> None:
    """Run Kafka once to learn which classes it needs, then archive these."""
    with _workshop(home) as shop:
        classes, fresh, ports = shop / "classes", shop / "classes.jsa", Ports.free()
        learning = Java(
            java.program, java.class_path, (*FLAGS, f"-XX:DumpLoadedClassList={classes}")
        )
        node = Node(1, ports.kafka, ports.controller)
        plan = kafka.plan(learning, template, shop / "kafka", node)
        _run_until_it_answers(Child(plan, shop), warden)
        dumping = ("-Xshare:dump", f"-XX:SharedClassListFile={classes}")
        dump = Java(
            java.program, java.class_path, (*FLAGS, *dumping, f"-XX:SharedArchiveFile={fresh}")
        )
        subprocess.run(  # noqa: S603  our own command
            dump.command(),
            capture_output=True,
            timeout=_WITHIN,
            check=True,
            env=kafka.ENVIRONMENT,
        )
        _put_in_place(fresh, archive)
    for old in sorted(home.glob("classes-*.jsa"), key=os.path.getmtime)[:-_ARCHIVES_KEPT]:
        old.unlink(missing_ok=True)


def _run_until_it_answers(child: Child, warden: Warden) -> None:
    child.start(warden)
    try:
        deadline = time.monotonic() + _WITHIN
        while child.running and time.monotonic() < deadline and not child.plan.answers():
            time.sleep(0.05)
        child.ask_to_stop()
        child.wait(time.monotonic() + _WITHIN)
    finally:
        child.kill()


@contextlib.contextmanager
def _workshop(home: Path) -> Iterator[Path]:
    """A folder to make things in, on the disk where they are to stay."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home, prefix=".making-") as folder:
            yield Path(folder)
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull(home, _ROOM_MB) from error
        raise


def _put_in_place(made: Path, place: Path) -> None:
    try:
        made.rename(place)
    except OSError:
        if not place.exists():  # else another Talon was faster, and its copy is as good
            raise


def _identity(program: Path) -> str:
    """Java takes an archive only with the very installation that wrote it."""
    image = (program.parent.parent / "lib" / "modules").stat()
    return f"{image.st_size:x}-{image.st_mtime_ns:x}"


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    return next(iter((done.stderr or done.stdout).strip().splitlines()[-1:]), "it said nothing")
