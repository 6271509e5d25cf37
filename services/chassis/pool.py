"""Connections to one server, of which there are only so many: who waits first is served first.

redis-py's own pool gives a connection that comes free to whoever asks at that very moment, and
puts those who were there before him behind all others. Where many ask without a pause, as a
thousand pages do, some then stand there until they are refused.
"""

from __future__ import annotations

import asyncio
from typing import Any

from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.exceptions import ConnectionError as Disconnected


class FairPool(ConnectionPool):
    """At most *max_connections* at once; who waits longer than *timeout* seconds is refused."""

    def __init__(self, *, max_connections: int, timeout: float, **connection: Any) -> None:
        super().__init__(max_connections=max_connections, **connection)
        self._turns = asyncio.Semaphore(max_connections)
        self._patience = timeout

    async def get_connection(self, *_: Any, **__: Any) -> AbstractConnection:
        """A connection, when it is our turn.

        Raises:
            ConnectionError: none came free in time, or the server is away.
        """
        try:
            async with asyncio.timeout(self._patience):
                await self._turns.acquire()
        except TimeoutError:
            raise Disconnected("no connection to the store came free") from None
        try:
            connection: AbstractConnection = self.get_available_connection()  # type: ignore[no-untyped-call]
        except BaseException:
            self._turns.release()
            raise
        try:
            await self.ensure_connection(connection)
        except BaseException:
            await self.release(connection)
            raise
        return connection

    async def release(self, connection: AbstractConnection) -> None:
        """Give *connection* to the one who waits longest."""
        try:
            await super().release(connection)
        finally:
            self._turns.release()
