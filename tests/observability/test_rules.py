"""The rules by themselves: promtool plays time series to each alert and reads what it says."""

from __future__ import annotations

import subprocess

from tests.observability.expressions import RULE_FILES
from tests.prometheus import DEPLOY


def test_each_alert_speaks_when_it_should_and_only_then(promtool):
    """Unit tests of deploy/prometheus/tests, by Prometheus's own tool."""
    tests = sorted((DEPLOY / "prometheus" / "tests").glob("*.yml"))
    ran = subprocess.run(
        [*promtool, "test", "rules", *tests], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_promtool_finds_nothing_wrong(promtool):
    """Rules and configuration are what Prometheus can read, lint included."""
    config = DEPLOY / "prometheus" / "prometheus.yml"
    for check in (["rules", "--lint=all", "--lint-fatal", *RULE_FILES], ["config", config]):
        ran = subprocess.run(
            [*promtool, "check", *check], capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
