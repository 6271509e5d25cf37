"""Clients of one server and of a cluster, and how each has scripts run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from redis.asyncio import Redis as OneRedis
from redis.asyncio import RedisCluster
from redis.asyncio.cluster import ClusterNode, PipelineCommand
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import (
    AskError,
    ClusterError,
    NoScriptError,
    ReadOnlyError,
    RedisClusterException,
    TryAgainError,
)
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import TimeoutError as TimedOut

from services.chassis.copies import Call, Command, TooFewCopies, commands, confirmed

Send: TypeAlias = Callable[[Sequence[Command]], Awaitable[list[Any]]]
"""Gives commands to one server, in one write; returns what each returned, or its error."""

ELSEWHERE = (Disconnected, TimedOut, AskError, TryAgainError, ClusterError, ReadOnlyError)
"""The server is gone, or another one has the key now."""

TRIES = 3
PAUSES = ExponentialWithJitterBackoff(base=0.02, cap=0.3)


class Server(OneRedis):
    """One server, or the master that sentinels name."""

    copies = 0

    def place(self, key: str) -> str:  # noqa: ARG002  # one server has all keys
        """Keys of one place may stand in one command."""
        return ""

    async def make(self, calls: Sequence[Call]) -> list[Any]:
        """Run *calls* in their order, with one write; what each returned, or its error."""
        return await _make(self._send, calls, self.copies)

    async def _send(self, sent: Sequence[Command]) -> list[Any]:
        async with self.pipeline(transaction=False) as pipe:
            for command in sent:
                pipe.execute_command(*command)
            replies: list[Any] = await pipe.execute(raise_on_error=False)
        return replies


class Cluster(RedisCluster):
    """Several servers, of which each has some of the keys."""

    copies = 0

    def place(self, key: str) -> str:
        """Keys of one place may stand in one command."""
        return str(self.keyslot(key))

    async def initialize(self, *args: Any, **kwargs: Any) -> Cluster:
        """Learn who has which keys; a cluster of which nobody answers is away."""
        try:
            await super().initialize(*args, **kwargs)
        except RedisClusterException as error:
            raise Disconnected(str(error)) from error
        return self

    async def make(self, calls: Sequence[Call]) -> list[Any]:
        """Run *calls*, those of one server in their order; what each returned, or its error.

        Who has a key may change at any moment. Then all are run again, in their order: a script
        does no harm when it is run twice.
        """
        attempt = 1
        while True:
            await self.initialize()
            replies = await self._make_everywhere(calls)
            lost = next((reply for reply in replies if isinstance(reply, ELSEWHERE)), None)
            if lost is None:
                return replies
            if attempt > TRIES:
                raise lost
            await self._look_again()
            await asyncio.sleep(PAUSES.compute(attempt))
            attempt += 1

    async def _make_everywhere(self, calls: Sequence[Call]) -> list[Any]:
        shares: dict[ClusterNode, list[int]] = {}
        for at, call in enumerate(calls):
            node = self.get_node_from_key(str(call.keys[0]))
            assert node is not None, "only a replica may be missing"
            shares.setdefault(node, []).append(at)
        made = await asyncio.gather(
            *(self._make_at(node, [calls[at] for at in share]) for node, share in shares.items())
        )
        replies = {
            at: reply
            for share, some in zip(shares.values(), made, strict=True)
            for at, reply in zip(share, some, strict=True)
        }
        return [replies[at] for at in range(len(calls))]

    async def _make_at(self, node: ClusterNode, calls: Sequence[Call]) -> list[Any]:
        async def send(sent: Sequence[Command]) -> list[Any]:
            pipe = [PipelineCommand(at, *command) for at, command in enumerate(sent)]
            await node.execute_pipeline(pipe)
            return [command.result for command in pipe]

        try:
            return await _make(send, calls, self.copies)
        except TooFewCopies:
            raise
        except ELSEWHERE as error:
            return [error] * len(calls)

    async def _look_again(self) -> None:
        """Ask who has which keys now, and let go of connections that may lead nowhere."""
        for node in self.get_nodes():
            await node.disconnect_free_connections()
        try:
            await self.nodes_manager.initialize()
        except RedisClusterException as error:
            raise Disconnected(str(error)) from error


async def _make(send: Send, calls: Sequence[Call], copies: int) -> list[Any]:
    """Run *calls* on one server. One alone is tried by its name first, for it stops no other."""
    replies = await send(commands(calls, known=len(calls) == 1, copies=copies))
    if isinstance(replies[0], NoScriptError):
        replies = await send(commands(calls, known=False, copies=copies))
    made = replies[: len(calls)]
    if not any(isinstance(reply, ELSEWHERE) for reply in made):
        confirmed(replies[len(calls) :], copies)
    return made
