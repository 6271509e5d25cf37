"""What Grafana shows and Prometheus watches, asked of a real Prometheus that reads a real Talon."""

from __future__ import annotations

import pytest

from tests.observability.conftest import Watched
from tests.observability.expressions import (
    DASHBOARDS,
    Expression,
    alerts,
    dashboard,
    family,
    filled_in,
    panel_queries,
    recordings,
)
from tests.observability.hall import eventually


def each(expressions: list[Expression]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("expression", expressions, ids=lambda e: e.place)


@each(panel_queries())
def test_a_panel_shows_data(watched: Watched, expression: Expression):
    """No panel of any dashboard is empty while a hall is at work."""
    assert watched.data(filled_in(expression.expr, watched.branch))


@each(recordings())
def test_a_recording_rule_records(watched: Watched, expression: Expression):
    """What the alerts build on is there."""
    assert watched.data(expression.place)


@each(alerts())
def test_an_alert_has_something_to_watch(watched: Watched, expression: Expression):
    """An alert on a series that nobody tells would be silent for ever."""
    watched.ask(expression.expr)
    for metric in expression.metrics:
        assert watched.data(metric)


@each([*panel_queries(), *recordings(), *alerts()])
def test_labels_that_are_matched_are_told(watched: Watched, expression: Expression):
    """A matcher on a label that does not exist matches nothing, or everything."""
    for series, label in expression.labels - {("ALERTS", "alertstate")}:
        assert all(label in sample["metric"] for sample in watched.data(series))


def test_all_rules_are_evaluated(watched: Watched):
    """Prometheus loads every rule and none of them errs."""

    def groups() -> list[dict]:
        found = watched.get("rules")["groups"]
        done = all(rule["health"] != "unknown" for group in found for rule in group["rules"])
        return found if done else []

    rules = [rule for group in eventually("all rules ran", groups) for rule in group["rules"]]
    assert {r["name"]: r["lastError"] for r in rules if r.get("lastError")} == {}
    assert {rule["name"] for rule in rules} == {e.place for e in [*alerts(), *recordings()]}


def test_a_hall_at_work_raises_no_alarm(watched: Watched):
    """An alarm that cries for nothing is soon not heard."""
    watched.data("talon:norm:wait_seconds")
    firing = watched.ask('ALERTS{alertstate="firing"}')
    assert {sample["metric"]["alertname"] for sample in firing} == set()


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_the_branch_can_be_chosen(watched: Watched, file):
    """The list of branches is read from the metrics."""
    (variable,) = dashboard(file)["templating"]["list"]
    series = variable["definition"].removeprefix("label_values(").split(",")[0]
    assert variable["query"]["query"] == variable["definition"]
    assert watched.branch in {s["metric"]["branch"] for s in watched.data(series)}
    assert family(series) == series
