"""Each promise, and how the evidence would show that it was broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from contracts.topics import CALLS, MESSAGES, TICKETS
from tests.chaos.checker.evidence import TOLD, Evidence
from tests.chaos.checker.stores import FOLLOWED
from tests.keeping import faults as key_faults
from tests.keeping import table
from tests.system.replay import (
    Replay,
    command_faults,
    effects,
    message_faults,
    sent_to_the_ready,
    undecided,
    unwritten,
)
from tests.system.told import Told, chain_faults

OPEN: Final = ("waiting", "called", "serving", "deferred")
CALLED: Final = "talon.ticket.called"
CLOCKS_DIFFER: Final = timedelta(minutes=5)  # by the day's clock, at most


def clicks_without_answer(evidence: Evidence) -> Iterator[str]:
    """Commands that were asked, and never came to an end."""
    asked = {click.key: click.asked for click in evidence.clicks if click.asked}
    ended = {click.key for click in evidence.clicks if click.is_the_end}
    for key, what in asked.items():
        if key not in ended:
            yield f"{what} ({key}) was never answered"


def other_answers(evidence: Evidence) -> Iterator[str]:
    """Commands that were repeated and got another ticket than the first time."""
    tickets: dict[str, set[str]] = {}
    for click in evidence.clicks:
        if click.ticket:
            tickets.setdefault(click.key, set()).add(click.ticket)
    for key, given in tickets.items():
        if len(given) > 1:
            yield f"the command {key} was given {len(given)} tickets: {', '.join(sorted(given))}"


def not_once(evidence: Evidence) -> Iterator[str]:
    """Acknowledged commands without exactly one effect; effects that nobody asked for."""
    tickets, calls = evidence.heard(TICKETS.name), evidence.heard(CALLS.name)
    yield from command_faults(evidence.journal, effects(tickets, calls), sent_to_the_ready(calls))


def lost_tickets(evidence: Evidence) -> Iterator[str]:
    """Tickets that stand otherwise in a store than in the log, or only in one of them."""
    by_log = standings(evidence.heard(TICKETS.name), evidence.heard(CALLS.name))
    for one in evidence.journal:
        if one.command == "issue" and one.done and one.ticket not in by_log:
            yield f"{one.ticket} was acknowledged and is not in the log"
    for service, states in evidence.stores.states.items():
        for ticket in sorted(by_log.keys() | states.keys()):
            kept, told = states.get(ticket, "not known"), by_log.get(ticket, "never issued")
            if kept != told:
                yield f"{ticket} is {kept} in {service}, by the log {told}"


def left_open(evidence: Evidence) -> Iterator[str]:
    """Tickets without an outcome after the day's end."""
    by_log = standings(evidence.heard(TICKETS.name), evidence.heard(CALLS.name))
    for ticket, state in by_log.items():
        if evidence.is_over and state in OPEN:
            yield f"{ticket} is still {state}"


def in_two_places(evidence: Evidence) -> Iterator[str]:
    """Tickets at two windows, windows with two tickets, numbers given twice, by the log."""
    replay = Replay()
    replay.tickets(evidence.heard(TICKETS.name))
    replay.calls(evidence.heard(CALLS.name))
    yield from replay.faults


def numbers_twice(evidence: Evidence) -> Iterator[str]:
    """Numbers on two slips, whatever the letter."""
    slips = [one for one in evidence.journal if one.done and one.command == "issue"]
    numbers = Counter(slip.number.split()[-1] for slip in slips if slip.number)
    for number, times in numbers.items():
        if times > 1:
            yield f"the number {number} is on {times} slips"


def out_of_order(evidence: Evidence) -> Iterator[str]:
    """Stories with a hole, in another order, or told again otherwise."""
    for topic in TOLD:
        yield from chain_faults(evidence.log[topic.name])


def untold(evidence: Evidence) -> Iterator[str]:
    """Events in an outbox that are not in Kafka, or read otherwise there."""
    told = {(event.topic, event.id): event for topic in TOLD for event in evidence.log[topic.name]}
    for entry in evidence.stores.outbox:
        if entry.topic not in evidence.log:
            continue
        event = told.get((entry.topic, entry.id))
        what = f"{entry.fields['type']} {entry.id} of {entry.service}"
        if event is None:
            yield f"{what} is in the outbox and not in Kafka"
        elif (event.type, event.subject, event.previous) != tuple(
            entry.fields[name] for name in ("type", "subject", "previous")
        ):
            yield f"{what} is told otherwise in Kafka"


def unheard(evidence: Evidence) -> Iterator[str]:
    """Readers that have not come to the end of a story."""
    for topic in FOLLOWED:
        newest = max((event.place for event in evidence.log[topic.name]), default=(0, 0))
        for reader in topic.consumers:
            at = evidence.stores.heard.get((reader, topic.name), "0-0")
            if at != "{}-{}".format(*newest):
                yield f"{reader} heard {topic.name} up to {at}, and it ends at {newest}"


