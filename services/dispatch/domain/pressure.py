"""How much work waits for the windows that may do it, line by line.

Each line's waiting work is shared equally among its open windows; what falls to a window is its
backlog, and the pressure of a line is the mean backlog of its windows. So a line feels the work
of the other lines that its windows serve, but not of those that others can take over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from services.dispatch.domain.branch import Branch
from services.dispatch.domain.durations import Durations
from services.dispatch.domain.outlook import minutes_of
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import State, Window

AWAY: Final = (State.CLOSED, State.PAUSED)


def pressure(work: Mapping[str, float], windows: Sequence[Collection[str]]) -> Mapping[str, float]:
    """Return the minutes of backlog behind each line where somebody waits.

    *work*: usual minutes of all who wait in a line. *windows*: the lines open to each open window.
    A line without a window has none: no head start helps it.
    """
    waiting = [line for line, minutes in work.items() if minutes > 0]
    servers = {line: [i for i, lines in enumerate(windows) if line in lines] for line in waiting}
    backlog = [0.0] * len(windows)
    for line, who in servers.items():
        for i in who:
            backlog[i] += work[line] / len(who)
    return {line: sum(backlog[i] for i in who) / len(who) for line, who in servers.items() if who}


def head_starts(
    work: Mapping[str, float], windows: Sequence[Collection[str]], rules: Rules
) -> Mapping[str, timedelta]:
    """By how much the promises of each line count as earlier than they are."""
    if not rules.pressure:
        return {}
    return {
        line: min(timedelta(minutes=rules.pressure * minutes), rules.most_pressure)
        for line, minutes in pressure(work, windows).items()
    }


def head_starts_in(
    branch: Branch,
    waiting: Iterable[Ticket],
    windows: Iterable[Window],
    durations: Durations,
    rules: Rules,
) -> Mapping[str, timedelta]:
    """The head starts of a real hall: a visit takes what the branch has taught of its service."""
    work: defaultdict[str, float] = defaultdict(float)
    for ticket in waiting:
        said = minutes_of(branch, ticket.service)
        work[ticket.line] += durations.visit(ticket.service, said).expected
    at_work = [window.abilities for window in windows if window.state not in AWAY]
    lines = [{line for line in work if can.level(line) is not None} for can in at_work]
    return head_starts(work, lines, rules)
