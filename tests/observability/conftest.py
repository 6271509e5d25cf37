"""A running Talon with people in it, watched by a real Prometheus as in production."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import yaml

from tests.observability.hall import Hall, eventually
from tests.prometheus import DEPLOY, Absent, find, running


@dataclass(frozen=True, slots=True)
class Watched:
    """A hall and the Prometheus that reads it."""

    address: str
    branch: str

    def get(self, path: str, **parameters: str) -> Any:
        answer = httpx.get(
            f"{self.address}/api/v1/{path}", params=parameters, timeout=10, trust_env=False
        )
        assert answer.is_success, f"{parameters}: {answer.text}"
        return answer.json()["data"]

    def ask(self, expr: str) -> list[dict[str, Any]]:
        """The samples of *expr* now, those that are numbers."""
        result = self.get("query", query=expr)["result"]
        return [s for s in result if not math.isnan(float(s["value"][1]))]

    def data(self, expr: str) -> list[dict[str, Any]]:
        """The samples of *expr* as soon as there are any."""
        samples: list[dict[str, Any]] = eventually(f"{expr} returns data", lambda: self.ask(expr))
        return samples


def or_skip(program: str) -> None:
    """Without Prometheus these tests are skipped aloud, and in CI they fail."""
    try:
        find(program)
    except Absent as absent:
        if os.environ.get("CI") == "true":
            pytest.fail(str(absent))
        pytest.skip(str(absent))


@pytest.fixture(scope="session")
def promtool() -> tuple[str, ...]:
    or_skip("promtool")
    return find("promtool").words


@pytest.fixture(scope="package")
def watched(talon: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """The deployed configuration; only the addresses and the rhythm differ."""
    or_skip("prometheus")
    folder = tmp_path_factory.mktemp("prometheus")
    hall = Hall(talon.addresses)
    with contextlib.ExitStack() as exits:
        exits.callback(hall.closes)
        hall.opens()
        hall.serves()
        address = exits.enter_context(running(_config(talon.addresses, folder), folder))
        watched = Watched(address, hall.branch)
        # A rate needs a sample before the step and one after it.
        watched.data("min(count_over_time(talon_calls_total[1m])) >= 2")
        hall.was_forecast()
        hall.serves()
        yield watched


def _config(addresses: dict[str, str], folder: Path) -> Path:
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    config["global"] |= {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(DEPLOY / "prometheus" / file) for file in config["rule_files"]]
    for scrape in config["scrape_configs"]:
        target = urlsplit(addresses[scrape["job_name"]]).netloc
        scrape["static_configs"] = [{"targets": [target]}]
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(config))
    return file
