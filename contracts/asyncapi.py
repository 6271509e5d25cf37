"""The AsyncAPI 3.0 document: who says what on which topic, who listens, with examples.

Source: AsyncAPI 3.0.0; Kafka bindings 0.5.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from contracts.envelope import Fact
from contracts.topics import DEAD_KEPT, DEAD_PARTITIONS, PARTITIONS, Topic

Json = dict[str, Any]

_ABOUT: Final = """\
What the services of Talon tell each other over Kafka. A record is a CloudEvent in binary mode:
its attributes are `ce_*` headers, its value is the fact as JSON. The key is the branch, so all
that is told of a branch in a topic has one order. `ce_previous` is the id of the event before
this one, of the same branch in the same topic, and "0-0" on the first: a reader whose newest id
is another one has missed events. A reader ignores fields and facts that it does not know. Events
may come again; one whose id is not later than the newest heard changes nothing."""

_BRANCH: Final = {"type": "string", "pattern": "^[A-Z0-9][A-Z0-9-]{0,15}$"}
_PLACE: Final = {"type": "string", "pattern": r"^\d+-\d+$"}

_HEADERS: Final[Json] = {
    "type": "object",
    "required": [
        "ce_specversion",
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_time",
        "ce_subject",
        "ce_partitionkey",
        "ce_previous",
        "content-type",
    ],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": _PLACE | {"description": "Place in the outbox of the source: <ms>-<n>."},
        "ce_source": {"type": "string", "pattern": "^/talon/[a-z]+$"},
        "ce_type": {"type": "string", "pattern": "^talon\\."},
        "ce_time": {"type": "string", "format": "date-time", "description": "When it happened."},
        "ce_subject": {"type": "string", "description": "The ticket or window, or nothing."},
        "ce_partitionkey": _BRANCH | {"description": "The branch, as in the key."},
        "ce_previous": _PLACE | {"description": "Id of the branch's event before this one."},
        "content-type": {"const": "application/json"},
        "replay_for": {
            "type": "string",
            "description": "Sent again for this reader alone, who lacks it; others pass it by.",
        },
    },
}

_DEAD: Final[Json] = {
    "name": "DeadRecord",
    "title": "Dead record",
    "summary": "A record that could not be read or applied: as it came, with the reason.",
    "headers": {
        "type": "object",
        "required": ["dead_place", "dead_reader", "dead_reason"],
        "properties": {
            "dead_place": {"type": "string", "description": "topic/partition/offset"},
            "dead_reader": {"type": "string", "description": "The service that gave it up."},
            "dead_reason": {"type": "string"},
            "dead_replayed": {
                "type": "string",
                "description": "This only notes that the dead record at that place was sent again.",
            },
        },
    },
    "payload": {"description": "The value as it came, whatever it is."},
}


def document(
    topics: Sequence[Topic], parts: Mapping[str, Json], examples: Mapping[str, Mapping[str, Json]]
) -> Json:
    """The whole document; *parts* are schemas by name, *examples* are by type of fact."""
    facts = [fact for topic in topics for fact in topic.facts]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Talon",
            "version": "1",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": "localhost:9092",
                "protocol": "kafka",
                "description": "Whatever TALON_KAFKA says.",
            }
        },
        "channels": {name: body for topic in topics for name, body in _channels(topic)},
        "operations": {name: body for topic in topics for name, body in _operations(topic)},
        "components": {
            "messages": {
                **{f.__name__: _message(f, examples.get(f.TYPE, {})) for f in facts},
                "DeadRecord": _DEAD,
            },
            "schemas": {"Headers": _HEADERS, **parts},
        },
    }


def _channels(topic: Topic) -> Iterator[tuple[str, Json]]:
    yield (
        topic.name,
        {
            "address": topic.name,
            "description": topic.about,
            "messages": {f.__name__: _ref("messages", f.__name__) for f in topic.facts},
            "bindings": _kept(topic.kept, PARTITIONS),
        },
    )
    yield (
        topic.dead,
        {
            "address": topic.dead,
            "description": f"Records of {topic.name} that could not be read or applied.",
            "messages": {"DeadRecord": _ref("messages", "DeadRecord")},
            "bindings": _kept(DEAD_KEPT, DEAD_PARTITIONS),
        },
    )


def _kept(kept: timedelta | None, partitions: int) -> Json:
    keep: Json = (
        {"cleanup.policy": ["compact"]}
        if kept is None
        else {"cleanup.policy": ["delete"], "retention.ms": kept // timedelta(milliseconds=1)}
    )
    return {"kafka": {"partitions": partitions, "topicConfiguration": keep}}


def _operations(topic: Topic) -> Iterator[tuple[str, Json]]:
    heard = topic.name.removeprefix("talon.")
    for producer in topic.producers:
        yield f"{producer}.tells.{heard}", _operation("send", topic.name, producer)
    for consumer in topic.consumers:
        yield f"{consumer}.hears.{heard}", _operation("receive", topic.name, consumer)
        yield f"{consumer}.buries.{heard}", _operation("send", topic.dead, consumer)


def _operation(action: str, channel: str, service: str) -> Json:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "tags": [{"name": service}],
    }


def _message(fact: type[Fact], cases: Mapping[str, Json]) -> Json:
    return {
        "name": fact.TYPE,
        "title": fact.__name__,
        "summary": (fact.__doc__ or "").strip().partition("\n")[0],
        "headers": {
            "allOf": [
                _ref("schemas", "Headers"),
                {"type": "object", "properties": {"ce_type": {"const": fact.TYPE}}},
            ]
        },
        "payload": _ref("schemas", fact.__name__),
        "bindings": {"kafka": {"key": _BRANCH}},
        "examples": [
            {"name": name, "headers": case["headers"], "payload": case["data"]}
            for name, case in cases.items()
        ],
    }


def _ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}
