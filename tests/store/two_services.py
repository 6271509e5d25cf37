"""The parts of a centre that the test of two services plays: its offer and its spine."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from redis.asyncio import Redis

from contracts.envelope import Event
from services.chassis.lua import together
from services.ticketing.domain.catalogue import Branch, Category, Name, Service
from services.ticketing.domain.hours import Hours, Week

NEEDS = {"B01": ("PASS",), "D01": ("REAL",), "B07": ("BIO", "PASS")}
DOOR_WEEK = Week(
    days=(Hours(time(9), time(18)),) * 7,
    last_ticket=timedelta(minutes=15),
    timezone="Asia/Yekaterinburg",
)


def a_named(text: str) -> Name:
    return Name(text, text)


OFFER = Branch(
    code="BR-T",
    name=a_named("Test"),
    week=DOOR_WEEK,
    categories=(
        Category("B", "Б", "бэ", a_named("Passports")),
        Category("D", "Д", "дэ", a_named("Real estate")),
    ),
    skills=(),
    services=tuple(
        Service(code, a_named(code), code[0], skills, 15, (), 0, ())
        for code, skills in NEEDS.items()
    ),
    windows=(),
    operators=(),
)


class Story:
    """One topic: what a service told, and how much of it the other has heard."""

    def __init__(self, outbox: str, topic: str, handlers: dict[type, Any], other: Any) -> None:
        self.outbox = outbox
        self.topic = topic
        self.handlers = {fact.TYPE: (fact, handle) for fact, handle in handlers.items()}
        self.other = other
        self.heard = 0

    async def tell(self, redis: Redis, first: int, last: int) -> list[str]:
        """Let the other service hear the events from *first* to *last*; return the gaps seen.

        As its consumer does: all is decided before any step is made.
        """
        steps = []
        for id, entry in (await redis.xrange(self.outbox))[first:last]:
            fact, handle = self.handlers.get(entry["type"], (None, self.other))
            event = Event[Any].model_construct(
                topic=self.topic,
                id=id,
                partitionkey=entry["partitionkey"],
                previous=entry["previous"],
                data=fact.model_validate_json(entry["data"]) if fact else None,
            )
            steps.append(await handle(event))
        return [str(missing) for missing in await together(steps) if missing is not None]
