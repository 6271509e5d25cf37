"""The state folder: whose it is, where the logs lie, and which clock it lives by."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.chassis.clock import Clock, ClockError
from services.embedded.errors import CannotRun, DiskFull, is_disk_full

NEEDED_MB: Final = 200
_LEFTOVERS_GO_WITHIN: Final = 5.0  # seconds


class StateFolder:
    """Belongs to one supervisor at a time.

    The lock is a ``flock`` on an open file that every child inherits. So it is free exactly
    when no process of the earlier run lives any more, whatever was killed, and is never stale.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._lock: int | None = None

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def lock(self) -> int:
        """The open lock file, for children to inherit."""
        assert self._lock is not None, "the state folder was not claimed"
        return self._lock

    def claim(self) -> None:
        """Make this folder ours.

        Raises:
            CannotRun: another Talon has it, it cannot be written, or its disk is full.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.logs.mkdir(exist_ok=True)
            handle = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._trouble(error) from error
        try:
            self._wait_for(handle)
            self._sign(handle)
        except BaseException:
            os.close(handle)
            raise
        self._lock = handle

    def release(self) -> None:
        """Let the next one have it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def free_mb(self) -> int:
        """Space left on its disk."""
        return shutil.disk_usage(self.root).free // 1_000_000

    def _sign(self, handle: int) -> None:
        if self.free_mb() < NEEDED_MB:
            raise DiskFull(self.root, NEEDED_MB)
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        except OSError as error:
            raise self._trouble(error) from error

    def _wait_for(self, handle: int) -> None:
        deadline = time.monotonic() + _LEFTOVERS_GO_WITHIN
        while True:
            try:
                return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.pread(handle, 20, 0).decode()
                if _lives(holder):
                    raise CannotRun(
                        f"another Talon (process {holder}) already runs on {self.root}; stop it,"
                        " or give this one --state and --ports of its own"
                    ) from None
                if time.monotonic() > deadline:
                    raise CannotRun(
                        f"processes of an earlier run still hold {self.root};"
                        f" end them: fuser -k {self.root / 'lock'}"
                    ) from None
                time.sleep(0.05)

    def _trouble(self, error: OSError) -> CannotRun:
        if is_disk_full(error):
            return DiskFull(self.root, NEEDED_MB)
        return CannotRun(
            f"cannot write to {self.root} ({error.strerror}); name a folder of your own: --state"
        )


def _lives(pid: str) -> bool:
    if not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def settle_clock(folder: StateFolder, wanted: str | None, *, now: datetime) -> str:
    """The clock of all processes on this state, as TALON_CLOCK: kept from the first start on.

    A state lives by one clock: if time could jump between two starts, tickets would be
    issued before they were called. *now* is the real anchor of a clock that has none yet.

    Raises:
        CannotRun: *wanted* is no clock, or not the one that this state lives by.
    """
    kept = folder.root / "clock"
    if not kept.exists():
        clock = anchored(wanted or "real", now=now)
        fresh = kept.with_suffix(".new")
        fresh.write_text(clock)
        fresh.replace(kept)
        return clock
    lived = kept.read_text().strip()
    if wanted is not None and not is_same_clock(wanted, lived):
        raise CannotRun(
            f"{folder.root} lives by the clock {lived}, not {wanted}; start without --clock, or"
            " with a --state of its own"
        )
    return lived


def anchored(clock: str, *, now: datetime) -> str:
    """*clock* with its real anchor, so that processes started later agree with it.

    Raises:
        CannotRun: this is no clock.
    """
    try:
        Clock.parse(clock)
    except ClockError as error:
        raise CannotRun(f"--clock: {error}") from None
    if clock == "real" or clock.count("@") == 2:
        return clock
    return f"{clock}@{now.astimezone(UTC).isoformat(timespec='milliseconds')}"


def is_same_clock(wanted: str, lived: str) -> bool:
    """Whether *wanted*, perhaps without an anchor, is the anchored clock *lived*.

    Raises:
        CannotRun: one of them is no clock.
    """
    if wanted == lived or "real" in {wanted, lived}:
        return wanted == lived
    try:
        asked, settled = Clock.parse(wanted), Clock.parse(lived)
    except ClockError as error:
        raise CannotRun(f"--clock: {error}") from None
    if wanted.count("@") == 2 and asked.anchor != settled.anchor:
        return False
    return (asked.start, asked.speed) == (settled.start, settled.speed)
