"""A day replayed from the log alone: what happened at the windows, to tickets, to messages.

Pure, and independent of the services' own code: it reads only the words of the log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from tests.system.told import Told

AT_A_WINDOW = {
    "talon.ticket.recalled": "recall",
    "talon.service.started": "start",
    "talon.service.finished": "finish",
    "talon.ticket.no_show": "no-show",
}
OF_A_WINDOW = {
    "talon.window.opened": "open",
    "talon.window.paused": "pause",
    "talon.window.resumed": "resume",
    "talon.window.closed": "close",
}
Effect = tuple[str, str, str]
"""A command, its window or "", its ticket or ""."""

LEAVES_NOBODY = {*OF_A_WINDOW.values(), "finish", "no-show"}
"""Commands whose answer names no ticket, for none is at the window any more."""

ENDS = ("talon.service.finished", "talon.ticket.no_show")
NOBODY_ASKED = {"cancelled", "day_end", "console_lost"}
"""Reasons and outcomes of what happened by itself."""


class Entry(Protocol):
    """A command that a client had answered."""

    @property
    def at(self) -> datetime: ...
    @property
    def command(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def window(self) -> str | None: ...
    @property
    def ticket(self) -> str | None: ...
    @property
    def done(self) -> bool: ...


@dataclass
class Replay:
    """The state that the log of a branch's day leads to, and what is impossible in it."""

    numbers: dict[str, str] = field(default_factory=dict)  # ticket -> number
    cancelled: set[str] = field(default_factory=set)  # by ticketing
    window_of: dict[str, str] = field(default_factory=dict)  # ticket -> where it was called
    ended: dict[str, str] = field(default_factory=dict)  # ticket -> finished, no_show, cancelled
    faults: list[str] = field(default_factory=list)
    _at: dict[str, str] = field(default_factory=dict)  # window -> the ticket there now
    _days: dict[tuple[str, str], str] = field(default_factory=dict)  # day, number -> ticket

    def tickets(self, events: Iterable[Told]) -> None:
        """Take in talon.tickets."""
        for event in events:
            match event.type:
                case "talon.ticket.issued":
                    self._issued(event)
                case "talon.ticket.cancelled":
                    if event.subject in self.cancelled:
                        self.faults.append(f"{event.subject} was cancelled twice")
                    self.cancelled.add(event.subject)

    def calls(self, events: Iterable[Told]) -> None:
        """Take in talon.calls: an interval at a window lasts from the call to its end."""
        for event in events:
            if event.type == "talon.ticket.called":
                self._called(event)
            elif event.type in AT_A_WINDOW:
                self._happened(event)
            elif event.type == "talon.ticket.requeued":
                self._waits_again(event)
            elif event.type.startswith("talon.window.") and event.data["window"] in self._at:
                there = self._at[event.data["window"]]
                self.faults.append(f"{event.type} at {event.data['window']} while {there} is there")

    def outcomes(self) -> Mapping[str, str]:
        """Ticket -> the state it must have in every service: what the hall saw stands."""
        return {
            ticket: self.ended.get(ticket)
            or ("cancelled" if ticket in self.cancelled else "without an outcome")
            for ticket in self.numbers
        }

    def _issued(self, event: Told) -> None:
        ticket, number = event.data["ticket"], event.data["number"]
        if ticket in self.numbers:
            self.faults.append(f"{ticket} was issued twice")
        self.numbers[ticket] = number
        held = self._days.setdefault((event.data["day"], number.split()[-1]), ticket)
        if held != ticket:
            self.faults.append(f"the number {number} was given to {held} and to {ticket}")

    def _called(self, event: Told) -> None:
        ticket, window = event.data["ticket"], event.data["window"]
        if ticket in self.window_of:
            self.faults.append(f"{ticket} was called to {self.window_of[ticket]}, then {window}")
        if window in self._at:
            self.faults.append(f"{window} calls {ticket} while {self._at[window]} is there")
        if not event.data["decision"]["considered"]:
            self.faults.append(f"{ticket} was called without a reason")
        self.window_of[ticket], self._at[window] = window, ticket

    def _waits_again(self, event: Told) -> None:
        ticket, window = event.data["ticket"], event.data.get("window")
        self.window_of.pop(ticket, None)
        if window is not None and self._at.pop(window, ticket) != ticket:
            self.faults.append(f"{ticket} left window {window}, where another one was")

    def _happened(self, event: Told) -> None:
        ticket, window = event.data["ticket"], event.data["window"]
        if self._at.get(window) != ticket:
            self.faults.append(f"{event.type} of {ticket}, which is not at window {window}")
        if event.type in ENDS:
            self._at.pop(window, None)
            by_visitor = event.data.get("reason") == "cancelled"
            end = "cancelled" if by_visitor else event.type.split(".")[-1]
            self.ended[ticket] = end


