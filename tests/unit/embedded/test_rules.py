"""The rule file that ships, and rules that do not arrive."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from contracts.rules import RulesPublished
from services.dispatch.domain.rules import Rules
from services.embedded import rules
from services.embedded.data import RULES
from services.embedded.errors import CannotRun


def test_the_rule_file_is_whole_and_says_the_defaults():
    """Who begins with it changes what is to differ, and finds every rule there."""
    written = yaml.safe_load(RULES.read_text("utf-8"))
    assert {*written} == {*RulesPublished.model_fields}
    told = Rules.of(RulesPublished.model_validate(written))
    assert replace(told, version="default", order="", since=None) == Rules()


def test_without_dispatch_the_address_is_said(tmp_path: Path):
    """With the option that mends it."""
    with pytest.raises(
        CannotRun, match=r"dispatch does not answer at http://127\.0\.0\.1:9 .*--to"
    ):
        rules.publish(RULES, "BR-D", "http://127.0.0.1:9")
    with pytest.raises(CannotRun, match="cannot read the rules"):
        rules.publish(tmp_path / "none.yaml", "BR-D", "http://127.0.0.1:9")
