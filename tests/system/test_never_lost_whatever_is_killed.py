"""A running day in which every process is killed once: nothing is lost, nothing done twice.

The day is lived once; each test then asks one promise of the evidence that it left.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from services.embedded.options import SERVERS, SERVICES
from services.embedded.stack import Stack
from tests.stack import a_talon
from tests.system.day import Lived, an_afternoon, live
from tests.system.decided import Decided, branch_of
from tests.system.hall import Hall, a_hall, until
from tests.system.replay import (
    Replay,
    command_faults,
    effects,
    message_faults,
    sent_to_the_ready,
    undecided,
    unwritten,
)
from tests.system.told import Told, chain_faults, once, records, story

pytestmark = pytest.mark.timeout(900)  # a slow machine lives a slower day

TICKETS, CALLS, MESSAGES = TOPICS = ("talon.tickets", "talon.calls", "talon.messages")
OPEN = ("waiting", "called", "serving")
SEED = int(os.environ.get("TALON_TEST_SEED") or Random().randrange(1_000_000))
DRAINED_WITHIN = 120.0  # seconds
SHOWN = 15  # faults, of each kind


@dataclass(frozen=True, slots=True, repr=False)
class Evidence:
    """What a day with faults left behind."""

    lived: Lived
    log: dict[str, list[Told]]  # topic -> its events, with repeats
    catalogue: list[Told]
    dead: list[str]  # places of dead letters
    counts: dict[str, dict[str, Any]]  # service -> its count of the day
    states: dict[str, str]  # ticket -> its state, of every acknowledged one
    on_phones: Counter[tuple[str, str, str]]  # phone, number, kind
    gaps: float

    def heard(self, topic: str) -> list[Told]:
        """The events of *topic* without repeats."""
        return once(self.log[topic])

    @property
    def replay(self) -> Replay:
        replay = Replay()
        replay.tickets(self.heard(TICKETS))
        replay.calls(self.heard(CALLS))
        return replay


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory, tell: Callable[[str], None]) -> Evidence:
    """An afternoon of BR-D in which each process is killed with -9 and started again."""
    victims = [*SERVERS, *SERVICES]
    Random(SEED).shuffle(victims)
    folder, clock = tmp_path_factory.mktemp("day"), an_afternoon()
    tell(f"TALON_TEST_SEED={SEED}: a day from {clock}; killed: {', '.join(victims)}")
    with a_talon(clock, state=folder / "state") as stack:
        evidence = asyncio.run(_lived(stack, folder / "journal.jsonl", victims))
    repeats = sum(len(told) - len(once(told)) for told in evidence.log.values())
    lived = evidence.lived
    tell(
        f"{len(evidence.states)} tickets, {len(lived.journal.entries)} commands,"
        f" {lived.retries} requests repeated (of {lived.lost} the answer was lost on its way),"
        f" {evidence.on_phones.total()} SMS, {repeats} events told again,"
        f" {evidence.gaps:.0f} gaps alarmed"
    )
    return evidence


async def _lived(stack: Stack, journal: Path, victims: list[str]) -> Evidence:
    lived = await live(stack, journal, SEED, victims)
    async with a_hall(stack.addresses) as hall:
        counts = await _drained(hall, str(lived.day.on))
        issued = [e.ticket for e in lived.journal.entries if e.done and e.command == "issue"]
        phones = (await hall.read("notify", "/v1/phones"))["phones"]
        return Evidence(
            lived=lived,
            log={topic: await story(stack.kafka, topic) for topic in TOPICS},
            catalogue=await story(stack.kafka, "talon.catalogue"),
            dead=[
                f"{dict(record.headers)}"
                for topic in TOPICS
                for record in await records(stack.kafka, f"{topic}.dead")
            ],
            counts=counts,
            states={ticket: (await hall.ticket(ticket))["state"] for ticket in issued if ticket},
            on_phones=Counter(
                (phone["phone"], message["ticket_number"], message["kind"])
                for phone in phones
                for message in phone["messages"]
            ),
            gaps=sum([await hall.metric(name, "talon_gaps_total") for name in SERVICES]),
        )


async def _drained(hall: Hall, day: str) -> dict[str, dict[str, Any]]:
    """The services' counts: once they agree and all is sent, or as they stay."""

    async def at_rest() -> bool:
        counts = await hall.agree(day)
        over = counts and not any(counts["tickets"].get(state) for state in OPEN)
        unsent = [await hall.metric(name, "talon_outbox_unsent") for name in SERVICES]
        return bool(over) and not any(unsent) and not await _on_their_way(hall)

    with contextlib.suppress(AssertionError):  # each test says what is wrong in its own words
        await until("the day is drained", at_rest, DRAINED_WITHIN)
    return await hall.days(day)


