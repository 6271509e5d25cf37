"""Records that nobody can read or apply: each way in which one may be bad."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contracts.envelope import headers
from contracts.generate import examples
from contracts.topics import Topic

Headers = Sequence[tuple[str, bytes | None]]
BROKER_TAKES = 1_048_588  # bytes of a batch: Kafka's message.max.bytes
ENVELOPE = 700  # bytes of a batch around the body, at least


@dataclass(frozen=True, slots=True)
class Poison:
    """A bad record, and a word that belongs into the reason of its burial."""

    name: str
    value: bytes | None
    headers: Headers
    reason: str


def poisons(topic: Topic) -> list[Poison]:
    """Bad records for *topic*."""
    fact = topic.facts[0]
    case, *_ = examples()[fact.TYPE].values()
    whole = json.dumps(case["data"]).encode()

    def envelope(**other: str) -> list[tuple[str, bytes | None]]:
        return [(name, value.encode()) for name, value in _envelope(topic, case, **other).items()]

    return [
        Poison("no JSON", b"\xff{", envelope(), "JSON"),
        Poison("fields missing", b'{"ticket": 7}', envelope(), "ValidationError"),
        Poison("no body", None, envelope(), "ValidationError"),
        Poison("no envelope", whole, [], "ValidationError"),
        Poison("no time zone", whole, envelope(time="2026-11-23T10:00:00"), "timezone"),
        Poison("no text", whole, [*envelope(), ("ce_note", b"\xff\xfe")], "Unicode"),
        Poison("no value of a header", whole, [("ce_type", None)], "ValidationError"),
        Poison("an id of no outbox", whole, envelope(id="yesterday"), "ValidationError"),
        Poison("after no id", whole, envelope(previous="yesterday"), "ValidationError"),
        Poison("as long as Kafka takes", b"x" * (BROKER_TAKES - ENVELOPE), envelope(), "JSON"),
    ]


def _envelope(topic: Topic, case: dict[str, Any], **other: str) -> dict[str, str]:
    values = {
        "id": "1-1",
        "source": f"/talon/{topic.producers[0]}",
        "type": topic.facts[0].TYPE,
        "time": case["headers"]["ce_time"],
        "subject": case["headers"]["ce_subject"],
        "partitionkey": case["key"],
        "previous": "1-0",
    }
    return headers(**{**values, **other})
