"""Every PromQL expression of deploy/, read from the files that are deployed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from tests.prometheus import DEPLOY

DASHBOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
RULE_FILES = sorted(
    file
    for folder in ("rules", "alerts")
    for file in (DEPLOY / "prometheus" / folder).glob("*.yml")
)

_METRIC = re.compile(r"\b(?:[a-z]+:)?talon(?:[_:][a-z0-9_]+)+\b|\bup\b|\bALERTS\b")
_SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\{([^}]*)\}")
_PART_OF_METRIC = re.compile(r"_(?:bucket|sum|count|created)$")


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression and where a person finds it."""

    place: str
    expr: str

    @property
    def metrics(self) -> set[str]:
        """Names of the series it reads."""
        return set(_METRIC.findall(self.expr))

    @property
    def labels(self) -> set[tuple[str, str]]:
        """(series, label) of each matcher."""
        return {
            (name, label)
            for name, matchers in _SELECTOR.findall(self.expr)
            for label in re.findall(r"(\w+)\s*[=!]~?", re.sub(r'"[^"]*"', '""', matchers))
        }


def dashboard(file: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return read


def panels() -> Iterator[tuple[str, dict[str, Any]]]:
    """(dashboard title, panel), rows left out."""
    for file in DASHBOARDS:
        board = dashboard(file)
        for panel in board["panels"]:
            for inner in (panel, *panel.get("panels", [])):
                if inner["type"] != "row":
                    yield board["title"], inner


def panel_queries() -> list[Expression]:
    return [
        Expression(
            f"{board}: {panel['title'].partition(' · ')[0]} [{target['refId']}]", target["expr"]
        )
        for board, panel in panels()
        for target in panel["targets"]
    ]


def rules() -> Iterator[dict[str, Any]]:
    """Recording and alerting rules as they stand in the files."""
    for file in RULE_FILES:
        for group in yaml.safe_load(file.read_text("utf-8"))["groups"]:
            yield from group["rules"]


def alerts() -> list[Expression]:
    return [Expression(rule["alert"], rule["expr"]) for rule in rules() if "alert" in rule]


def recordings() -> list[Expression]:
    return [Expression(rule["record"], rule["expr"]) for rule in rules() if "record" in rule]


def family(series: str) -> str:
    """The metric that *series* belongs to: a histogram is told in three series."""
    return _PART_OF_METRIC.sub("", series)


def filled_in(expr: str, branch: str) -> str:
    """*expr* with Grafana's variables replaced as Grafana does it."""
    variables = {"branch": branch, "__rate_interval": "1m", "__range": "15m", "__interval": "15s"}
    for name, value in variables.items():
        expr = re.sub(rf"\$(?:{{{name}}}|{name}\b)", value, expr)
    assert "$" not in expr, f"an unknown variable in {expr}"
    return expr
