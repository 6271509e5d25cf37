"""Every Redis key of ticketing. All keys of a branch share one hash tag, hence one slot.

Kept for ever: branches, and one small hash or set a branch for its story. Kept for a while, in
real time: answers to commands (one hour), tickets (`TICKET_KEPT`), days (`DAY_KEPT`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.chassis import shards

SERVICE: Final = "ticketing"

TICKET_KEPT: Final = timedelta(days=14)
"""A ticket outlives every question about it that comes up in the hall."""

DAY_KEPT: Final = timedelta(days=40)
"""Longer than its tickets, so that no late word about one revives a day that is gone."""


@dataclass(frozen=True, slots=True)
class Keys:
    branch: str

    @property
    def outbox(self) -> str:
        """stream: events of the shard's branches, for the relay, which trims it."""
        return shards.outbox(SERVICE, shards.shard_of(self.branch))

    @property
    def branches(self) -> str:
        """set: codes of the shard's branches."""
        return branches_of(shards.shard_of(self.branch))

    @property
    def told(self) -> str:
        """hash: topic -> id of the newest event told about the branch."""
        return self._of_branch("told")

    def heard(self, topic: str) -> str:
        """string: id of the newest event of *topic* about the branch."""
        return self._of_branch(f"heard:{topic}")

    @property
    def published(self) -> str:
        """hash: json (the branch), digest (of it)."""
        return self._of_branch("published")

    @property
    def open_days(self) -> str:
        """set: days that have begun and are not closed yet, or closed ones with a late ticket."""
        return self._of_branch("open_days")

    def day(self, day: date | str) -> str:
        """hash, `DAY_KEPT`: issued, withdrawn (cancelled by ticketing), closed, a count a state."""
        return self._of_branch(f"day:{day}")

    def waiting(self, day: date | str) -> str:
        """set, `DAY_KEPT`, gone when empty: the day's tickets that wait or are deferred."""
        return self._of_branch(f"waiting:{day}")

    def ticket(self, ticket: str) -> str:
        """hash, `TICKET_KEPT`: what a ticket is and where it stands.

        number, service, name_ru, name_en, day, issued (ms); own, own_rank: ticketing's word;
        dispatch, window, called, until (ms), at: dispatch's word and the id of the event that
        brought it; state: the word that weighs more. Nothing of the visitor's standing.
        """
        return self._of_branch(f"ticket:{ticket}")

    @property
    def forecast(self) -> str:
        """hash, some minutes: ticket -> "<earliest> <latest>", ms; replaced whole."""
        return self._of_branch("forecast")

    def answer(self, command: str) -> str:
        """string, one hour: what a command asked and the reply it was given."""
        return self._of_branch(f"answer:{command}")

    def _of_branch(self, name: str) -> str:
        return f"{SERVICE}:{shards.shard_of(self.branch)}:{self.branch}:{name}"


def branches_of(shard: str) -> str:
    """set: codes of the shard's branches."""
    return f"{SERVICE}:{shard}:branches"
