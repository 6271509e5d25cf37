"""How topics shall lie in Kafka by `contracts.topics`, and in what they lie otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from contracts.topics import (
    DEAD_BYTES,
    DEAD_KEPT,
    DEAD_PARTITIONS,
    PARTITIONS,
    Topic,
    least_in_sync,
)
from services.chassis.moments import span_ms

MISSING: Final = "topic"
PARTS: Final = "partitions"
COPIES: Final = "replication"
CLEANUP: Final = "cleanup.policy"
_SEGMENT: Final = timedelta(days=7)
_BLOCKS: Final = frozenset({MISSING, PARTS, CLEANUP})


@dataclass(frozen=True, slots=True)
class Layout:
    """How a topic shall lie in Kafka."""

    name: str
    partitions: int
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """How a topic lies in Kafka."""

    replicas: Mapping[int, tuple[int, ...]]  # partition -> brokers, the preferred one first
    settings: Mapping[str, str]  # in force, wherever they are set
    own: Mapping[str, str]  # set for this topic


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which Kafka differs from the table."""

    topic: str
    what: str  # MISSING, PARTS, COPIES or the name of a setting
    wanted: str
    found: str

    @property
    def blocks(self) -> bool:
        """Whether events could get lost or out of order by it, so that no service may go on."""
        return self.what in _BLOCKS

    def __str__(self) -> str:
        return f"{self.topic}: {self.what} is {self.found}, not {self.wanted}"


def layouts(topics: Iterable[Topic], replication: int) -> list[Layout]:
    """Each of *topics* and its dead-letter topic, as they shall lie."""
    safe = {
        "min.insync.replicas": str(least_in_sync(replication)),
        "unclean.leader.election.enable": "false",
        "retention.bytes": "-1",
    }
    dead = _kept(DEAD_KEPT) | {"max.message.bytes": str(DEAD_BYTES)} | safe
    return [
        layout
        for topic in topics
        for layout in (
            Layout(topic.name, PARTITIONS, _kept(topic.kept) | safe),
            Layout(topic.dead, DEAD_PARTITIONS, dead),
        )
    ]


def _kept(span: timedelta | None) -> dict[str, str]:
    if span is None:
        return {CLEANUP: "compact"}
    kept = {CLEANUP: "delete", "retention.ms": str(span_ms(span))}
    # Kafka drops whole segments, never the one that it writes: by itself it begins one a week.
    return kept | ({"segment.ms": kept["retention.ms"]} if span < _SEGMENT else {})


def differences(
    wanted: Iterable[Layout], found: Mapping[str, Found], replication: int
) -> list[Difference]:
    """All in which *found* differs from *wanted*."""
    differing = []
    for layout in wanted:
        there = found.get(layout.name)
        if there is None:
            differing.append(Difference(layout.name, MISSING, "there", "missing"))
            continue
        copies = sorted({len(brokers) for brokers in there.replicas.values()})
        pairs = [
            (PARTS, str(layout.partitions), str(len(there.replicas))),
            (COPIES, str(replication), " and ".join(map(str, copies))),
            *((key, value, there.settings.get(key, "-")) for key, value in layout.settings.items()),
        ]
        differing += [Difference(layout.name, *pair) for pair in pairs if pair[1] != pair[2]]
    return differing
