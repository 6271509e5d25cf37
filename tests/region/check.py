"""Whether the hour ended as the clients were told: tickets, counts, and nothing that failed."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from services.demo.answers import Counts, Party, Ticket
from services.demo.api import Api
from services.demo.check import FINAL, LEADS_TO, differences, drained, journal_faults
from services.demo.journal import Entry

FINALS: Final = frozenset(FINAL)
OPEN_AFTER: Final = {"next": "called", "recall": "called", "start": "serving"}
_FAILED: Final = re.compile(
    r'talon_http_requests_total\{(?!.*route="/health/ready").*status="5'
)  # at the start nobody is ready
AT_ONCE: Final = 16  # requests


async def faults(api: Api, branches: Sequence[str], day: date) -> list[str]:
    """All that does not fit; waits for what is on its way between the services."""
    entries = [entry for entry in api.journal.entries if entry.done]
    found = []
    for branch in branches:
        mine = [entry for entry in entries if entry.branch == branch]
        counts = await drained(api, branch, day, differences)
        found += [f"{branch}: {fault}" for fault in branch_faults(mine, counts)]
    return found + ticket_faults(entries, await _states(api, issued(entries)))


def branch_faults(entries: Sequence[Entry], counts: Mapping[Party, Counts]) -> list[str]:
    """What the three services say of a branch's day, against each other and what clients know."""
    known = len(issued(entries))
    lost = [
        f"{party} knows {count.total} tickets of {known}"
        for party, count in counts.items()
        if count.total != known
    ]
    return differences(counts) + lost + journal_faults(entries)


def ticket_faults(entries: Iterable[Entry], states: Mapping[str, str]) -> list[str]:
    """Tickets whose state is not what the last commands about them led to."""
    expected: dict[str, set[str]] = {}
    visitor: dict[tuple[str, str | None], str] = {}  # who is at a window, as its operator knows
    for entry in entries:
        window = entry.branch, entry.window
        ticket = entry.ticket or visitor.get(window, "")
        if entry.command == "issue":
            # Perhaps called by their arrival, at a window that was ready.
            expected[ticket] = {"waiting", "called"}
        elif entry.command in LEADS_TO:
            # Who gives up just as they are called may have two outcomes; one of them stands.
            ended = expected.get(ticket, set()) & FINALS
            expected[ticket] = ended | {LEADS_TO[entry.command]}
        elif entry.command in OPEN_AFTER and entry.ticket:  # "next" may have found nobody
            visitor[window] = ticket
            if not expected.get(ticket, set()) & FINALS:
                expected[ticket] = {OPEN_AFTER[entry.command]}
    found = []
    for ticket, wanted in expected.items():
        if (state := states.get(ticket, "unknown")) not in wanted:
            found.append(f"{ticket} is {state}, not {' or '.join(sorted(wanted))}")
    return found


def issued(entries: Iterable[Entry]) -> list[str]:
    """Tickets that clients were given."""
    return [entry.ticket for entry in entries if entry.command == "issue" and entry.ticket]


async def _states(api: Api, tickets: Iterable[str]) -> dict[str, str]:
    turns, states = asyncio.Semaphore(AT_ONCE), dict[str, str]()

    async def ask(ticket: str) -> None:
        async with turns:
            path = f"/v1/tickets/{ticket}"
            states[ticket] = (await api.read(Party.TICKETING, path, Ticket)).state

    await asyncio.gather(*map(ask, tickets))
    return states


def of_metrics(texts: Mapping[str, str]) -> list[str]:
    """What services counted that must be none: answers 5xx, dead letters, gaps of a story."""
    found = []
    for service, text in texts.items():
        seen: Counter[str] = Counter()
        for line in text.splitlines():
            name, _, value = line.rpartition(" ")
            if _FAILED.match(name):
                seen["answers 5xx"] += int(float(value))
            elif name.startswith(("talon_dead_letters_total", "talon_gaps_total")):
                seen[name.partition("{")[0]] += int(float(value))
        found += [f"{service}: {count} {name}" for name, count in seen.items() if count]
    return found
