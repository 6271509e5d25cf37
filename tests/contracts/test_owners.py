"""Every topic and every service has somebody who is asked about a change."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from contracts.topics import TOPICS, Topic

ROOT = Path(__file__).parents[2]
OWNERS = {
    place: owners
    for line in (ROOT / "CODEOWNERS").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
    for place, *owners in [line.split()]
}


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_topic_belongs_to_the_service_that_tells_it(topic: Topic):
    for fact in topic.facts:
        module = Path(inspect.getfile(fact)).relative_to(ROOT)
        assert OWNERS.get(f"/{module}") == [f"@talon/{one}" for one in topic.producers]


def test_every_service_has_an_owner():
    folders = {p.name for p in (ROOT / "services").iterdir() if (p / "__init__.py").exists()}
    assert {f"/services/{name}/" for name in folders} <= {*OWNERS}


def test_every_owned_place_exists():
    assert [place for place in OWNERS if place != "*" and not (ROOT / place[1:]).exists()] == []
