from datetime import UTC, datetime

import pytest

from services.embedded.errors import CannotRun
from services.embedded.state import StateFolder, anchored, is_same_clock, settle_clock

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
FAST = "2026-03-02T08:00:00+05:00@60"


@pytest.fixture
def folder(tmp_path):
    folder = StateFolder(tmp_path / "state")
    folder.claim()
    yield folder
    folder.release()


def test_a_clock_gets_its_anchor(folder):
    """All processes, whenever they start, read one time."""
    assert settle_clock(folder, FAST, now=NOW) == f"{FAST}@2026-11-23T07:00:00.000+00:00"


def test_a_clock_keeps_its_anchor_over_a_restart(folder):
    """Time goes on where it would be, named again or not."""
    first = settle_clock(folder, FAST, now=NOW)
    assert settle_clock(folder, FAST, now=LATER) == first
    assert settle_clock(folder, None, now=LATER) == first


def test_a_state_does_not_change_its_clock(folder):
    """Else tickets would be issued before they were called."""
    settle_clock(folder, None, now=NOW)
    with pytest.raises(CannotRun, match="lives by the clock real"):
        settle_clock(folder, FAST, now=NOW)


def test_an_anchor_that_is_given_is_kept():
    """Two machines may share a clock."""
    assert anchored(f"{FAST}@2026-01-01T00:00:00Z", now=NOW).endswith("@2026-01-01T00:00:00Z")


def test_the_same_moment_in_another_zone_is_the_same_clock():
    """Clocks are compared, not their spelling."""
    lived = anchored(FAST, now=NOW)
    assert is_same_clock("2026-03-02T03:00:00Z@60.0", lived)
    assert not is_same_clock("2026-03-02T03:00:00Z@61", lived)
    assert not is_same_clock(f"{FAST}@2020-01-01T00:00:00Z", lived)


@pytest.mark.parametrize("clock", ["noon", "2026-03-02T08:00:00@60", "@", f"{FAST}@x"])
def test_what_is_no_clock_is_refused(folder, clock):
    """With the option's name, and before anything was kept."""
    with pytest.raises(CannotRun, match="--clock"):
        settle_clock(folder, clock, now=NOW)
    assert settle_clock(folder, None, now=NOW) == "real"


def test_a_second_talon_on_one_state_is_refused(folder):
    """Two brokers on one log would destroy it."""
    with pytest.raises(CannotRun, match=r"another Talon \(process \d+\) already runs"):
        StateFolder(folder.root).claim()


def test_a_state_that_was_released_can_be_had(folder):
    """A lock file that was left behind locks nothing."""
    folder.release()
    folder.claim()


def test_a_folder_that_cannot_be_is_refused(tmp_path):
    """The reason and the option are named."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotRun, match="--state"):
        StateFolder(tmp_path / "file" / "state").claim()
