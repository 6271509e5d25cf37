"""Clients of one server and of a cluster: how each has scripts run, and what its masters say."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from redis.asyncio import Redis as OneRedis
from redis.asyncio import RedisCluster
from redis.asyncio.cluster import ClusterNode, PipelineCommand
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import (
    AskError,
    ClusterError,
    ReadOnlyError,
    RedisClusterException,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import TimeoutError as TimedOut

from services.chassis.copies import Call, Command, is_lonely, run

ELSEWHERE = (
    Disconnected,
    TimedOut,
    AskError,
    TryAgainError,
    ClusterError,
    ReadOnlyError,
    OSError,
)
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
        replies = await run(self._send, calls, self.copies)
        if any(map(is_lonely, replies)):
            await self.connection_pool.disconnect(inuse_connections=False)  # ask sentinels again
        return replies

    async def each(self, *command: str) -> Mapping[str, Any]:
        """What each master answers to *command*, or its error; here there is one, without a name.

        Raises:
            RedisError: none answers.
        """
        answer = await self.execute_command(*command)  # type: ignore[no-untyped-call]
        return {"": answer}

    async def _send(self, sent: Sequence[Command]) -> list[Any]:
        if len(sent) == 1:  # most are alone, and a pipeline costs a sixth more
            try:
                return [await self.execute_command(*sent[0])]  # type: ignore[no-untyped-call]
            except ResponseError as error:
                return [error]
        async with self.pipeline(transaction=False) as pipe:
            for command in sent:
                pipe.execute_command(*command)
            replies: list[Any] = await pipe.execute(raise_on_error=False)
        return replies


class Cluster(RedisCluster):
    """Several masters, of which each has some of the keys."""

    copies = 0

    def place(self, key: str) -> str:
        """Keys of one place may stand in one command."""
        return str(self.keyslot(key))

    async def initialize(self, *args: Any, **kwargs: Any) -> Cluster:
        """Learn who has which keys; a cluster of which nobody answers is away.

        The client asks its first master what commands there are, and would do so for ever if that
        one is gone: then another one comes first.
        """
        for attempt in range(1, TRIES + 2):
            try:
                await super().initialize(*args, **kwargs)
                break
            except RedisClusterException as error:
                raise Disconnected(str(error)) from error
            except (Disconnected, TimedOut):
                if attempt > TRIES:
                    raise
                first = self.get_primaries()[0]
                self.nodes_manager.move_node_to_end_of_cached_nodes(first.name)
        return self

    async def aclose(self) -> None:
        """Close all connections, also before anything was learned of the servers anew."""
        await super().aclose()
        await self.nodes_manager.aclose()
        await self.nodes_manager.aclose("startup_nodes")

    async def make(self, calls: Sequence[Call]) -> list[Any]:
        """Run *calls*, those of one slot in their order; what each returned, or its error.

        Who has a slot may change at any moment. Then all of its calls are run again: a script
        does no harm when it is run twice, but those behind one that failed may not overtake it.
        """
        slots = [self.place(str(call.keys[0])) for call in calls]
        left = list(range(len(calls)))
        replies: dict[int, Any] = {}
        for attempt in range(1, TRIES + 2):
            await self.initialize()
            replies |= await self._make_everywhere({at: calls[at] for at in left})
            if any(map(is_lonely, replies.values())):
                await self._look_again()
            lost = {slots[at] for at in left if isinstance(replies[at], ELSEWHERE)}
            left = [at for at in left if slots[at] in lost]
            if not left or attempt > TRIES:
                break
            await self._look_again()
            await asyncio.sleep(PAUSES.compute(attempt))
        return [replies[at] for at in range(len(calls))]

    async def each(self, *command: str) -> Mapping[str, Any]:
        """What each master answers to *command*, or its error, by its address.

        Raises:
            RedisError: none answers.
        """
        await self.initialize()
        masters = self.get_primaries()
        asked = (master.execute_command(*command) for master in masters)
        answers = await asyncio.gather(*asked, return_exceptions=True)
        if errors := [one for one in answers if isinstance(one, BaseException)]:
            await self._look_again()
        if len(errors) == len(answers):
            raise errors[0]
        return {master.name: answer for master, answer in zip(masters, answers, strict=True)}

    async def _make_everywhere(self, calls: Mapping[int, Call]) -> dict[int, Any]:
        """What each of *calls* returned, by its number: all servers work at the same time."""
        shares: dict[ClusterNode, list[int]] = {}
        for at, call in calls.items():
            node = self.get_node_from_key(str(call.keys[0]))
            assert node is not None, "only a replica may be missing"
            shares.setdefault(node, []).append(at)
        made = await asyncio.gather(
            *(self._make_at(node, [calls[at] for at in share]) for node, share in shares.items())
        )
        return {
            at: reply
            for share, some in zip(shares.values(), made, strict=True)
            for at, reply in zip(share, some, strict=True)
        }

    async def _make_at(self, node: ClusterNode, calls: Sequence[Call]) -> list[Any]:
        async def send(sent: Sequence[Command]) -> list[Any]:
            pipe = [PipelineCommand(at, *command) for at, command in enumerate(sent)]
            await node.execute_pipeline(pipe)
            return [command.result for command in pipe]

        try:
            return await run(send, calls, self.copies)
        except ELSEWHERE as error:
            return [error] * len(calls)

    async def _look_again(self) -> None:
        """Ask who has which keys now; connections are made anew, for they may lead nowhere."""
        try:
            await self.nodes_manager.initialize()
        except RedisClusterException as error:
            raise Disconnected(str(error)) from error
