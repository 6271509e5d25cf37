"""Every Redis key of notify. All keys of a branch share one hash tag, hence one slot."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.messages import MessageKind
from services.chassis import shards

_SERVICE = "notify"

BELL = f"{_SERVICE}:bell"
"""channel: rung when a message is queued; what it says is of no use."""


def queue(shard: str) -> str:
    """zset: message -> real ms at which it may be tried. For ever; empty when all is sent."""
    return f"{_SERVICE}:{shard}:queue"


def states(shard: str) -> str:
    """hash: message state -> how many messages are, or ended, in it. For ever."""
    return f"{_SERVICE}:{shard}:states"


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of one branch. What belongs to a ticket goes with its day."""

    branch: str

    @property
    def shard(self) -> str:
        """The hash tag that the branch shares with its neighbours."""
        return shards.shard_of(self.branch)

    @property
    def outbox(self) -> str:
        """stream: events of the shard's branches, for the relay, which trims it."""
        return shards.outbox(_SERVICE, self.shard)

    @property
    def queue(self) -> str:
        """zset: messages of the shard to be sent."""
        return queue(self.shard)

    @property
    def states(self) -> str:
        """hash: message state -> how many of the shard."""
        return states(self.shard)

    @property
    def told(self) -> str:
        """hash: topic -> id of the newest event told about the branch. For ever."""
        return self._of_branch("told")

    @property
    def catalogue(self) -> str:
        """hash: at (id of the newest fact), branch (JSON). For ever."""
        return self._of_branch("catalogue")

    @property
    def days(self) -> str:
        """hash: ``<day>:<ticket state>`` -> tickets, of the days still kept. For ever."""
        return self._of_branch("days")

    @property
    def calls(self) -> str:
        """hash: call -> what boards show (JSON), ``<call>:state`` -> its state. The last ones."""
        return self._of_branch("calls")

    @property
    def order(self) -> str:
        """zset: call -> place of its newest fact in dispatch's story. The last ones."""
        return self._of_branch("order")

    @property
    def waits(self) -> str:
        """list: ``<moment of the call, ms>:<wait, ms>`` of first calls, newest first. The last."""
        return self._of_branch("waits")

    @property
    def live(self) -> str:
        """stream: events for boards, about a thousand."""
        return self._of_branch("live")

    def heard(self, topic: str) -> str:
        """string: id of the newest event of *topic* about the branch. For ever."""
        return self._of_branch(f"heard:{topic}")

    def ticket(self, ticket: str) -> str:
        """hash: number, day, window, what each side said last, state. Until a day after its day."""
        return self._of_branch(f"ticket:{ticket}")

    def contact(self, ticket: str) -> str:
        """hash: phone, language, consent. Until a day after the ticket's day, and nowhere else."""
        return self._of_branch(f"contact:{ticket}")

    def message(self, ticket: str, kind: MessageKind) -> str:
        """hash: state, tries, fact_at, detail. While it is queued, and three days after."""
        return self._of_branch(f"message:{ticket}:{kind.value}")

    def answer(self, command: str) -> str:
        """string: the reply given to a command. An hour."""
        return self._of_branch(f"answer:{command}")

    def _of_branch(self, name: str) -> str:
        return f"{_SERVICE}:{self.shard}:{self.branch}:{name}"
