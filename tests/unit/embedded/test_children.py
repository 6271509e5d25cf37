"""Real processes, small ones: they end when they must, and say why they ended."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from services.embedded.child import LOG_LIMIT, Child, Plan
from services.embedded.errors import CannotRun, ChildDied
from services.embedded.state import StateFolder
from services.embedded.warden import Warden

SLEEPER = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]


@pytest.fixture
def warden(tmp_path):
    with (tmp_path / "lock").open("w") as lock:
        warden = Warden(lock.fileno())
        yield warden
        warden.close()


def a_child(logs, *command: str, name: str = "kafka") -> Child:
    return Child(Plan(name, command, answers=lambda: True), logs)


def until(condition, within=10.0):
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)


def lives(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_a_dead_child_is_named_with_its_last_words(warden, tmp_path):
    """Its exit code and the end of its log stand in the error."""
    child = a_child(
        tmp_path, sys.executable, "-S", "-c", "print('out of luck'); raise SystemExit(3)"
    )
    child.start(warden)
    until(lambda: not child.running)
    with pytest.raises(ChildDied, match=r"(?s)kafka died \(exit code 3\).*out of luck"):
        child.check()


def test_only_words_of_this_run_are_quoted(warden, tmp_path):
    """What an earlier run said explains nothing."""
    (tmp_path / "kafka.log").write_text("an old story\n")
    child = a_child(tmp_path, sys.executable, "-S", "-c", "raise SystemExit(1)")
    child.start(warden)
    until(lambda: not child.running)
    assert child.last_lines() == []


def test_a_child_that_was_killed_on_purpose_is_no_alarm(warden, tmp_path):
    """Tests kill; the watch is for what nobody wanted."""
    child = a_child(tmp_path, *SLEEPER)
    child.start(warden)
    child.kill()
    assert not child.running
    child.check()


def test_a_stubborn_child_is_killed_in_the_end(warden, tmp_path):
    """Ctrl-C ends everything, also what does not listen."""
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)"
    child = a_child(tmp_path, sys.executable, "-S", "-c", f"{deaf}; time.sleep(600)")
    child.start(warden)
    until(lambda: child.last_lines() == ["1"])
    child.ask_to_stop()
    child.wait(time.monotonic() + 0.1)
    assert not child.running


def test_a_long_log_is_cut(warden, tmp_path):
    """A year of logs does not fill the disk; the newest are still there."""
    (tmp_path / "kafka.log").write_bytes(b"x" * (LOG_LIMIT + 1))
    child = a_child(tmp_path, *SLEEPER)
    child.start(warden)
    assert (tmp_path / "kafka.log").stat().st_size == 0
    assert (tmp_path / "kafka.log.1").stat().st_size > LOG_LIMIT
    child.kill()


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="reads /proc, which only Linux has")
def test_nothing_outlives_a_supervisor_that_was_killed(tmp_path):
    """kill -9 of the supervisor ends its children too, and frees the state folder."""
    program = f"""
        import pathlib, time
        from services.embedded.state import StateFolder
        from services.embedded.warden import Warden
        folder = StateFolder(pathlib.Path({str(tmp_path)!r}))
        folder.claim()
        warden = Warden(folder.lock)
        child = warden.spawn({SLEEPER!r}, folder.logs / "child.log", {{}})
        print(child.pid, flush=True)
        time.sleep(600)
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        child = int(supervisor.stdout.readline())
        with pytest.raises(CannotRun, match="already runs"):
            StateFolder(tmp_path).claim()
        supervisor.send_signal(signal.SIGKILL)
    until(lambda: not lives(child))
    again = StateFolder(tmp_path)
    again.claim()
    again.release()
