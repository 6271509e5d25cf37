"""The number of a ticket as people see and hear it.

It is counted by branch and local day whatever the letter, for letters sound alike: whoever
hears only "one hundred eighteen" is still the only one. ``store/issue_ticket.lua`` counts and
writes the same text; tests/store/test_ticketing_issue.py holds the two together.
"""

from __future__ import annotations


def number(prefix: str, count: int) -> str:
    """Return "Д 118" for the 118th ticket of the day; beyond 999 it just grows."""
    return f"{prefix} {count:03}"
