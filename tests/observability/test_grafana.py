"""The dashboards opened in a real Grafana, where one is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.observability import grafana
from tests.observability.conftest import Watched
from tests.observability.expressions import DASHBOARDS, dashboard, filled_in, panels
from tests.observability.hall import eventually


@pytest.fixture(scope="module")
def grafana_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grafana")
    try:
        grafana.words({}, folder)
    except grafana.NoGrafana as reason:
        pytest.skip(str(reason))
    return folder


@pytest.fixture(scope="module")
def client(grafana_folder: Path, watched: Watched) -> Iterator[httpx.Client]:
    with grafana.running(watched.address, grafana_folder) as client:
        yield client


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_grafana_opens_the_dashboard(client: httpx.Client, file: Path):
    """Provisioning puts it there as it stands in the file."""
    board = dashboard(file)

    def opened() -> Any:
        answer = client.get(f"/api/dashboards/uid/{board['uid']}")
        return answer.json() if answer.is_success else None

    shown = eventually(f"{board['title']} is provisioned", opened)
    assert shown["meta"]["provisioned"]
    assert [p["title"] for p in shown["dashboard"]["panels"]] == [
        p["title"] for p in board["panels"]
    ]


def test_grafana_reaches_prometheus(client: httpx.Client):
    """The provisioned data source works under the uid that the dashboards name."""
    health = client.get("/api/datasources/uid/prometheus/health").json()
    assert health["status"] == "OK", health


@pytest.mark.parametrize("panel", [p for _, p in panels()], ids=lambda p: p["title"][:20])
def test_grafana_draws_the_panel(client: httpx.Client, watched: Watched, panel: dict[str, Any]):
    """Grafana knows the panel's type and gets data for each of its queries."""
    assert client.get(f"/api/plugins/{panel['type']}/settings").is_success
    queries = [
        {
            "refId": target["refId"],
            "datasource": panel["datasource"],
            "expr": filled_in(target["expr"], watched.branch),
            "instant": True,
        }
        for target in panel["targets"]
    ]
    asked = {"from": "now-5m", "to": "now", "queries": queries}
    results = client.post("/api/ds/query", json=asked).raise_for_status().json()["results"]
    for query in queries:
        frames = results[query["refId"]]["frames"]
        assert any(frame["data"]["values"] for frame in frames), results
