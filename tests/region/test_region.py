"""A small region lives a piece of its hour: all of it holds, and what would not is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from redis import Redis

from services.embedded.stack import Stack
from services.notify.store.keys import Keys
from tests.region import run as runs
from tests.region.catalogue import Asked
from tests.region.costs import holds
from tests.region.report import report
from tests.region.run import Plan, run

PLAN = Plan(Asked(branches=3, windows=20), seconds=20, times=10, fill=8)


@pytest.mark.long
def test_a_small_region_keeps_its_counts():
    """Three branches, twenty windows: nothing fails, all agree, and the figures can be written."""
    found = run(PLAN, lambda _: None)
    assert (found.faults, dict(found.errors), found.never) == ((), {}, 0)
    assert found.tickets > 20
    assert found.count("issue") * found.count("start") * found.count("finish") > 0
    assert found.pages >= 3 + 3 + 20
    assert all(found.cpu[name] > 0 for name in ("ticketing", "dispatch", "notify", "load"))
    text = report([found], {"Python": "3"}, "a test", datetime.now(UTC), "0")  # noqa: TID251
    assert "| talon.calls |" not in text  # topics stand under the bytes of a visit
    assert "… talon.calls" in text


@pytest.mark.long
def test_a_service_that_forgets_is_told(monkeypatch: pytest.MonkeyPatch):
    """Notify loses its count of a branch's day as the hour ends: the other two are asked, too."""
    up: list[Stack] = []

    class Known(Stack):
        def start(self) -> None:
            super().start()
            up.append(self)

    def forget(said: Mapping[str, Any]) -> None:
        if said.get("phase") == "end":
            with Redis.from_url(up[0].redis) as redis:
                assert redis.delete(Keys("R02").days)

    monkeypatch.setattr(runs, "Stack", Known)
    found = run(PLAN, forget)
    assert {fault.partition(":")[0] for fault in found.faults} == {"R02"}
    assert not holds(found)
