"""A dead letter is sent again if its reader can still use it, and only then."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from contracts.envelope import headers
from contracts.generate import examples
from contracts.tickets import DayClosed, TicketCancelled, TicketIssued
from contracts.topics import CATALOGUE, TICKETS, TOPICS
from services.chassis.letters import Letter
from services.ops.fates import Fate, Told, fate

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TICKET, OTHER = f"BR-D-{1:020}", f"BR-D-{2:020}"
BODY = TicketIssued(
    ticket=TICKET, number="A 001", service="B01", skills=("PASS",), day=NOON.date(), arrived=NOON
).model_dump_json()


def a_letter(id: str = "5-0", body: str = BODY, **other: str) -> Letter:
    about = {
        "id": id,
        "source": "/talon/ticketing",
        "type": TicketIssued.TYPE,
        "time": "2026-11-23T10:00:00+05:00",
        "subject": TICKET,
        "partitionkey": "BR-D",
        "previous": "4-0",
    }
    told = headers(**about | other)
    return Letter(
        place="talon.tickets.dead/0/0",
        topic=TICKETS.name,
        came_from="talon.tickets/3/17",
        buried=NOON,
        reader="dispatch",
        reason="a bug",
        key=b"BR-D",
        value=body.encode(),
        headers=[(name, value.encode()) for name, value in told.items()],
    )


def told(id: str, **other: str | None) -> Told:
    return replace(Told("BR-D", TICKET, TicketCancelled.TYPE, id), **other)


def reason(letter: Letter, *story: Told) -> str:
    found = fate(letter, TICKETS, story).reason
    assert found is not None
    return found


def test_what_its_reader_can_use_is_sent():
    """However old it is: later events about others do not stand against it."""
    others = [
        told("5-0", type=TicketIssued.TYPE),  # itself, and what relays told again
        told("4-0"),
        told("9-0", subject=OTHER),
        told("9-1", branch="BR-F"),
        told("9-2", subject="", type=DayClosed.TYPE, day="2026-11-22"),
    ]
    letter = a_letter()
    assert fate(letter, TICKETS, others) == Fate(letter, None)


def test_what_was_overtaken_is_not_sent():
    """The reader holds the later word, and would bring back what is over."""
    known = f"passed by: talon.ticket.cancelled 10-0 was told later about {TICKET}"
    assert known in reason(a_letter("9-0"), told("10-0"))


def test_a_ticket_of_a_day_that_is_over_is_not_sent():
    """It would wait in a line where nobody counts on it."""
    closed = told("9-0", subject="", type=DayClosed.TYPE, day="2026-11-23")
    assert "its day is over" in reason(a_letter(), closed)


def test_what_this_release_cannot_read_is_not_sent():
    """Its reader would bury it again."""
    for unreadable in (
        a_letter(body="{"),
        a_letter(body='{"ticket": 7}'),
        a_letter(id="yesterday"),
        replace(a_letter(), headers=[("ce_type", b"\xff")]),
        replace(a_letter(), headers=[]),
    ):
        assert "cannot read it either" in reason(unreadable)


def test_what_was_sent_again_is_not_sent_once_more():
    """Unless it is buried again, which makes another letter."""
    assert "it was sent again at 2026-11-23 12:00:00" in reason(replace(a_letter(), replayed=NOON))


def test_an_older_catalogue_never_takes_the_place_of_the_newer_one():
    """Its topic keeps the newest record of a branch, whatever that says."""
    case, *_ = examples()["talon.branch.published"].values()
    about = {name[3:]: value for name, value in case["headers"].items() if name[:3] == "ce_"}
    about.pop("specversion")
    letter = replace(
        a_letter(),
        topic=CATALOGUE.name,
        headers=[
            (name, value.encode()) for name, value in headers(**about | {"id": "5-0"}).items()
        ],
        value=json.dumps(case["data"]).encode(),
    )
    branch = about["partitionkey"]
    newer = Told(branch, about["subject"], about["type"], "6-0")
    assert fate(letter, CATALOGUE, []).reason is None
    assert "passed by" in str(fate(letter, CATALOGUE, [newer]).reason)


def test_no_fact_has_room_for_a_phone():
    """So no dead letter holds one: a number stays in the service that needs it."""
    fields = {name for topic in TOPICS for fact in topic.facts for name in fact.model_fields}
    assert not {name for name in fields if "phone" in name or "msisdn" in name}
    assert {"ticket", "number", "branch"} <= fields