def messages_twice(evidence: Evidence) -> Iterator[str]:
    """Messages of a kind that somebody got twice for one ticket."""
    yield from message_faults(evidence.heard(MESSAGES.name))
    for (_, number, kind), times in evidence.stores.on_phones.items():
        if times > 1:
            yield f"{times} messages {kind} about {number} are on one phone"


def messages_lost(evidence: Evidence) -> Iterator[str]:
    """Calls that nobody was written of, and messages without an outcome."""
    log = {topic: evidence.heard(topic.name) for topic in TOLD}
    journal = [one for one in evidence.journal if one.command == "contact"]
    yield from unwritten(journal, log[TICKETS], log[CALLS], log[MESSAGES], CLOCKS_DIFFER)
    told = [event for event in log[MESSAGES] if event.type.startswith("talon.message.")]
    queued = {e.data["message"] for e in told if e.type == "talon.message.queued"}
    ended = {e.data["message"] for e in told if e.type != "talon.message.queued"}
    for message in queued - ended:
        yield f"{message} was queued and came to no end"


def moved_back(evidence: Evidence) -> Iterator[str]:
    """Checkpoints that a relay set back: one that had lost its lease."""
    at: dict[str, tuple[int, int]] = {}
    for checkpoint, id in evidence.relayed:
        ms, _, n = id.partition("-")
        place, before = (int(ms), int(n)), at.get(checkpoint, (0, 0))
        if place < before:
            yield f"{checkpoint} went back from {before} to {place}"
        at[checkpoint] = place


def unreasoned(evidence: Evidence) -> Iterator[str]:
    """Calls that their own record does not explain."""
    yield from undecided(evidence.heard(CALLS.name))


def unshown(evidence: Evidence) -> Iterator[str]:
    """Calls that a board shows twice, or never though a later one came while they were fresh."""
    live = [shown.id for shown in evidence.board if shown.live]
    for id, times in Counter(live).items():
        if times > 1:
            yield f"the board shows and speaks {id} {times} times"
    calls = [event for event in evidence.heard(CALLS.name) if event.type == CALLED]
    first = {shown.call: shown for shown in reversed(evidence.board)}
    later: int | None = None  # when a later call of the story came to the board; real ms
    for event in reversed(calls):
        seen = first.get(event.data["call"])
        was_fresh = later is not None and later - event.place[0] < 1000 * evidence.fresh_for
        if seen is None and was_fresh:
            yield f"the call of {event.subject} to {event.data['window']} is on no board"
        if seen is not None and seen.live:
            later = int(seen.id.partition("-")[0])


def buried(evidence: Evidence) -> Iterator[str]:
    """Events that were given up."""
    yield from evidence.dead


def kept_otherwise(evidence: Evidence) -> Iterator[str]:
    """Keys of a store that docs/keeping.md does not know, or knows otherwise."""
    yield from key_faults(evidence.keys, table())


PROMISES: Final[Mapping[str, Callable[[Evidence], Iterator[str]]]] = {
    "every click has its answer": clicks_without_answer,
    "a repeated command gets the first answer": other_answers,
    "every acknowledged command took effect once": not_once,
    "no ticket is lost": lost_tickets,
    "no ticket is left without an outcome": left_open,
    "no ticket is at two windows, no window has two": in_two_places,
    "no number is given twice": numbers_twice,
    "every story is whole and in order": out_of_order,
    "what was told is in Kafka": untold,
    "every reader heard it to the end": unheard,
    "a board shows every call once": unshown,
    "nobody gets a message twice": messages_twice,
    "no message is forgotten": messages_lost,
    "a relay without its lease moves nothing": moved_back,
    "every call has its reason": unreasoned,
    "nothing was buried": buried,
    "every key has an owner and an end": kept_otherwise,
}


def broken(evidence: Evidence) -> dict[str, list[str]]:
    """Promise -> what shows that it was broken; empty if all were kept."""
    found = {promise: list(look(evidence)) for promise, look in PROMISES.items()}
    return {promise: faults for promise, faults in found.items() if faults}


def standings(tickets: list[Told], calls: list[Told]) -> dict[str, str]:
    """Ticket -> where it stands by the log: what the hall saw weighs more than a cancellation."""
    state = {event.subject: "waiting" for event in tickets if event.type == "talon.ticket.issued"}
    gone = {event.subject for event in tickets if event.type == "talon.ticket.cancelled"}
    for event in calls:
        if event.type not in MOVES:
            continue
        to = MOVES[event.type]
        if event.data.get("then"):
            to = "waiting"
        elif event.data.get("reason") == "cancelled":
            to = "cancelled"
        state[event.subject] = to
    weak = {"waiting", "called", "deferred"}
    return {
        ticket: "cancelled" if ticket in gone and now in weak else now
        for ticket, now in state.items()
    }


MOVES: Final = {
    "talon.ticket.called": "called",
    "talon.ticket.recalled": "called",
    "talon.service.started": "serving",
    "talon.service.finished": "finished",
    "talon.ticket.no_show": "no_show",
    "talon.ticket.requeued": "waiting",
    "talon.ticket.deferred": "deferred",
}
