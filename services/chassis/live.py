"""Live events to pages: server-sent events from Redis streams, resumable on any instance.

The step that changes a state also appends to a live stream. An instance follows all streams that
its pages need with one XREAD (one a place, where the store has several servers), however many
pages listen, encodes an event once, and shares the bytes. A page that comes back with
``Last-Event-ID`` hears what it missed; one that was away too long gets all state anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import chain
from typing import Any

from fastapi.responses import StreamingResponse

from contracts.envelope import FIRST, later
from services.chassis.moments import span_ms
from services.chassis.redis import Redis, each_stream, told_between
from services.chassis.telemetry import LIVE_LISTENERS

log = logging.getLogger(__name__)

QUEUE = 256
"""Events a slow page may fall behind before it is cut off; it comes back and resumes."""

_BLOCK = timedelta(milliseconds=200)
"""How long a stream that is new here waits, at most, until it is read with the others."""


def sse(event: str, data: Any, id: str | None = None) -> bytes:
    """An event as it goes over the wire; *data* is encoded as JSON on one line."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, default=str)
    place = f"id: {id}\n" if id else ""
    return f"{place}event: {event}\ndata: {text}\n\n".encode()


@dataclass(frozen=True)
class Entry:
    """A live event."""

    id: str
    event: str
    subject: str  # whom it concerns
    data: str  # JSON

    @cached_property
    def bytes(self) -> bytes:
        """Encoded once, whoever listens."""
        return sse(self.event, self.data, self.id)


@dataclass(eq=False)
class _Stream:
    """One live stream and the pages that listen to it here."""

    listeners: set[asyncio.Queue[Entry | None]] = field(default_factory=set)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    at: str | None = None  # id of the newest entry that was told; None until it is looked up

    def tell(self, entry: Entry) -> None:
        self.at = entry.id
        for queue in list(self.listeners):
            if queue.full():
                self.listeners.discard(queue)
                queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(entry)


@dataclass(eq=False)
class _Place:
    """Streams that may be read together, and who reads them."""

    streams: dict[str, _Stream] = field(default_factory=dict)
    reader: asyncio.Task[None] | None = None


class Live:
    """All live streams that somebody listens to on this instance."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._places: dict[str, _Place] = {}
        self._closed = False

    def close(self) -> None:
        """End all responses, so that the server can stop; pages will find another instance."""
        self._closed = True
        streams = chain.from_iterable(place.streams.values() for place in self._places.values())
        for queue in chain.from_iterable(stream.listeners for stream in streams):
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait(None)

    async def events(
        self,
        key: str,
        *,
        last: str | None,
        snapshot: Callable[[], Awaitable[Sequence[bytes]]],
        wants: Callable[[Entry], bool],
        tick: Callable[[], Awaitable[bytes]],
        every: timedelta = timedelta(seconds=5),
        render: Callable[[Entry], Awaitable[bytes]] | None = None,
    ) -> AsyncIterator[bytes]:
        """What a page hears: what it missed since *last* or a snapshot, then events as they come.

        *tick* is called again and again, *every* so often of real time: the heartbeat. It may
        return nothing. *render* fills in what must not stand in a stream.
        """
        written = render or _as_told
        async with self._listening(key) as queue:
            position, missed = await self._missed(key, last)
            yield b"retry: 1000\n\n"
            for part in await snapshot() if missed is None else ():
                yield part
            for entry in missed or ():
                if wants(entry):
                    yield await written(entry)
            if said := await tick():
                yield said
            beat = asyncio.get_running_loop().time() + every.total_seconds()
            while not self._closed:
                try:
                    async with asyncio.timeout_at(beat):
                        entry_or_end = await queue.get()
                except TimeoutError:
                    if said := await tick():
                        yield said
                    beat += every.total_seconds()
                    continue
                if entry_or_end is None:
                    return
                if later(entry_or_end.id, position) and wants(entry_or_end):
                    yield await written(entry_or_end)

    async def position(self, key: str) -> str:
        """Id of the newest entry of a stream."""
        newest = await self._redis.xrevrange(key, count=1)
        return str(newest[0][0]) if newest else FIRST

    async def _missed(self, key: str, last: str | None) -> tuple[str, list[Entry] | None]:
        """Where the stream stands, and what came after *last*; None if that is not known."""
        position = await self.position(key)
        if last is None or not _is_id(last) or not await told_between(self._redis, key, last, last):
            return position, None
        missed = [
            _entry(*raw) for raw in await told_between(self._redis, key, f"({last}", position)
        ]
        return position, missed

    @contextlib.asynccontextmanager
    async def _listening(self, key: str) -> AsyncIterator[asyncio.Queue[Entry | None]]:
        name = self._redis.place(key)
        place = self._places.setdefault(name, _Place())
        stream = place.streams.setdefault(key, _Stream())
        queue: asyncio.Queue[Entry | None] = asyncio.Queue(QUEUE)
        stream.listeners.add(queue)
        place.reader = place.reader or asyncio.create_task(self._read(place.streams))
        LIVE_LISTENERS.inc()
        try:
            await stream.ready.wait()
            yield queue
        finally:
            LIVE_LISTENERS.dec()
            stream.listeners.discard(queue)
            if not stream.listeners and place.streams.get(key) is stream:
                del place.streams[key]
            if not place.streams and self._places.get(name) is place:
                del self._places[name]
                place.reader.cancel()

    async def _read(self, streams: dict[str, _Stream]) -> None:
        """Tell what comes in *streams*, also in those that are added meanwhile."""
        while streams:
            try:
                for key, stream in [one for one in streams.items() if one[1].at is None]:
                    stream.at = await self.position(key)
                    stream.ready.set()
                known: Any = {key: stream.at for key, stream in streams.items() if stream.at}
                found = await self._redis.xread(known, block=span_ms(_BLOCK))
                for key, entries in each_stream(found).items() if found else ():
                    stream = streams.get(key, _Stream())
                    for entry in entries if stream.at else ():  # else it was left, or left and new
                        stream.tell(_entry(*entry))
            except Exception as error:  # noqa: BLE001  # the store is away: pages keep their heartbeat
                log.warning("live events wait", extra={"reason": repr(error)})
                await asyncio.sleep(0.5)


def response(events: AsyncIterator[bytes]) -> StreamingResponse:
    """Server-sent events as an HTTP answer that no proxy buffers."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def _as_told(entry: Entry) -> bytes:
    return entry.bytes


def _entry(id: str, told: dict[str, str]) -> Entry:
    return Entry(id, told["event"], told["subject"], told["data"])


def _is_id(text: str) -> bool:
    ms, _, n = text.partition("-")
    return ms.isdigit() and n.isdigit()
