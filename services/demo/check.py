"""Whether a day ended well: what the services say of it against each other and the journal."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from services.demo.answers import Counts, Party, Phones, Setback, Ticket
from services.demo.api import Api
from services.demo.journal import Entry

OPEN: Final = ("waiting", "called", "serving", "deferred")
FINAL: Final = ("finished", "no_show", "cancelled")
LEADS_TO: Final = {"finish": "finished", "no-show": "no_show", "cancel": "cancelled"}
AT_A_WINDOW: Final = frozenset({"next", "recall", "start", "finish", "no-show"})
DRAIN: Final = 90.0  # real seconds for the queues between the services to empty
AT_ONCE: Final = 8  # requests


async def drained(
    api: Api, branch: str, day: date, faults: Callable[[Mapping[Party, Counts]], list[str]]
) -> Mapping[Party, Counts]:
    """Return the three services' counts once they have no *faults*, or the last after DRAIN."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + DRAIN
    while True:
        counts = {party: await api.day(party, branch, day) for party in Party}
        if not faults(counts) or loop.time() >= deadline:
            return counts
        await asyncio.sleep(0.5)


def count_faults(counts: Mapping[Party, Counts]) -> list[str]:
    """Return what differs between the services, and which tickets have no outcome yet."""
    faults = differences(counts)
    for state in OPEN:
        if still := max(count.of(state) for count in counts.values()):
            faults.append(f"{still} tickets are still {state}")
    return faults


def differences(counts: Mapping[Party, Counts]) -> list[str]:
    """Return the states of which the services do not count the same."""
    faults = []
    for state in (*OPEN, *FINAL):
        said = {party: count.of(state) for party, count in counts.items()}
        if len(set(said.values())) > 1:
            told = ", ".join(f"{party} {number}" for party, number in said.items())
            faults.append(f"{state}: {told}")
    return faults


def journal_faults(entries: Iterable[Entry]) -> list[str]:
    """Return acknowledged commands that contradict each other."""
    numbers: Counter[str] = Counter()
    places: dict[str, set[str]] = {}
    for entry in entries:
        if entry.command == "issue" and entry.number:
            numbers[entry.number.split()[-1]] += 1
        if entry.command in AT_A_WINDOW and entry.ticket and entry.window:
            places.setdefault(entry.ticket, set()).add(entry.window)
    faults = [f"the number {number} was given {n} times" for number, n in numbers.items() if n > 1]
    return faults + [
        f"{ticket} was at windows {', '.join(sorted(at))}"
        for ticket, at in places.items()
        if len(at) > 1
    ]


async def ticket_faults(api: Api, entries: Sequence[Entry]) -> list[str]:
    """Ask for every ticket that was acknowledged; return those lost or ended otherwise."""
    issued = [entry.ticket for entry in entries if entry.command == "issue" and entry.ticket]
    outcomes: dict[str, set[str]] = {ticket: set() for ticket in issued}
    for entry in entries:
        if entry.command in LEADS_TO and entry.ticket in outcomes:
            outcomes[entry.ticket].add(LEADS_TO[entry.command])
    turns = asyncio.Semaphore(AT_ONCE)

    async def fault(ticket: str) -> str | None:
        async with turns:
            try:
                state = (await api.read(Party.TICKETING, f"/v1/tickets/{ticket}", Ticket)).state
            except Setback as setback:
                return f"{ticket}: {setback}"
        expected = outcomes[ticket] or set(FINAL)
        return None if state in expected else f"{ticket} is {state}, not {' or '.join(expected)}"

    return [found for found in await asyncio.gather(*map(fault, issued)) if found]


async def message_faults(api: Api) -> list[str]:
    """Return the kinds of message that one phone got twice about one ticket."""
    try:
        phones = await api.read(Party.NOTIFY, "/v1/phones", Phones)
    except Setback as setback:
        return [] if "404" in str(setback) else [str(setback)]  # no simulator: nothing to see
    seen = Counter(
        (phone.phone, message.ticket_number, message.kind)
        for phone in phones.phones
        for message in phone.messages
    )
    return [f"{n} messages {kind} about {about}" for (_, about, kind), n in seen.items() if n > 1]
