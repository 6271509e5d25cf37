"""Wires between programs that can be made slow, silent or cut: a TCP proxy for each of them."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

import uvloop

LOOPBACK: Final = "127.0.0.1"
PIECE: Final = 65_536  # bytes


@dataclass
class Wire:
    """Carries every connection on to *target*, as the weather lets it."""

    target: int
    delay: float = 0.0  # seconds, each way
    cut: bool = False
    port: int = 0
    silent_until_set: asyncio.Event = field(default_factory=asyncio.Event)
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)

    async def begin(self) -> asyncio.Server:
        self.silent_until_set.set()
        server = await asyncio.start_server(self._carry, LOOPBACK, self.port)
        self.port = server.sockets[0].getsockname()[1]
        return server

    def break_all(self) -> None:
        """Reset every connection."""
        for end in self._ends:
            end.transport.abort()

    async def _carry(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        self._ends.add(to_near)
        try:
            if self.cut:
                return
            far, to_far = await asyncio.open_connection(LOOPBACK, self.target)
            self._ends.add(to_far)
            try:
                ways = {
                    asyncio.create_task(self._pump(near, to_far)),
                    asyncio.create_task(self._pump(far, to_near)),
                }
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
            finally:
                self._ends.discard(to_far)
                to_far.transport.abort()
        except OSError:
            return  # nobody listens there now
        finally:
            self._ends.discard(to_near)
            to_near.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """What comes while the wire is silent arrives later, as TCP sends it again."""
        with contextlib.suppress(OSError):
            while piece := await source.read(PIECE):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self.silent_until_set.wait()
                sink.write(piece)
                await sink.drain()


class Wires:
    """All wires by name, in a thread of their own: the day's people need the other one."""

    def __init__(self) -> None:
        self._wires: dict[str, Wire] = {}
        self._servers: list[asyncio.Server] = []
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wires", daemon=True)

    def lay(self, name: str, target: int) -> int:
        """A wire to the port *target*; returns the port at its near end."""

        async def lay() -> int:
            wire = Wire(target)
            self._servers.append(await wire.begin())
            self._wires[name] = wire
            return wire.port

        port: int = self._do(lay())
        return port

    def slow(self, name: str, delay: float) -> None:
        """Whatever passes takes *delay* seconds more."""
        self._change(name, delay=delay)

    def silence(self, name: str) -> None:
        """Nothing passes, and nobody is told."""
        self._change(name, silent=True)

    def cut(self, name: str) -> None:
        """All connections break, and new ones at once."""
        self._change(name, cut=True)

    def mend(self, name: str) -> None:
        """As if nothing had been."""
        self._change(name)

    def _change(
        self, name: str, delay: float = 0.0, silent: bool = False, cut: bool = False
    ) -> None:
        async def change() -> None:
            wire = self._wires[name]
            wire.delay, wire.cut = delay, cut
            (wire.silent_until_set.clear if silent else wire.silent_until_set.set)()
            if cut:
                wire.break_all()

        self._do(change())

    def _do(self, step: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(step, self._loop).result(timeout=30)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        async def end() -> None:
            for server in self._servers:
                server.close()
            for wire in self._wires.values():
                wire.break_all()
            own = asyncio.current_task()
            left = [task for task in asyncio.all_tasks() if task is not own]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

        self._do(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
