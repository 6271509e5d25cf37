"""Every Redis key of dispatch. All keys of a branch share one hash tag, hence one slot."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis import shards

BRANCHES = "dispatch:branches"
"""Set: codes of the branches heard of; lives as long as the store."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one branch."""

    branch: str

    @property
    def outbox(self) -> str:
        """Stream: events of the shard's branches, for the relay, which trims it."""
        return shards.outbox("dispatch", shards.shard_of(self.branch))

    @property
    def published(self) -> str:
        """Hash: the newest talon.branch.published (data) and its id."""
        return self._of_branch("published")

    @property
    def told(self) -> str:
        """Hash: topic -> id of the newest event told about the branch."""
        return self._of_branch("told")

    def heard(self, topic: str) -> str:
        """String: id of the newest event heard of *topic* about the branch."""
        return self._of_branch(f"heard:{topic}")

    @property
    def windows(self) -> str:
        """Hash: window -> JSON of what happens there; a closed window has no field."""
        return self._of_branch("windows")

    @property
    def tickets(self) -> str:
        """Hash: ticket -> JSON. Ended ones are swept when the day after theirs closes."""
        return self._of_branch("tickets")

    @property
    def ready(self) -> str:
        """Zset: ready window -> since, ms."""
        return self._of_branch("ready")

    @property
    def closed(self) -> str:
        """String: the newest day that is over, as ISO date."""
        return self._of_branch("closed")

    @property
    def operators(self) -> str:
        """Hash: operator who is at work -> window."""
        return self._of_branch("operators")

    def line(self, name: str) -> str:
        """Zset: waiting ticket -> promise, ms. The name is ``2:ISSUE+PASS`` (see hall.lua)."""
        return self._of_branch(f"line:{name}")

    @property
    def peopled(self) -> str:
        """Set: names of the lines with somebody in them."""
        return self._of_branch("peopled")

    @property
    def calls_since(self) -> str:
        """Hash: needs -> calls since one of them went ahead by the centre's own rule."""
        return self._of_branch("calls_since")

    @property
    def head_start(self) -> str:
        """Hash: needs -> ms by which the promises of the line count as earlier; replaced whole."""
        return self._of_branch("head_start")

    @property
    def deferred(self) -> str:
        """Zset: deferred ticket -> until, ms."""
        return self._of_branch("deferred")

    @property
    def rules(self) -> str:
        """Hash: version -> JSON of the centre's rules; kept for ever, they are a record."""
        return self._of_branch("rules")

    @property
    def visits(self) -> str:
        """Stream: kind (visit, came, missed, tidied), operator, service, began, length (ms); the
        newest 20,000 or so.
        """
        return self._of_branch("visits")

    @property
    def arrivals(self) -> str:
        """Stream: line, service, standing, arrived (ms) of each ticket; the newest 5,000 or so."""
        return self._of_branch("arrivals")

    @property
    def forecast(self) -> str:
        """String: JSON of the newest forecast."""
        return self._of_branch("forecast")

    @property
    def learned(self) -> str:
        """Hash: durations, accuracy, arrivals (JSON); at and heard (ids of the newest visit and
        arrival learned from).
        """
        return self._of_branch("learned")

    @property
    def said(self) -> str:
        """Hash: waiting ticket -> JSON of what was said of it first."""
        return self._of_branch("said")

    @property
    def breaks(self) -> str:
        """Hash: operator -> JSON of the break of the day."""
        return self._of_branch("breaks")

    @property
    def alarms(self) -> str:
        """Hash: ``<kind> <subject>`` -> since, ms."""
        return self._of_branch("alarms")

    @property
    def seen(self) -> str:
        """Zset: window with a live console -> when it was heard last, real ms."""
        return self._of_branch("seen")

    @property
    def live(self) -> str:
        """Stream: changes for the consoles; the newest thousand or so."""
        return self._of_branch("live")

    def answer(self, command: str) -> str:
        """A string with expiry: the reply given to a command."""
        return self._of_branch(f"answer:{command}")

    def _of_branch(self, name: str) -> str:
        return f"dispatch:{shards.shard_of(self.branch)}:{self.branch}:{name}"
