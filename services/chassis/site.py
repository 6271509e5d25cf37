"""What every service serves beside its own routes: pages, docs, health, metrics, addresses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import contracts
from services.chassis.bodies import Bodies
from services.chassis.telemetry import HTTP_REQUESTS, HTTP_SECONDS

Check = Callable[[], Awaitable[str | None]]
"""Returns what is wrong, or None."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

PUBLIC = frozenset(
    {
        "/",
        "/health/live",
        "/health/ready",
        "/metrics",
        "/docs",
        "/docs/oauth2-redirect",
        "/asyncapi",
        "/v1/addresses",
    }
)
"""Routes that serve anybody who reaches the service."""

_COMMON = Path(__file__).with_name("web")
_ASYNCAPI = Path(contracts.__path__[0]) / "asyncapi.yaml"
_LOOPBACK = r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"
_CHECK_WITHIN = 2  # seconds


def site(name: str, lifespan: Lifespan, addresses: Mapping[str, str]) -> FastAPI:
    """A FastAPI application whose docs work without the internet."""
    app: FastAPI = FastAPIOffline(
        title=f"Talon {name}", version="1", lifespan=lifespan, redoc_url=None
    )
    app.state.addresses = addresses
    app.add_middleware(Bodies)
    app.add_middleware(_Headers, addresses=addresses)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=[*_origins(addresses)],
        allow_origin_regex=_LOOPBACK,
        allow_methods=["GET", "POST", "PUT"],
        allow_headers=["Content-Type", "Idempotency-Key", "Last-Event-ID"],
        expose_headers=["Location"],
    )
    # For pages; it leaves event streams alone, and small answers are not worth the time.
    app.add_middleware(GZipMiddleware, minimum_size=4_000, compresslevel=5)
    app.add_middleware(_Measured)
    return app


def common_routes(
    addresses: Mapping[str, str], checks: Mapping[str, Check], start_page: str
) -> APIRouter:
    """Health, metrics and what pages need to find the other services."""
    router = APIRouter(tags=["about"])

    @router.get("/", include_in_schema=False)
    async def start() -> RedirectResponse:
        return RedirectResponse(start_page)

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @router.get("/health/ready")
    async def ready() -> Response:
        """The service can do its work; if not, 503 and what is wrong."""
        names, results = [*checks], await asyncio.gather(*map(_checked, checks.values()))
        wrong = any(results)
        body = {"checks": {n: r or "ok" for n, r in zip(names, results, strict=True)}}
        return JSONResponse(body, 503 if wrong else 200)

    @router.get("/metrics")
    async def metrics() -> Response:
        """For Prometheus."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @router.get("/asyncapi")
    async def asyncapi() -> Response:
        """What flows over Kafka, as an AsyncAPI document."""
        return Response(_ASYNCAPI.read_text("utf-8"), media_type="text/plain; charset=utf-8")

    @router.get("/v1/addresses")
    async def where() -> Mapping[str, str]:
        """Where browsers reach the services."""
        return addresses

    return router


def mount_pages(app: FastAPI, pages: Path) -> None:
    """Serve the common look and each page folder under its own name."""
    app.mount("/common", StaticFiles(directory=_COMMON))
    for page in sorted(p for p in pages.iterdir() if p.is_dir()):
        app.mount(f"/{page.name}", StaticFiles(directory=page, html=True))


def _origins(addresses: Mapping[str, str]) -> dict[str, None]:
    """Where the services are, without paths: behind one proxy they share an origin."""
    parts = map(urlsplit, addresses.values())
    return dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts)


async def _checked(check: Check) -> str | None:
    try:
        async with asyncio.timeout(_CHECK_WITHIN):
            return await check()
    except TimeoutError:
        return "no answer"
    except Exception as error:  # noqa: BLE001  # a check says what is wrong, it does not fail
        return type(error).__name__


class _Headers:
    """Pages run our own scripts only, and speak to our own services only."""

    def __init__(self, app: ASGIApp, addresses: Mapping[str, str]) -> None:
        self._app = app
        ours = " ".join(["'self'", *_origins(addresses)])
        policy = f"default-src 'self'; connect-src {ours}; frame-ancestors 'none'"
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/docs"):
            return await self._app(scope, receive, send)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
                if not scope["path"].startswith("/v1"):
                    message["headers"].append((b"cache-control", b"no-cache"))
            await send(message)

        await self._app(scope, receive, with_headers)


class _Measured:
    """Counts and times requests by route; a stream of events is counted, not timed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begun, status, endless = time.perf_counter(), 500, False

        async def watched(message: Message) -> None:
            nonlocal status, endless
            if message["type"] == "http.response.start":
                status = message["status"]
                endless = (b"content-type", b"text/event-stream; charset=utf-8") in message[
                    "headers"
                ]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            HTTP_REQUESTS.labels(route, scope["method"], status).inc()
            if not endless:
                HTTP_SECONDS.labels(route).observe(time.perf_counter() - begun)
