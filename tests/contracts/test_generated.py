"""Generated files say what the code says, and nothing else lies beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from contracts.compat import RELEASED, last_release, main, read
from contracts.envelope import headers
from contracts.generate import ASYNCAPI, HERE, drift, generated, schemas, write
from contracts.topics import TOPICS

DOCUMENT: dict[str, Any] = yaml.safe_load(ASYNCAPI.read_text("utf-8"))

PLACES = {"schemas", "examples", "released", "asyncapi.yaml"}


def references(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for name, part in value.items():
                if name == "$ref":
                    yield part
                else:
                    yield from references(part)
        case list():
            for part in value:
                yield from references(part)


def test_generated_files_are_what_the_code_says():
    assert [*drift(generated())] == []


def test_drift_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An edited, a missing and a left-over file are each named."""
    monkeypatch.setattr("contracts.generate.HERE", tmp_path / "contracts")
    monkeypatch.setattr("contracts.generate.SCHEMAS", tmp_path / "contracts" / "schemas")
    one, two, old = (
        tmp_path / "contracts" / "schemas" / f"{n}.json" for n in ("one", "two", "old")
    )
    (tmp_path / "contracts" / "schemas").mkdir(parents=True)
    one.write_text("{}")
    old.write_text("{}")
    wanted = {one: '{"type": "object"}', two: "{}"}
    assert [*drift(wanted)] == [
        "contracts/schemas/one.json is not what contracts/*.py says",
        "contracts/schemas/two.json is missing",
        "contracts/schemas/old.json belongs to no fact",
    ]
    write(wanted)
    assert [*drift(wanted)] == []


@pytest.mark.parametrize("type", schemas())
def test_a_schema_is_a_schema_and_knows_its_name(type: str):
    schema = schemas()[type]
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == type
    assert schema["$id"] == "urn:" + type.replace(".", ":")


def test_a_fact_is_told_on_one_topic_and_has_one_type():
    types = [fact.TYPE for topic in TOPICS for fact in topic.facts]
    assert len(types) == len({*types})
    assert all(type.startswith("talon.") for type in types)


def test_every_reference_of_the_asyncapi_document_leads_somewhere():
    for reference in references(DOCUMENT):
        place: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_the_asyncapi_document_says_who_tells_and_who_hears():
    operations = DOCUMENT["operations"]
    for topic in TOPICS:
        short = topic.name.removeprefix("talon.")
        for producer in topic.producers:
            assert operations[f"{producer}.tells.{short}"]["action"] == "send"
        for consumer in topic.consumers:
            assert operations[f"{consumer}.hears.{short}"]["action"] == "receive"
        messages = {m["$ref"].rpartition("/")[2] for m in _messages(topic.name)}
        assert messages == {fact.__name__ for fact in topic.facts}


def test_the_asyncapi_document_names_every_header_that_we_write():
    names = dict.fromkeys(
        ("id", "source", "type", "time", "subject", "partitionkey", "previous"), ""
    )
    assert [*headers(**names)] == DOCUMENT["components"]["schemas"]["Headers"]["required"]


def test_nothing_lies_beside_the_contracts_that_nobody_knows():
    found = {p.name for p in HERE.iterdir() if p.suffix != ".py" and p.name != "__pycache__"}
    assert found == PLACES


def test_a_release_is_a_version_and_holds_schemas():
    for release in RELEASED.iterdir():
        assert all(part.isdigit() for part in release.name.split("."))
        assert read(release)
    assert last_release().name == max(
        (r.name for r in RELEASED.iterdir()), key=lambda name: [*map(int, name.split("."))]
    )


def test_the_check_says_in_which_order_to_roll_out(capsys: pytest.CaptureFixture[str]):
    assert main() == 0
    assert "roll" in capsys.readouterr().out


def _messages(topic: str) -> list[dict[str, str]]:
    return [*DOCUMENT["channels"][topic]["messages"].values()]