def undecided(calls: Iterable[Told]) -> Iterator[str]:
    """Calls that their own record does not explain: decided again from it, others come first."""
    for event in calls:
        if event.type != "talon.ticket.called":
            continue
        decision, ticket = event.data["decision"], event.data["ticket"]
        if decision["rule"] == "out_of_order":
            continue
        first, *_ = sorted(
            decision["considered"],
            key=lambda head: (head["standing"] != "statutory", head["weighed"], head["ticket"]),
        )
        if first["ticket"] != ticket:
            yield f"{ticket} was called, and by its record {first['ticket']} came first"


def message_faults(events: Iterable[Told]) -> Iterator[str]:
    """Messages queued, sent or delivered more than once for a ticket and kind."""
    told = [event for event in events if event.type.startswith("talon.message.")]
    seen = Counter((e.type, e.data["ticket"], e.data["kind"]) for e in told)
    for (type, ticket, kind), times in seen.items():
        if times > 1:
            yield f"{type} {times} times for {ticket}, {kind}"


def unwritten(
    entries: Iterable[Entry],
    tickets: Iterable[Told],
    calls: Iterable[Told],
    messages: Iterable[Told],
    margin: timedelta = timedelta(),
) -> Iterator[str]:
    """Calls of visitors whose phone was known before, that no message was made of; *margin* is
    by how much the clocks may differ.
    """
    known = {e.ticket: e.at for e in entries if e.done and e.command == "contact"}
    gone = {e.subject for e in tickets if e.type == "talon.ticket.cancelled"}
    queued = {e.data["message"] for e in messages if e.type == "talon.message.queued"}
    for event in calls:
        kind = {"talon.ticket.called": "called", "talon.ticket.recalled": "recalled"}.get(
            event.type
        )
        if kind and event.subject in known and event.subject not in gone:
            late = known[event.subject] + margin >= event.time
            if not late and f"{event.subject}:{kind}" not in queued:
                yield f"{event.subject}:{kind} was never queued"


def effects(tickets: Iterable[Told], calls: Iterable[Told]) -> Counter[Effect]:
    """How often each command took effect.

    Left out is what nobody commanded: the end of a day, and the consequence of a cancellation.
    """
    done: Counter[Effect] = Counter()
    for event in tickets:
        if event.type == "talon.ticket.issued":
            done["issue", "", event.subject] += 1
        elif event.type == "talon.ticket.cancelled" and event.data["reason"] == "visitor":
            done["cancel", "", event.subject] += 1
    for event in calls:
        if event.type == "talon.ticket.called":
            done["next", event.data["window"], event.subject] += 1
        elif event.type in AT_A_WINDOW and not _by_itself(event):
            command = AT_A_WINDOW[event.type]
            done[command, event.data["window"], _about(command, event.subject)] += 1
        elif event.type in OF_A_WINDOW and not _by_itself(event):
            done[OF_A_WINDOW[event.type], event.data["window"], ""] += 1
    return done


def _by_itself(event: Told) -> bool:
    return not NOBODY_ASKED.isdisjoint({event.data.get("reason"), event.data.get("outcome")})


def sent_to_the_ready(calls: Iterable[Told]) -> set[Effect]:
    """Calls that came unasked: a window that was ready was given the next arrival."""
    ready: set[str] = set()
    sent: set[Effect] = set()
    for event in calls:
        window = event.data.get("window")
        if window is None:
            continue
        if event.type == "talon.window.ready":
            ready.add(window)
            continue
        if event.type == "talon.ticket.called" and window in ready:
            sent.add(("next", window, event.subject))
        ready.discard(window)
    return sent


def command_faults(
    entries: Iterable[Entry], done: Counter[Effect], unasked: set[Effect]
) -> Iterator[str]:
    """Acknowledged commands without exactly one effect, and effects that nobody asked for."""
    asked: Counter[Effect] = Counter()
    for entry in entries:
        if entry.done and entry.command != "contact" and entry.status != 204:
            asked[entry.command, entry.window or "", _about(entry.command, entry.ticket)] += 1
    for what, times in asked.items():
        if done[what] != times:
            yield f"{' '.join(what)}: acknowledged {times} times, done {done[what]} times"
    for what, times in done.items():
        if what not in asked and what not in unasked:
            yield f"{' '.join(what)}: done {times} times, acknowledged to nobody"


def _about(command: str, ticket: str | None) -> str:
    return "" if command in LEAVES_NOBODY else ticket or ""
