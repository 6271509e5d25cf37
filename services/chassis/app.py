"""How a service runs: HTTP, Kafka in and out, jobs, health, metrics, and a graceful stop."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import APIRouter, FastAPI

from services.chassis import auth, jobs, problems, site
from services.chassis.jobs import Job
from services.chassis.live import Live
from services.chassis.measurements import Measurements
from services.chassis.rebuild import Rebuilding, marker
from services.chassis.redis import AWAY, Redis
from services.chassis.settings import ServiceSettings
from services.chassis.site import Check
from services.chassis.spine import Spine, Subscription
from services.chassis.telemetry import log_to_stderr

log = logging.getLogger(__name__)


STOP_WITHIN = timedelta(seconds=8)
GAVE_UP = 1
"""The exit code of a service that must be started anew."""


@dataclass(frozen=True, slots=True)
class Service:
    """What a service brings; the chassis runs it."""

    name: str
    settings: ServiceSettings
    redis: Redis
    live: Live
    routers: Sequence[APIRouter]
    refusals: Mapping[type[Exception], int]
    subscriptions: Sequence[Subscription]
    web: Path  # its pages
    start_page: str
    rebuilding: Rebuilding
    jobs: Mapping[str, Job] = field(default_factory=dict)  # each works until cancelled
    measurements: Measurements | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)


def application(service: Service, give_up: Callable[[], None]) -> FastAPI:
    """The service as an ASGI application; it calls *give_up* when only a new start can help."""
    spine = Spine(
        service.name,
        service.redis,
        list(service.settings.kafka),
        service.subscriptions,
        service.measurements,
        give_up=give_up,
    )

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        tasks = jobs.begin({**service.jobs, **spine.jobs()})
        _tune_gc()
        log.info("started", extra={"service": service.name, "port": service.settings.port})
        try:
            yield
        finally:
            await jobs.end(tasks)
            await spine.stop()
            await service.redis.aclose()
            log.info("stopped", extra={"service": service.name})

    app = site.site(service.name, lifespan, service.settings.addresses)
    problems.answer(app, service.refusals)
    for router in service.routers:
        app.include_router(router)
    checks = {"store": _is_whole(service.name, service.redis), **spine.checks(), **service.checks}
    app.include_router(site.common_routes(service.settings.addresses, checks, service.start_page))
    auth.check_routes(app, public=site.PUBLIC)
    site.mount_pages(app, service.web)
    return app


def serve(build: Callable[[], Service]) -> None:
    """Run a service until SIGTERM or SIGINT.

    Raises:
        SystemExit: it gave up, with the code `GAVE_UP`; whoever watches over it starts it again.
    """
    service = build()
    log_to_stderr(service.settings.log)
    server = _Server(service)
    server.run()
    if server.gave_up:
        raise SystemExit(GAVE_UP)


class _Server(uvicorn.Server):
    """Ends the endless responses first, or it would wait for them."""

    def __init__(self, service: Service) -> None:
        config = uvicorn.Config(
            application(service, self.give_up),
            host=service.settings.host,
            port=service.settings.port,
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=int(STOP_WITHIN.total_seconds()),
            server_header=False,
        )
        super().__init__(config)
        self._live = service.live
        self.gave_up = False

    def give_up(self) -> None:
        """Stop as for SIGTERM, but soon and in any case: what is stuck may not let itself stop."""
        if not self.gave_up:
            self.gave_up = self.should_exit = True
            self._live.close()
            at_last = threading.Timer(2 * STOP_WITHIN.total_seconds(), os._exit, (GAVE_UP,))
            at_last.daemon = True
            at_last.start()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        log.info("stopping", extra={"signal": signal.Signals(sig).name})
        self._live.close()
        super().handle_exit(sig, frame)


def _is_whole(name: str, redis: Redis) -> Check:
    async def answers() -> str | None:
        await redis.each("PING")  # while one master answers, its branches are served
        with contextlib.suppress(*AWAY):  # the one of several masters that has the mark
            if await redis.exists(marker(name)):
                return f"its rebuild was broken off; run again: talon rebuild {name}"
        return None

    return answers


def _tune_gc() -> None:
    """Collections of the start-up heap are what the slowest answers wait for (docs/decisions)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
