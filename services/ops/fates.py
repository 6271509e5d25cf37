"""What would become of a dead letter that is sent again: whether its reader could still use it.

Readers decide event by event whether they know better already: what dispatch said of a ticket, say,
counts only if they have not applied anything later about that ticket. So an event that is older
than the newest of its story is applied all the same, unless something later was told about its own
subject. Such a one is not sent: it would change nothing, or bring back what is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from contracts.envelope import Event, Unread, attributes, later
from contracts.tickets import DayClosed, TicketIssued
from contracts.topics import Topic
from services.chassis.letters import Letter, Record
from services.chassis.relay import told_at


@dataclass(frozen=True, slots=True)
class Told:
    """An event that stands in the topic of a letter."""

    branch: str
    subject: str
    type: str
    id: str
    day: str | None = None  # of one that closes a day


@dataclass(frozen=True, slots=True)
class Fate:
    """Why a letter is not sent; None if it is."""

    letter: Letter
    reason: str | None


def event_of(letter: Letter, topic: Topic) -> Event[Any]:
    """The event that lies in *letter*, read as a service of this release reads it.

    Raises:
        ValidationError: it cannot be read; UnicodeDecodeError: nor its envelope.
    """
    ce = attributes(letter.headers)
    known = {fact.TYPE: fact for fact in topic.facts}
    data = known.get(ce.get("type", ""), Unread).model_validate_json(letter.value)
    return Event[Any].model_validate({**ce, "topic": letter.topic, "data": data})


def oldest_told(found: Iterable[Letter], topic: Topic) -> datetime | None:
    """When the first of those letters was told that can be read."""
    moments = []
    for letter in found:
        try:
            moments.append(told_at(event_of(letter, topic).id))
        except (ValidationError, UnicodeDecodeError):
            continue
    return min(moments, default=None)


def told(record: Record) -> Told | None:
    """What a record of a topic tells; None if it cannot be read."""
    try:
        ce = attributes(record.headers)
        day = None
        if ce["type"] == DayClosed.TYPE:
            day = DayClosed.model_validate_json(record.value or b"").day.isoformat()
        later(ce["id"], ce["id"])  # an id of no outbox is no event
        return Told(ce["partitionkey"], ce["subject"], ce["type"], ce["id"], day)
    except (KeyError, ValueError):
        return None


def fate(letter: Letter, topic: Topic, story: Iterable[Told]) -> Fate:
    """What becomes of *letter*, given what else its topic tells."""
    if letter.replayed is not None:
        return Fate(letter, f"it was sent again at {letter.replayed:%Y-%m-%d %H:%M:%S} UTC")
    try:
        event = event_of(letter, topic)
    except (ValidationError, UnicodeDecodeError) as error:
        fault = " ".join(str(error).split())[:200]
        return Fate(
            letter, f"this release cannot read it either ({fault}): it would be buried again"
        )
    for other in story:
        if other.branch != event.branch or not later(other.id, event.id):
            continue
        if other.subject == event.subject:
            known = f"{other.type} {other.id} was told later about {event.subject or event.branch}"
            return Fate(letter, f"it would be passed by: {known}")
        issued = event.data if isinstance(event.data, TicketIssued) else None
        if issued and other.day and issued.day.isoformat() <= other.day:
            return Fate(letter, f"its day is over: {other.type} {other.id} was told later")
    return Fate(letter, None)
