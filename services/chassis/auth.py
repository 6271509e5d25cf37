"""Who may do what: every route names the roles it serves, and a route that does not is a bug.

Until logins exist a caller's role cannot be known, so a service answers this machine only
(see settings), or whoever a proxy lets in where it was told to run open. Pages of other sites
are kept out all the same: a browser says where a request comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.params import Depends as Dependency
from fastapi.routing import APIRoute, iter_route_contexts

SAFE = {"GET", "HEAD", "OPTIONS"}


def serves(*roles: StrEnum) -> Dependency:
    """A route dependency: callers in one of *roles* are served."""

    async def admit(request: Request) -> None:
        origin = request.headers.get("origin")
        if request.method not in SAFE and origin is not None and not is_ours(request, origin):
            raise HTTPException(403, f"requests from pages of {origin} are not served")

    admit.roles = roles  # type: ignore[attr-defined]  # read back by roles_of
    dependency: Dependency = Depends(admit)
    return dependency


def is_ours(request: Request, origin: str) -> bool:
    """Whether *origin* is one of our own pages."""
    host = urlsplit(origin).hostname
    ours = {urlsplit(address).hostname for address in request.app.state.addresses.values()}
    return host in ours | {urlsplit(str(request.base_url)).hostname}


def roles_of(route: APIRoute) -> tuple[StrEnum, ...]:
    """The roles that a route serves; empty when it names none."""
    calls: Iterable[Callable[..., object] | None] = (d.call for d in route.dependant.dependencies)
    return tuple(role for call in calls for role in getattr(call, "roles", ()))


def routes_of(app: FastAPI) -> Iterator[APIRoute]:
    """Every route of *app*: those of an included router do not stand in ``app.routes``."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            yield context.original_route


def check_routes(app: FastAPI, public: Iterable[str]) -> None:
    """Refuse to start with a route that serves nobody in particular.

    Raises:
        AssertionError: a route outside *public* names no role.
    """
    for route in routes_of(app):
        if route.path not in public:
            assert roles_of(route), f"{route.methods} {route.path} names no role"
