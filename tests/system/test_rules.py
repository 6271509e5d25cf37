"""A centre's rules from a file to the wall, by the commands that an administrator types."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.cli import main
from services.embedded.data import RULES
from services.embedded.stack import Stack


def test_rules_are_published_from_a_file_and_printed(
    talon: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """They apply from their hour: until then the order on the wall is the old one."""
    to = talon.addresses["dispatch"]
    assert main(["rules", "publish", str(RULES), "--branch", "BR-D", "--to", to]) == 0
    assert "is on record; in force:" in capsys.readouterr().out
    assert main(["rules", "order", "--branch", "BR-D", "--to", to]) == 0
    assert "ПОРЯДОК ВЫЗОВА ПОСЕТИТЕЛЕЙ" in capsys.readouterr().out


def test_a_bad_rule_file_is_refused_with_every_fault(
    talon: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """File, key and mend; nothing of it is kept."""
    bad = tmp_path / "rules.yaml"
    text = RULES.read_text("utf-8").replace("target_minutes: 15 #", "target_minutes: soon #")
    bad.write_text(text + "colour: red\n", "utf-8")
    to = talon.addresses["dispatch"]
    assert main(["rules", "publish", str(bad), "--branch", "BR-D", "--to", to]) == 2
    said = capsys.readouterr().err
    for words in (str(bad), "target_minutes", "colour: there is no such rule"):
        assert words in said
