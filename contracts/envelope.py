"""CloudEvents 1.0 on Kafka, binary mode: attributes are ``ce_*`` headers, data is the body.

Source: CloudEvents 1.0.2, Kafka protocol binding §3.2. ``previous`` is our extension: the id
of the event before this one of the same branch in the same topic.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Generic, NamedTuple, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

FIRST = "0-0"
"""The ``previous`` of the first event of a story."""


class Fact(BaseModel):
    """Base of all event data: frozen; a reader ignores what it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    TYPE: ClassVar[str] = ""


class Unread(Fact):
    """Data of an event that this reader has no use for."""


Data = TypeVar("Data", bound=Fact)


class Position(NamedTuple):
    """Where an event stands in the story that *topic* tells about *branch*."""

    topic: str
    branch: str
    id: str
    previous: str


Place = Annotated[str, StringConstraints(pattern=r"^[0-9]+-[0-9]+$")]
"""Where an event stands in the outbox of its source: "<ms>-<n>"."""

Missing = str | None
"""Id of the event after which others of its story were not heard; None when it is whole."""


class Event(BaseModel, Generic[Data]):
    """One fact, as its producer said it."""

    model_config = ConfigDict(frozen=True)

    topic: str
    id: Place
    source: str
    type: str
    time: AwareDatetime
    subject: str
    partitionkey: str
    previous: Place
    data: Data

    @property
    def branch(self) -> str:
        return self.partitionkey

    @property
    def position(self) -> Position:
        return Position(self.topic, self.branch, self.id, self.previous)


def attributes(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    """The ``ce_*`` headers of a Kafka record, without their prefix; one without a value is none."""
    return {
        name[3:]: value.decode()
        for name, value in headers
        if name.startswith("ce_") and value is not None
    }


def headers(
    *, id: str, source: str, type: str, time: str, subject: str, partitionkey: str, previous: str
) -> dict[str, str]:
    """The Kafka headers of an event; the inverse of `attributes`."""
    return {
        "ce_specversion": "1.0",
        "ce_id": id,
        "ce_source": source,
        "ce_type": type,
        "ce_time": time,
        "ce_subject": subject,
        "ce_partitionkey": partitionkey,
        "ce_previous": previous,
        "content-type": "application/json",
    }


def later(id: str, other: str) -> bool:
    """Whether event *id* was told after event *other* of the same source."""
    return place(id) > place(other)


def place(id: str) -> tuple[int, int]:
    """An event's id as numbers, in the order in which its source told."""
    ms, _, n = id.partition("-")
    return int(ms), int(n)
