"""What is deployed fits the code: metrics, panels, alerts, runbooks, images and secrets."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from services.dispatch.settings import Settings as Dispatch
from services.notify.settings import Settings as Notify
from services.ticketing.settings import Settings as Ticketing
from tests.observability.expressions import (
    DASHBOARDS,
    Expression,
    alerts,
    dashboard,
    family,
    panel_queries,
    panels,
    recordings,
    rules,
)
from tests.prometheus import DEPLOY, ROOT

SETTINGS: Final = (Ticketing, Dispatch, Notify)

UNWATCHED: Final[dict[str, str]] = {}
"""Metrics that no panel and no alert uses: name -> why it is told all the same."""

SECRET = re.compile(r"password|passwd|secret|token|credential|private|api_?key", re.IGNORECASE)
PINNED = re.compile(r"^[\w./-]+:v?\d+\.\d+\.\d+(-[\w.-]+)?$")
TOLD_BY_PROMETHEUS = {
    "up",
    "ALERTS",
    "process_start_time_seconds",
    "process_resident_memory_bytes",
}
"""By the server itself, or by its client in each service."""


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return read


def metrics_in_code() -> set[str]:
    """First argument of each Counter(...), Gauge(...) and the like in services/."""
    kinds = {"Counter", "Gauge", "Histogram", "Summary"}
    names = set()
    for file in (ROOT / "services").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            match call:
                case ast.Call(func=ast.Name(id=kind), args=[ast.Constant(value=str(name)), *_]):
                    if kind in kinds and name.startswith("talon_"):
                        names.add(name)
    return names


def used(expressions: list[Expression]) -> set[str]:
    """Metrics of the code that *expressions* read, recorded series and norms left out."""
    series = {name for e in expressions for name in e.metrics if ":" not in name}
    return {family(name) for name in series} - TOLD_BY_PROMETHEUS


def norms() -> dict[str, float]:
    """Every threshold by its short name."""
    named = [e for e in recordings() if e.place.startswith("talon:norm:")]
    return {e.place.removeprefix("talon:norm:"): float(e.expr[7:-1]) for e in named}


def test_every_metric_is_watched():
    """A metric without a panel or an alert is told to nobody."""
    seen = used([*panel_queries(), *recordings(), *alerts()])
    assert metrics_in_code() - seen - {*UNWATCHED} == set()
    assert {*UNWATCHED} - metrics_in_code() == set()


def test_every_watched_metric_is_told():
    """A panel or alert on a metric that no service tells is blind."""
    assert used([*panel_queries(), *recordings(), *alerts()]) - metrics_in_code() == set()


def test_recorded_series_exist_and_are_used():
    """What a rule records is read by a panel or an alert, and nothing unrecorded is read."""
    read = {n for e in [*panel_queries(), *alerts()] for n in e.metrics if ":" in n}
    assert read == {e.place for e in recordings()}


def test_every_alert_has_runbook_and_test_and_the_reverse():
    """Who is woken reads what to do; what wakes people was tried before."""
    names = {e.place for e in alerts()}
    assert {file.stem for file in (DEPLOY / "runbooks").iterdir()} == names
    tested = (DEPLOY / "prometheus" / "tests").glob("*_test.yml")
    cases = [c for f in tested for t in yaml.safe_load(f.read_text())["tests"] for c in _cases(t)]
    assert {case["alertname"] for case in cases} == names
    assert {case["alertname"] for case in cases if case["exp_alerts"]} == names
    assert {case["alertname"] for case in cases if not case["exp_alerts"]} == names


def _cases(test: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from test.get("alert_rule_test", [])


@pytest.mark.parametrize("rule", [r for r in rules() if "alert" in r], ids=lambda r: r["alert"])
def test_an_alert_says_who_what_and_what_next(rule):
    """Severity, a sentence in both languages, a runbook of the same shape as the others."""
    assert rule["labels"]["severity"] in {"page", "warn"}
    assert rule["annotations"]["summary"].endswith(".")
    assert re.search("[а-я]", rule["annotations"]["summary_ru"])
    assert rule["annotations"]["runbook"] == f"deploy/runbooks/{rule['alert']}.md"
    book = (ROOT / rule["annotations"]["runbook"]).read_text("utf-8")
    assert book.startswith(f"# {rule['alert']}\n")
    assert "**What it means.**" in book
    assert "**What the hall sees.**" in book
    assert len(re.findall(r"^\d\. ", book, re.MULTILINE)) == 3


def test_thresholds_are_named_once():
    """Alerts compare with a norm by its name; what must repeat a number repeats the norm's."""
    for alert in alerts():
        compared = re.findall(r"[<>]=?\s*([\d.]+)", alert.expr)
        assert {*map(float, compared)} <= {0, 5}, f"{alert.place}: name its threshold"
    wait = norms()["wait_seconds"]
    everywhere = [*panel_queries(), *recordings()]
    buckets = {le for e in everywhere for le in re.findall(r'le="([\d.]+)"', e.expr)}
    assert buckets == {str(wait)}
    (longest,) = [p for _, p in panels() if p["title"].startswith("Longest wait ·")]
    steps = longest["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [s["value"] for s in steps] == [None, wait, norms()["forgotten_seconds"]]


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_a_dashboard_is_well_laid(file):
    """Ids are unique, panels neither overlap nor leave the page, each says what it shows."""
    board = dashboard(file)
    ids = [panel["id"] for panel in board["panels"]]
    assert len({*ids}) == len(ids)
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, f"{panel['title']} lies on another panel"
        assert at["x"] + at["w"] <= 24
        taken |= cells
        if panel["type"] != "row":
            assert panel["description"]
            assert panel["fieldConfig"]["defaults"]["unit"]
            assert panel["datasource"]["uid"] == "prometheus"


def test_images_are_pinned():
    """The same file starts the same programs next year."""
    images = {service["image"] for service in compose()["services"].values()}
    ours = {image for image in images if image.startswith("talon:")}
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert ours == {f"talon:${{TALON_VERSION:-{version}}}"}
    built = re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert [image for image in [*(images - ours), *built] if not PINNED.match(image)] == []


def test_nothing_secret_is_in_compose():
    """Secrets are files that git does not know; settings only name where they lie."""
    for name, service in compose()["services"].items():
        for setting, value in service.get("environment", {}).items():
            secret = SECRET.search(setting) and not setting.endswith(("__FILE", "_DIR"))
            assert not secret, f"{name}: {setting}"
            assert not re.search(r"://[^/\s]*:[^/\s]*@", str(value)), f"{name}: {setting}"
    folder = DEPLOY / "secrets"
    for secret in compose()["secrets"].values():
        assert (DEPLOY / secret["file"]).parent == folder
    assert (folder / ".gitignore").read_text().split() == ["*", "!.gitignore", "!create"]


def test_only_the_proxy_is_reached_and_only_from_this_machine():
    """There are no logins yet: nothing else may be published, nothing beyond loopback."""
    published = {n: s["ports"] for n, s in compose()["services"].items() if "ports" in s}
    assert [*published] == ["proxy"]
    assert all(port.startswith("127.0.0.1:") for port in published["proxy"])
    assert compose()["networks"]["inside"] == {"internal": True}


def test_every_container_is_limited_and_watched():
    """No container takes the whole machine, fills the disk with logs, or dies unseen."""
    for name, service in compose()["services"].items():
        assert {*service["deploy"]["resources"]["limits"]} == {"cpus", "memory"}, name
        assert service["logging"]["options"]["max-size"], name
        assert service["restart"], name
        checked = "healthcheck" in service or service["image"].startswith("talon:")
        assert checked, name


def test_the_image_has_what_the_code_imports():
    """A library that only the developers' environment has is missing in the image."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    installed = {_plain(re.split(r"[^\w.-]", one)[0]) for one in project["dependencies"]}
    providers = packages_distributions()
    needed = {
        _plain(providers[module][0])
        for folder in ("contracts", "services")
        for file in (ROOT / folder).rglob("*.py")
        if not {"embedded", "sim"} & {*file.parts}  # their libraries are extras of these names
        for module in _imported(file)
        if module in providers
    }
    assert needed - installed - {"talon"} == _BROUGHT_BY_OTHERS & needed


_BROUGHT_BY_OTHERS: Final = {"starlette"}
"""Libraries that one of ours is built on and hands out as part of its own interface."""


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name.partition(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]


def test_the_manual_lists_every_alert():
    """docs/operating.md names each alert with its severity and runbook."""
    manual = (ROOT / "docs" / "operating.md").read_text("utf-8")
    listed = re.findall(r"^\| \[(\w+)\]\(\.\./deploy/runbooks/\1\.md\) \| (\w+) \|", manual, re.M)
    assert {*listed} == {(r["alert"], r["labels"]["severity"]) for r in rules() if "alert" in r}


def test_the_manual_lists_every_setting():
    """A setting that is not in the table is found by nobody."""
    manual = (ROOT / "docs" / "operating.md").read_text("utf-8")
    listed = {*re.findall(r"^\| `(TALON_\w+)` \|", manual, re.M)}
    of_compose = {*re.findall(r"\$\{(TALON_\w+)", (DEPLOY / "compose.yaml").read_text("utf-8"))}
    fields = {f"TALON_{name.upper()}" for kind in SETTINGS for name in kind.model_fields}
    assert listed == fields | of_compose | {"TALON_SECRETS_DIR"}