async def _on_their_way(hall: Hall) -> int:
    states = (await hall.read("notify", "/v1/messages/summary"))["states"]
    return sum(states.get(state, 0) for state in ("queued", "sending"))


def test_the_day_was_full_and_every_process_died_in_it(day: Evidence) -> None:
    """Else the other promises would say little."""
    assert len(day.states) >= 80, "too few visitors; the machine is too slow for this clock"
    late = [kill.name for kill in day.lived.kills if kill.died > day.lived.day.closes]
    assert not late, f"killed only after closing: {late}; the machine is too slow for this clock"
    assert not day.lived.day.held_up, f"{day.lived.day.held_up} people were held up for ever"


def test_every_acknowledged_ticket_has_its_outcome(day: Evidence) -> None:
    """As the log tells it, so ticketing answers for each."""
    outcomes = day.replay.outcomes()
    none_of(
        f"{ticket} is {state}, by the log {outcomes.get(ticket, 'never issued')}"
        for ticket, state in day.states.items()
        if state in OPEN or state != outcomes.get(ticket)
    )


def test_all_three_services_count_the_same(day: Evidence) -> None:
    """Each from what it heard, and the log alone gives the same once more."""
    by_log = Counter(day.replay.outcomes().values())
    for service, count in day.counts.items():
        told = {state: number for state, number in count["tickets"].items() if number}
        assert told == dict(by_log), f"{service} against the log"


def test_no_ticket_is_at_two_windows_and_no_window_has_two(day: Evidence) -> None:
    """Replayed from talon.calls: intervals of a window, and of a ticket, do not meet."""
    none_of(day.replay.faults)


def test_every_call_is_decided_again_from_its_record(day: Evidence) -> None:
    """The log alone says why, and says the same as the service did."""
    none_of(undecided(day.heard(CALLS)))


def test_the_day_replayed_from_the_log_gives_the_same_decisions(day: Evidence) -> None:
    """Lines, promises and privileges built anew from what was told; the pure rules choose again."""
    replayed = Decided(branch_of(day.catalogue, "BR-D"), day.heard(TICKETS))
    none_of(replayed.faults(day.heard(CALLS)))
    assert replayed.calls == sum(e.type == "talon.ticket.called" for e in day.heard(CALLS)) > 80


def test_no_number_is_given_twice(day: Evidence) -> None:
    """Whatever the letter, by the slips that people hold."""
    slips = [e for e in day.lived.journal.entries if e.done and e.command == "issue"]
    numbers = Counter(slip.number.split()[-1] for slip in slips if slip.number)
    none_of(number for number, times in numbers.items() if times > 1)


def test_nobody_gets_a_message_twice(day: Evidence) -> None:
    """One of a kind for a ticket, on the phones and in the log."""
    none_of(what for what, times in day.on_phones.items() if times > 1)
    none_of(message_faults(day.heard(MESSAGES)))


def test_no_message_is_forgotten(day: Evidence) -> None:
    """Whoever left a phone before the call is written to, and each message has its outcome."""
    entries = day.lived.journal.entries
    none_of(unwritten(entries, day.heard(TICKETS), day.heard(CALLS), day.heard(MESSAGES)))
    told = [(e.type, e.data["message"]) for e in day.heard(MESSAGES)]
    queued = {message for type, message in told if type == "talon.message.queued"}
    none_of(queued - {message for type, message in told if type != "talon.message.queued"})


def test_every_acknowledged_command_took_effect_once(day: Evidence) -> None:
    """By the clients' journals against the log; and nothing happened that nobody asked for."""
    tickets, calls = day.heard(TICKETS), day.heard(CALLS)
    done, unasked = effects(tickets, calls), sent_to_the_ready(calls)
    none_of(command_faults(day.lived.journal.entries, done, unasked))


def test_no_gap_goes_unnoticed(day: Evidence) -> None:
    """Each branch's story is whole in each topic, or its hearers have alarmed the gap."""
    broken = [fault for topic in TOPICS for fault in chain_faults(day.log[topic])]
    assert not broken or day.gaps, "\n".join(broken[:SHOWN])


def test_nothing_was_buried(day: Evidence) -> None:
    """A store or a broker that is away for a while is no reason to give an event up."""
    none_of(day.dead)


def none_of(faults: Iterable[object]) -> None:
    """Fail with what was found, one a line."""
    found = [f"  {fault}" for fault in faults]
    assert not found, f"seed {SEED}, {len(found)} faults:\n" + "\n".join(found[:SHOWN])
