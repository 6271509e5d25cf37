"""Writes what others read of the contracts: JSON Schemas of the facts, and the AsyncAPI document.

Run it by ``make schemas`` after a change of a fact or a topic; ``--check`` only says whether the
files in the repository are still what the code means.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from contracts.asyncapi import document
from contracts.envelope import Fact
from contracts.topics import TOPICS, Topic

Json = dict[str, Any]

HERE: Final = Path(__file__).parent
SCHEMAS: Final = HERE / "schemas"
EXAMPLES: Final = HERE / "examples"
ASYNCAPI: Final = HERE / "asyncapi.yaml"


class _PlainSchema(GenerateJsonSchema):
    """Fields have names already; a title that repeats them says nothing."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # pydantic asks with it
        return False


def schema_of(fact: type[Fact], topic: Topic) -> Json:
    """What a reader takes for a *fact*: fields it does not know may stand beside."""
    body = fact.model_json_schema(mode="validation", schema_generator=_PlainSchema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{fact.TYPE.replace('.', ':')}",
        "title": fact.TYPE,
        "x-topic": topic.name,
        **{name: value for name, value in body.items() if name != "title"},
    }


def schemas() -> dict[str, Json]:
    """The schema of every fact, by its type."""
    return {fact.TYPE: schema_of(fact, topic) for topic in TOPICS for fact in topic.facts}


def parts() -> dict[str, Json]:
    """The schemas of all facts and of what they are made of, as parts of one document."""
    facts = [(fact, "validation") for topic in TOPICS for fact in topic.facts]
    _, shared = models_json_schema(
        facts,  # type: ignore[arg-type]  # the mode is a Literal there
        ref_template="#/components/schemas/{model}",
        schema_generator=_PlainSchema,
    )
    named: dict[str, Json] = shared["$defs"]
    return named


def examples() -> dict[str, dict[str, Json]]:
    """The examples of every fact, by its type and the name of the case."""
    return {
        folder.name: {
            file.stem: json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json"))
        }
        for folder in sorted(EXAMPLES.iterdir())
    }


def generated() -> dict[Path, str]:
    """Every generated file and what it must say."""
    files = {SCHEMAS / f"{name}.json": _json(schema) for name, schema in schemas().items()}
    return files | {ASYNCAPI: _yaml(document(TOPICS, parts(), examples()))}


def drift(wanted: Mapping[Path, str]) -> Iterator[str]:
    """What is not as it must be, a line each."""
    for path, text in wanted.items():
        if not path.exists():
            yield f"{_name(path)} is missing"
        elif path.read_text("utf-8") != text:
            yield f"{_name(path)} is not what contracts/*.py says"
    for path in _left_over(wanted):
        yield f"{_name(path)} belongs to no fact"


def write(wanted: Mapping[Path, str]) -> None:
    """Write every file anew and remove those of facts that are gone."""
    SCHEMAS.mkdir(exist_ok=True)
    for path in _left_over(wanted):
        path.unlink()
    for path, text in wanted.items():
        path.write_text(text, "utf-8")


def main() -> int:
    """Write the files, or compare them; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail on a difference")
    wanted = generated()
    if not parser.parse_args().check:
        write(wanted)
        return _say(f"{len(wanted)} files written")
    if differences := [*drift(wanted)]:
        return _say(*differences, "run `make schemas` and commit what it writes", status=1)
    return _say(f"{len(wanted)} generated files are what contracts/*.py says")


def _left_over(wanted: Mapping[Path, str]) -> list[Path]:
    return sorted({*SCHEMAS.glob("*")} - {*wanted})


def _name(path: Path) -> str:
    return str(path.relative_to(HERE.parent))


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _yaml(value: Json) -> str:
    head = "# Generated from contracts/*.py by `make schemas`; edits here are lost.\n"
    body: str = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    return head + body


class _Dumper(yaml.SafeDumper):
    """Writes a value again rather than point at its first place, and paragraphs as they are."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # PyYAML asks with it
        return True

    def text(self, text: str) -> yaml.ScalarNode:
        return self.represent_scalar(
            "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
        )


_Dumper.add_representer(str, _Dumper.text)


def _say(*lines: str, status: int = 0) -> int:
    (sys.stderr if status else sys.stdout).write("\n".join(lines) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
