"""Who could no longer read whom after a change of the contracts.

Compares the schemas with those of the last release (``released/<version>``; a release copies
``schemas/`` and ``examples/`` there). Two questions, one comparison asked both ways round:

* would a reader of today refuse what the last release wrote? Its facts lie in Kafka for weeks,
  so such a change is never right: tell a new fact beside the old one.
* would a reader of the last release refuse what is written today? Then the readers must be
  rolled out before the writer.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from contracts.generate import HERE, SCHEMAS
from contracts.topics import TOPICS, Topic

Json = Mapping[str, Any]

RELEASED: Final = HERE / "released"

_SILENT: Final = {"$schema", "$id", "$defs", "title", "description", "default", "examples"}
"""Keywords that refuse nothing."""

_WALKED: Final = {"type", "anyOf", "enum", "const", "properties", "required", "items", "x-topic"}
"""Keywords that have their own comparison here; all others are limits that must agree."""

_FLOORS: Final = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
_CEILINGS: Final = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}


@dataclass(frozen=True, slots=True)
class _Schema:
    """A schema, or a part of one, with the definitions that its references point at."""

    body: Json
    defs: Json

    def part(self, body: Json) -> _Schema:
        return _Schema(body, self.defs).resolved()

    def resolved(self) -> _Schema:
        ref = self.body.get("$ref")
        return _Schema(self.defs[ref.rpartition("/")[2]], self.defs).resolved() if ref else self

    @property
    def choices(self) -> list[_Schema]:
        return [self.part(body) for body in self.body.get("anyOf", [self.body])]

    @property
    def fields(self) -> dict[str, _Schema]:
        return {name: self.part(body) for name, body in self.body.get("properties", {}).items()}


def breaks(old: Json, new: Json) -> list[str]:
    """What a reader of *new* would refuse, or miss, of what a writer of *old* told."""
    was, now = _whole(old), _whole(new)
    return [*_refused(was, now, "the fact"), *_gone(was, now, "the fact")]


def readers_first(old: Json, new: Json) -> list[str]:
    """What a reader of *old* would refuse of what a writer of *new* tells."""
    return [*_refused(_whole(new), _whole(old), "the fact")]


def compare(old: Mapping[str, Json], new: Mapping[str, Json]) -> tuple[list[str], list[str]]:
    """All that breaks, and all that asks for readers first, of schemas by type of fact."""
    broken = [f"{type}: this fact is gone" for type in sorted({*old} - {*new})]
    late = []
    for type in sorted({*old} & {*new}):
        found = breaks(old[type], new[type])
        broken += [f"{type}: {line}" for line in found]
        late += [f"{type}: {line}" for line in readers_first(old[type], new[type]) if not found]
    return broken, late


def last_release(released: Path = RELEASED) -> Path:
    """The schemas of the newest release."""
    return max(
        (folder for folder in released.iterdir() if folder.is_dir()),
        key=lambda folder: tuple(map(int, folder.name.split("."))),
    )


def read(folder: Path) -> dict[str, Json]:
    """The schemas of a folder, by type of fact."""
    return {file.stem: json.loads(file.read_text("utf-8")) for file in folder.glob("*.json")}


def main() -> int:
    """Say what the last release asks of this one; returns the exit status."""
    release = last_release()
    old, new = read(release), read(SCHEMAS)
    broken, late = compare(old, new)
    if broken:
        mend = "tell a new fact beside the old one, or give the new field a default"
        return _say(f"breaks release {release.name}:", *broken, f"mend: {mend}", status=1)
    added = sorted({*new} - {*old})
    fresh = [f"new since {release.name}, whom older readers pass by: {', '.join(added)}"]
    if late:
        return _say(*_orders(late), *late, *(fresh if added else ()))
    text = f"compatible with release {release.name}: roll the services out in any order"
    return _say(text, *(fresh if added else ()))


def _orders(late: list[str]) -> Iterator[str]:
    """Which services go first, for each topic that changed."""
    changed = {line.partition(":")[0] for line in late}
    for topic in TOPICS:
        if changed & {fact.TYPE for fact in topic.facts}:
            tellers = " and ".join(topic.producers)
            yield f"roll out first {_listed(topic)}, then {tellers} ({topic.name}):"


def _listed(topic: Topic) -> str:
    return " and ".join(topic.consumers) or "whoever reads it"


def _whole(schema: Json) -> _Schema:
    return _Schema(schema, schema.get("$defs", {})).resolved()


def _refused(told: _Schema, taken: _Schema, at: str) -> Iterator[str]:
    """Why something that *told* allows would be refused by *taken*."""
    if told.body.get("x-topic") != taken.body.get("x-topic"):
        yield f"{at} is told on {told.body.get('x-topic')}, read on {taken.body.get('x-topic')}"
    for choice in told.choices:
        alike = [other for other in taken.choices if _takes(other, choice)]
        if not alike:
            kinds = " or ".join(_kind(other) for other in taken.choices)
            yield f"{at} may be {_kind(choice)}, read as {kinds}"
            continue
        reasons = [[*_choice_refused(choice, other, at)] for other in alike]
        if all(reasons):
            yield from reasons[0]


def _choice_refused(told: _Schema, taken: _Schema, at: str) -> Iterator[str]:
    yield from _values_refused(told, taken, at)
    yield from _fields_refused(told, taken, at)
    if "items" in told.body and "items" in taken.body:
        items = told.part(told.body["items"]), taken.part(taken.body["items"])
        yield from _refused(*items, f"an item of {at}")
    for word in sorted({*taken.body} - _SILENT - _WALKED):
        if not _within(word, told.body.get(word), taken.body[word]):
            was = told.body.get(word, "no limit")
            yield f"{at} is written with {word} {was}, read with {taken.body[word]}"


def _values_refused(told: _Schema, taken: _Schema, at: str) -> Iterator[str]:
    if (known := _values(taken)) is None:
        return
    if (used := _values(told)) is None:
        yield f"{at} may be anything, read as one of {known}"
    for value in used or ():
        if value not in known:
            yield f'{at} may be "{value}", which its reader does not know'


def _fields_refused(told: _Schema, taken: _Schema, at: str) -> Iterator[str]:
    sure = {*told.body.get("required", ())}
    for name in taken.body.get("required", ()):
        if name not in sure:
            yield f"{name} of {at} may be missing, which its reader needs"
    for name, field in told.fields.items():
        if name in taken.fields:
            yield from _refused(field, taken.fields[name], f"{name} of {at}")


def _gone(old: _Schema, new: _Schema, at: str) -> Iterator[str]:
    """Fields that *old* has and *new* has not, at any depth."""
    for was, now in ((a, b) for a in old.choices for b in new.choices if _takes(b, a)):
        for name, field in was.fields.items():
            if name not in now.fields:
                yield f"{name} of {at} is gone"
            else:
                yield from _gone(field, now.fields[name], f"{name} of {at}")
        if "items" in was.body and "items" in now.body:
            items = was.part(was.body["items"]), now.part(now.body["items"])
            yield from _gone(*items, f"an item of {at}")


def _takes(reader: _Schema, writer: _Schema) -> bool:
    kinds = (_kind(reader), _kind(writer))
    return kinds[0] in (kinds[1], "anything") or kinds == ("number", "integer")


def _within(word: str, told: Any, taken: Any) -> bool:
    """Whether a limit of the writer lies within the reader's."""
    if told is None:
        return False
    if word in _FLOORS:
        return bool(told >= taken)
    return bool(told <= taken) if word in _CEILINGS else bool(told == taken)


def _values(schema: _Schema) -> list[Any] | None:
    if "const" in schema.body:
        return [schema.body["const"]]
    return schema.body.get("enum")


def _kind(schema: _Schema) -> str:
    kind: str = schema.body.get("type", "anything")
    return kind


def _say(*lines: str, status: int = 0) -> int:
    (sys.stderr if status else sys.stdout).write("\n".join(lines) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
