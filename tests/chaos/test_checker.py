"""The checker stands alone, and each of its promises can be seen to break."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.chaos.checker import changes
from tests.chaos.checker.evidence import Evidence
from tests.chaos.checker.journals import Acknowledged, Click, Shown
from tests.chaos.checker.promises import PROMISES, broken
from tests.chaos.checker.stores import Entry, Stores
from tests.keeping import Key
from tests.system.told import Told

T0 = datetime(2026, 11, 23, 4, tzinfo=UTC)
TICKETS, CALLS, MESSAGES = "talon.tickets", "talon.calls", "talon.messages"
A, B = "BR-D-aaaaaaaaaaaaaaaaaaaa", "BR-D-bbbbbbbbbbbbbbbbbbbb"
LEASE = "ticketing:{s01}:relayed"


def told(topic: str, n: int, type: str, subject: str, **data: object) -> Told:
    """The n-th event of a topic."""
    at = T0 + timedelta(minutes=n)
    return Told(topic, f"{n}-0", f"{n - 1}-0", "BR-D", type, at, subject, data)


def issued(n: int, ticket: str, number: str) -> Told:
    day = "2026-11-23"
    return told(TICKETS, n, "talon.ticket.issued", ticket, ticket=ticket, number=number, day=day)


def at_window(n: int, type: str, ticket: str, window: str) -> Told:
    considered = [{"ticket": ticket, "standing": "ordinary", "weighed": "2026-11-23T04:15:00Z"}]
    decision = {"rule": "only_one", "considered": considered}
    seen = {"ticket": ticket, "call": f"call {ticket}", "window": window}
    return told(CALLS, n, type, ticket, **seen, decision=decision)


def message(n: int, type: str, ticket: str) -> Told:
    data = {"message": f"{ticket}:called", "ticket": ticket, "kind": "called"}
    return told(MESSAGES, n, type, ticket, **data)


def acknowledged(minute: float, command: str, ticket: str, **more: str) -> Acknowledged:
    at = T0 + timedelta(minutes=minute)
    key, window = f"{command} {ticket}", more.get("window")
    return Acknowledged(
        at, "BR-D", "somebody", command, key, 200, window, ticket, more.get("number")
    )


def click(key: str, **more: object) -> Click:
    return Click(key, **{"asked": None, "status": None, "ticket": None, "lost": None} | more)  # type: ignore[arg-type]


def a_sound_day() -> Evidence:
    """Two visitors: one is served and gets a message, the other gives up."""
    tickets = [
        issued(1, A, "Б 001"),
        issued(2, B, "Б 002"),
        told(TICKETS, 3, "talon.ticket.cancelled", B, ticket=B, reason="visitor"),
    ]
    calls = [
        at_window(1, "talon.ticket.called", A, "1"),
        at_window(2, "talon.service.started", A, "1"),
        at_window(3, "talon.service.finished", A, "1"),
    ]
    messages = [
        message(1, "talon.message.queued", A),
        message(2, "talon.message.delivered", A),
    ]
    return Evidence(
        log={TICKETS: tickets, CALLS: calls, MESSAGES: messages},
        dead=[],
        stores=what_is_kept([an_entry(event) for event in tickets]),
        keys=[Key("ticketing:{s01}:BR-D:day:2026-11-23", "hash", timedelta(1), size=5, bytes=99)],
        relayed=[(LEASE, "1-0"), (LEASE, "3-0")],
        journal=[
            acknowledged(0, "issue", A, number="Б 001"),
            acknowledged(0, "issue", B, number="Б 002"),
            acknowledged(0, "contact", A),
            acknowledged(1, "next", A, window="1"),
            acknowledged(2, "start", A, window="1"),
            acknowledged(3, "finish", A, window="1"),
            acknowledged(3, "cancel", B),
        ],
        board=[shown(A)],
        fresh_for=60,
        clicks=[click("k1", asked="POST"), click("k1", status=201, ticket=A, lost=False)],
        is_over=True,
    )


def shown(ticket: str, at: int = 1005) -> Shown:
    return Shown(f"{at}-0", f"call {ticket}", recall=False, live=True)


def what_is_kept(outbox: list[Entry]) -> Stores:
    """Of the same two visitors."""
    ends = {A: "finished", B: "cancelled"}
    return Stores(
        states=dict.fromkeys(("ticketing", "dispatch", "notify"), ends),
        heard={
            ("dispatch", TICKETS): "3-0",
            ("notify", TICKETS): "3-0",
            ("ticketing", CALLS): "3-0",
            ("notify", CALLS): "3-0",
        },
        outbox=outbox,
        queued=0,
        on_phones=Counter({("+7", "Б 001", "called"): 1}),
    )


def an_entry(event: Told) -> Entry:
    told = {"type": event.type, "subject": event.subject, "previous": event.previous}
    return Entry("ticketing", event.id, {"topic": event.topic, **told})


def logged(day: Evidence, topic: str, *events: Told) -> Evidence:
    return replace(day, log={**day.log, topic: [*day.log[topic], *events]})


def kept(day: Evidence, **stores: object) -> Evidence:
    return replace(day, stores=replace(day.stores, **stores))  # type: ignore[arg-type]


BREAKS: dict[str, Callable[[Evidence], Evidence]] = {
    "every click has its answer": lambda day: replace(
        day, clicks=[*day.clicks, click("k2", asked="POST"), click("k2", status=503, lost=False)]
    ),
    "a repeated command gets the first answer": lambda day: replace(
        day, clicks=[*day.clicks, click("k1", status=201, ticket=B, lost=True)]
    ),
    "every acknowledged command took effect once": lambda day: replace(
        day, journal=[*day.journal, acknowledged(4, "recall", A, window="1")]
    ),
    "no ticket is lost": lambda day: kept(
        day, states={**day.stores.states, "dispatch": {A: "finished"}}
    ),
    "no ticket is left without an outcome": lambda day: logged(
        day, TICKETS, issued(4, "BR-D-cccccccccccccccccccc", "Б 003")
    ),
    "no ticket is at two windows, no window has two": lambda day: logged(
        day, CALLS, at_window(4, "talon.ticket.called", A, "2")
    ),
    "no number is given twice": lambda day: replace(
        day, journal=[*day.journal, acknowledged(0, "issue", A, number="Д 002")]
    ),
    "every story is whole and in order": lambda day: logged(
        day, CALLS, told(CALLS, 5, "talon.window.opened", "7", window="7")
    ),
    "what was told is in Kafka": lambda day: kept(
        day, outbox=[*day.stores.outbox, an_entry(issued(4, A, "Б 004"))]
    ),
    "every reader heard it to the end": lambda day: kept(
        day, heard={**day.stores.heard, ("notify", CALLS): "2-0"}
    ),
    "a board shows every call once": lambda day: replace(day, board=[*day.board, *day.board]),
    "nobody gets a message twice": lambda day: kept(
        day, on_phones=Counter({("+7", "Б 001", "called"): 2})
    ),
    "no message is forgotten": lambda day: replace(
        day, log={**day.log, MESSAGES: day.log[MESSAGES][:1]}
    ),
    "a relay without its lease moves nothing": lambda day: replace(
        day, relayed=[*day.relayed, (LEASE, "2-0")]
    ),
    "every call has its reason": lambda day: replace(
        day, log={**day.log, CALLS: [_against_its_record(e) for e in day.log[CALLS]]}
    ),
    "every key has an owner and an end": lambda day: replace(
        day, keys=[replace(key, left=None) for key in day.keys]
    ),
    "nothing was buried": lambda day: replace(day, dead=["talon.calls.dead: {}"]),
}


def _against_its_record(event: Told) -> Told:
    other = {"ticket": B, "standing": "statutory", "weighed": "2026-11-23T04:00:00Z"}
    decision = event.data["decision"]
    seen = {**decision, "considered": [*decision["considered"], other]}
    return replace(event, data={**event.data, "decision": seen})


def test_a_sound_day_breaks_nothing() -> None:
    """Else the broken ones below would say nothing."""
    assert broken(a_sound_day()) == {}


def test_a_repeated_event_breaks_nothing() -> None:
    """At least once is what Kafka promises, and what the relay does."""
    day = a_sound_day()
    again = [replace(event) for event in day.log[TICKETS]]
    assert broken(logged(day, TICKETS, *again)) == {}


def test_a_call_that_no_board_shows_is_seen() -> None:
    """If a later one came while it was fresh; what was old by then is history."""
    day = logged(a_sound_day(), CALLS, at_window(4, "talon.ticket.called", B, "2"))
    promise = "a board shows every call once"
    assert promise not in broken(replace(day, board=[shown(A, at=1002), shown(B)]))
    assert promise in broken(replace(day, board=[shown(B)]))
    assert promise not in broken(replace(day, board=[shown(B, at=70_000)]))


@pytest.mark.parametrize("promise", PROMISES)
def test_a_broken_promise_is_seen(promise: str) -> None:
    """Each by what breaks it; one that nothing can break would be no promise."""
    assert promise in broken(BREAKS[promise](a_sound_day()))


def test_the_log_of_changes_is_read_as_the_store_writes_it(tmp_path: Path) -> None:
    """In the order of its files, and as far as a kill let it come."""

    def command(*words: str) -> bytes:
        said = [word.encode() for word in words]
        return b"*%d\r\n" % len(said) + b"".join(b"$%d\r\n%b\r\n" % (len(w), w) for w in said)

    late, early = tmp_path / "appendonly.aof.10.incr.aof", tmp_path / "appendonly.aof.2.incr.aof"
    early.write_bytes(command("SELECT", "0") + command("HSET", LEASE, "id", "1-0", "sent", "1"))
    cut = command("HSET", LEASE, "id", "3-0")[:-5]
    late.write_bytes(command("HSET", LEASE, "id", "2-0") + cut)
    assert list(changes.relayed(tmp_path)) == [(LEASE, "1-0"), (LEASE, "2-0")]


def test_the_checker_shares_no_code_with_the_services() -> None:
    """A mistake of theirs must not hide itself: of the project it loads the contracts alone."""
    look = (
        "import sys, tests.chaos.checker.promises;"
        "print(*sorted(m for m in sys.modules if m.split('.')[0] == 'services'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", look],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.split() == []
