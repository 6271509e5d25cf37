"""What cannot be read is put aside with its reason; whoever comes behind it is called as usual."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaProducer

from contracts.envelope import headers
from contracts.topics import CALLS, TICKETS, Topic
from services.embedded.stack import Stack
from tests.stack import a_talon
from tests.system.hall import Hall, a_hall, until
from tests.system.told import records

CLOCK = "2026-11-23T10:00:00+05:00@1"
BRANCH = "BR-D"
NEWEST = f"{int(datetime.now(UTC).timestamp() * 1000)}-0"  # noqa: TID251  as an outbox would say it


@dataclass(frozen=True, slots=True)
class Poison:
    """A record that nobody can apply, and a word that its reason must have."""

    name: str
    value: bytes | None
    reason: str
    headers: tuple[tuple[str, bytes], ...] = ()


def poisons(topic: Topic) -> list[Poison]:
    """Each way in which a record of *topic* may be bad."""
    fact = topic.facts[0]
    good = envelope(topic, fact.TYPE)
    nonsense = [(name, b"yesterday" if name == "ce_id" else value) for name, value in good]
    return [
        Poison("no JSON", b"\xff{not json", "JSON", good),
        Poison("fields missing", b'{"ticket": 7}', "ValidationError", good),
        Poison("no body", None, "ValidationError", good),
        Poison("no headers", b"{}", "ValidationError"),
        Poison("broken text", b"{}", "Unicode", (("ce_type", b"\xff\xfe"),)),
        Poison("no place in a story", whole(topic), "", tuple(nonsense)),
    ]


def whole(topic: Topic) -> bytes:
    """A body that is right in itself."""
    (example,) = EXAMPLES.glob(f"{topic.facts[0].TYPE}/*.json")
    return example.read_bytes()
