"""How much work waits for the windows that may do it, line by line.

Each line's waiting work is shared equally among its open windows; what falls to a window is its
backlog, and the pressure of a line is the mean backlog of its windows. So a line feels the work
of the other lines that its windows serve, but not of those that others can take over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from services.dispatch.domain.rules import Rules


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
