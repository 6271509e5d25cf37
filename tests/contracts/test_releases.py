"""Old and new read each other: the kept examples of a release, and those of today, both ways."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contracts.compat import RELEASED, compare, last_release, read
from contracts.envelope import Fact
from contracts.generate import examples, schemas
from contracts.topics import TOPICS

Json = dict[str, Any]

FACTS: dict[str, type[Fact]] = {fact.TYPE: fact for topic in TOPICS for fact in topic.facts}
LAST = read(last_release())
_, LATE = compare(LAST, schemas())
READERS_FIRST = {line.partition(":")[0] for line in LATE}
"""Facts that readers of the last release may refuse: they are updated before the writers."""


def kept() -> Iterator[Path]:
    """What writers of a release told, release by release."""
    for release in sorted(RELEASED.iterdir()):
        yield from sorted(release.glob("examples/*/*.json"))


@pytest.mark.parametrize("path", kept(), ids=lambda path: "/".join(path.parts[-4:]))
def test_what_a_release_told_is_read_today(path: Path):
    """Its facts lie in Kafka for weeks; nothing that they say is lost."""
    told: Json = json.loads(path.read_text("utf-8"))["data"]
    fact = FACTS[path.parent.name].model_validate(told)
    assert [*missing(told, fact.model_dump(mode="json"))] == []


@pytest.mark.parametrize("type", sorted({*LAST} & {*FACTS} - READERS_FIRST))
def test_what_is_told_today_is_read_by_the_last_release(type: str):
    """A reader passes by what it does not know, and finds all that it needs."""
    reader = Draft202012Validator(LAST[type])
    for name, told in examples()[type].items():
        assert [error.message for error in reader.iter_errors(told["data"])] == [], name


def test_whatever_the_last_release_would_refuse_is_told_by_the_comparison():
    """No fact of today is refused by an older reader without `contracts.compat` saying so."""
    refused = {
        type
        for type, schema in LAST.items()
        for told in examples()[type].values()
        if not Draft202012Validator(schema).is_valid(told["data"])
    }
    assert refused <= READERS_FIRST


def missing(told: Any, understood: Any) -> Iterator[str]:
    """The names of what was told and is not understood."""
    for name in told if isinstance(told, dict) else ():
        yield from missing(told[name], understood[name]) if name in understood else [name]
