"""`talon dead`: what readers put aside, and what of it is sent to them again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from contracts.topics import TOPICS, Topic
from services.chassis import letters
from services.chassis.letters import Letter
from services.chassis.telemetry import mask
from services.embedded.errors import CannotRun
from services.ops.fates import Fate, Told, fate, oldest_told, told


@dataclass(frozen=True, slots=True)
class Asked:
    """Which letters."""

    kafka: Sequence[str]
    topic: str | None = None  # None: of all topics
    places: Sequence[str] = ()  # none: all of them
    unsent: bool = False  # only those that were not sent again yet


def topics_of(asked: Asked) -> list[Topic]:
    """The topics that are meant, by their own names or those of their dead-letter topics.

    Raises:
        CannotRun: there is no such topic.
    """
    if asked.topic is not None:
        chosen = [t for t in TOPICS if asked.topic in {t.name, t.dead}]
        if not chosen:
            raise CannotRun(
                f"no topic {asked.topic}; there are {', '.join(t.name for t in TOPICS)}"
            )
        return chosen
    dead = {place.partition("/")[0] for place in asked.places}
    return [t for t in TOPICS if not dead or t.dead in dead]


async def find(asked: Asked) -> list[tuple[Topic, list[Letter]]]:
    """The letters that are asked for, by topic.

    Raises:
        CannotRun: one of the places holds none.
    """
    meant = topics_of(asked)
    read = await asyncio.gather(*(letters.read(asked.kafka, topic) for topic in meant))
    found = [*zip(meant, read, strict=True)]
    if not asked.places:
        return [
            (t, [one for one in some if not (asked.unsent and one.replayed)]) for t, some in found
        ]
    there = {letter.place for _, some in found for letter in some}
    if strange := [place for place in asked.places if place not in there]:
        raise CannotRun(
            f"no dead letter at {', '.join(strange)}; talon dead list shows their places,"
            " as talon.tickets.dead/0/17"
        )
    return [(topic, [one for one in some if one.place in asked.places]) for topic, some in found]


def listed(asked: Asked, console: Console) -> int:
    """Print the letters as a table."""
    found = [letter for _, some in asyncio.run(find(asked)) for letter in some]
    table = Table(box=None, pad_edge=False)
    for heading in ("place", "buried (UTC)", "reader", "sent again"):
        table.add_column(heading, no_wrap=True)  # a place that is cut cannot be typed
    table.add_column("reason", overflow="fold")
    for one in found:
        again = f"{one.replayed:%m-%d %H:%M}" if one.replayed else "-"
        reason = mask(" ".join(one.reason.split())[:160])
        table.add_row(one.place, f"{one.buried:%m-%d %H:%M:%S}", one.reader, again, reason)
    console.print(table if found else "no dead letters")
    return 0


def show(asked: Asked, console: Console) -> int:
    """Print all of each letter, phone numbers masked."""
    for _, some in asyncio.run(find(asked)):
        for one in some:
            lines = [
                f"{one.place}: buried by {one.reader} at {one.buried.isoformat()},"
                f" found at {one.came_from}",
                f"reason: {one.reason}",
                f"key: {(one.key or b'').decode(errors='replace')}",
                *(f"{name}: {value.decode(errors='replace')}" for name, value in one.headers),
                _body(one.value),
            ]
            console.print(mask("\n".join(lines)), markup=False, highlight=False, soft_wrap=True)
    return 0


def _body(value: bytes) -> str:
    try:
        return json.dumps(json.loads(value), ensure_ascii=False, indent=2)
    except ValueError:
        return value.decode(errors="replace")


def replay(asked: Asked, console: Console) -> int:
    """Send letters to their readers again; 1 if some were not sent, each with its reason."""
    sent, left = asyncio.run(send(asked))
    for one in sent:
        console.print(f"{one.place}: sent to {one.reader} again", soft_wrap=True, highlight=False)
    for other in left:
        console.print(
            f"{other.letter.place}: not sent, {mask(other.reason or '')}",
            markup=False,
            soft_wrap=True,
            highlight=False,
        )
    console.print(f"{len(sent)} sent, {len(left)} not")
    return 1 if left else 0


async def send(asked: Asked) -> tuple[list[Letter], list[Fate]]:
    """Send those letters again that their readers can still use; those sent, and the others."""
    sent: list[Letter] = []
    left: list[Fate] = []
    for topic, some in await find(asked):
        fates = await judge(asked.kafka, topic, some)
        left += [one for one in fates if one.reason is not None]
        useful = [one.letter for one in fates if one.reason is None]
        if useful:
            sent += [letter async for letter in letters.send_again(asked.kafka, useful)]
    return sent, left


async def judge(kafka: Sequence[str], topic: Topic, some: Sequence[Letter]) -> list[Fate]:
    """The fate of each of *some* letters of *topic*."""
    since = oldest_told([letter for letter in some if letter.replayed is None], topic)
    keys = {letter.key for letter in some}
    story: list[Told] = []
    if since is not None:
        async for record in letters.records(kafka, topic.name, since):
            if record.key in keys and (event := told(record)):
                story.append(event)
    return [fate(letter, topic, story) for letter in some]
