"""Every fact has examples, and they are what the code reads and writes."""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contracts.envelope import FIRST, Event, Fact, attributes, headers, later
from contracts.generate import EXAMPLES, examples, parts, schemas
from contracts.topics import TOPICS, Topic
from contracts.values import branch_of

Json = dict[str, Any]

FACTS: dict[str, tuple[type[Fact], Topic]] = {
    fact.TYPE: (fact, topic) for topic in TOPICS for fact in topic.facts
}
CASES = [
    pytest.param(type, case, id=f"{type}/{name}")
    for type, cases in examples().items()
    for name, case in cases.items()
]
PHONE = re.compile(r"\+7|\b8?\d{10}\b")


def strict(schema: Any) -> Any:
    """The schema, but what it does not name is refused: writers tell nothing else."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: strict(part) for name, part in schema.items()}
    return closed | {"additionalProperties": False} if "properties" in schema else closed


def paths(value: Any, at: str = "") -> Iterator[str]:
    """Where there is something in *value*."""
    match value:
        case dict():
            for name, part in value.items():
                yield from paths(part, f"{at}.{name}")
        case list():
            for number, part in enumerate(value):
                yield from paths(part, f"{at}[{number}]")
        case _:
            yield at


def test_every_fact_has_an_example():
    assert {folder.name for folder in EXAMPLES.iterdir()} == {*FACTS}
    assert all(examples()[type] for type in FACTS)


def test_nothing_else_lies_among_the_examples():
    files = {path for path in EXAMPLES.rglob("*") if path.is_file()}
    assert files == {EXAMPLES / t / f"{n}.json" for t, cases in examples().items() for n in cases}


@pytest.mark.parametrize(("type", "case"), CASES)
def test_an_example_fits_its_schema_strictly(type: str, case: Json):
    """An unknown field in an example is a mistake, though readers pass it by."""
    Draft202012Validator(strict(schemas()[type])).validate(case["data"])


@pytest.mark.parametrize(("type", "case"), CASES)
def test_an_example_survives_the_way_through_the_model(type: str, case: Json):
    fact, _ = FACTS[type]
    read = fact.model_validate(case["data"], strict=False)
    assert fact.model_validate_json(read.model_dump_json()) == read
    assert {*paths(read.model_dump(mode="json"))} == {*paths(case["data"])}


@pytest.mark.parametrize(("type", "case"), CASES)
def test_an_example_is_an_event_as_services_write_it(type: str, case: Json):
    fact, topic = FACTS[type]
    told = attributes((name, value.encode()) for name, value in case["headers"].items())
    assert told["type"] == type
    assert told["source"].removeprefix("/talon/") in topic.producers
    assert told["partitionkey"] == case["key"]
    Event[fact].model_validate({**told, "topic": topic.name, "data": case["data"]})  # type: ignore[valid-type]
    assert headers(**{k: v for k, v in told.items() if k != "specversion"}) == case["headers"]


@pytest.mark.parametrize(("type", "case"), CASES)
def test_an_example_speaks_of_its_own_branch(type: str, case: Json):
    data = case["data"]
    if "ticket" in data:
        assert branch_of(data["ticket"]) == case["key"]
    if "subject" in data:
        assert case["headers"]["ce_subject"] in data.values()
    assert data.get("branch", case["key"]) == case["key"]


@pytest.mark.parametrize(("type", "case"), CASES)
def test_an_example_holds_no_phone(type: str, case: Json):
    texts = [value for value in map(str, case["data"].values()) if "-" not in value]
    assert not any(map(PHONE.search, texts))


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_the_examples_of_a_topic_tell_one_story_without_a_gap(topic: Topic):
    """So they serve as a neighbour in the tests of a service."""
    told = [case for fact in topic.facts for case in examples()[fact.TYPE].values()]
    for _, story in itertools.groupby(sorted(told, key=lambda c: c["key"]), lambda c: c["key"]):
        ids = sorted((_ids(case) for case in story), key=lambda pair: _place(pair[0]))
        assert [previous for _, previous in ids] == [FIRST, *(id for id, _ in ids[:-1])]
        assert all(later(id, previous) for id, previous in ids)


@pytest.mark.parametrize("type", FACTS)
def test_a_reader_passes_by_what_it_does_not_know(type: str):
    """A newer writer may add a field before its readers know it."""
    fact, _ = FACTS[type]
    for case in examples()[type].values():
        data = copy.deepcopy(case["data"]) | {"added_later": 1}
        assert fact.model_validate(data) == fact.model_validate(case["data"])
        Draft202012Validator(schemas()[type]).validate(data)


def test_every_part_of_a_schema_refuses_nothing_beside_it():
    assert not any("additionalProperties" in part for part in parts().values())


def _ids(case: Json) -> tuple[str, str]:
    return case["headers"]["ce_id"], case["headers"]["ce_previous"]


def _place(id: str) -> tuple[int, ...]:
    return tuple(map(int, id.split("-")))
