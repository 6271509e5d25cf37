"""Every route of the three services: whom it serves, and what it promises."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from contracts.values import Role
from services.chassis.app import application
from services.chassis.auth import SAFE, check_routes, roles_of, routes_of, serves
from services.chassis.site import PUBLIC
from tests.architecture.tree import SERVICES

ENVIRONMENT = {
    "TALON_PORT": "8101",
    "TALON_REDIS": "redis://127.0.0.1:6379/0",
    "TALON_KAFKA": "127.0.0.1:9092",
    "TALON_ADDRESSES": '{"ticketing": "http://localhost:8101"}',
    "TALON_SMS": "simulator",
}


@pytest.fixture(scope="module", params=SERVICES)
def app(request: pytest.FixtureRequest) -> Iterator[FastAPI]:
    """A service, wired but not started."""
    with pytest.MonkeyPatch.context() as patch:
        for key, value in ENVIRONMENT.items():
            patch.setenv(key, value)
        module = importlib.import_module(f"services.{request.param}.app")
        yield application(module.build(), give_up=lambda: None)


def routes(app: FastAPI) -> list[APIRoute]:
    return [*routes_of(app)]


def test_a_route_that_names_nobody_stops_the_start():
    """The check looks into included routers, where all our routes are."""
    router = APIRouter(prefix="/v1")

    @router.get("/named", dependencies=[serves(Role.OPS)])
    async def named() -> None: ...

    @router.get("/unnamed")
    async def unnamed() -> None: ...

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(router)
    with pytest.raises(AssertionError, match="/v1/unnamed"):
        check_routes(app, public=())


def test_every_service_has_routes(app: FastAPI):
    """Else the rules below would hold of nothing."""
    assert len(routes(app)) > len(PUBLIC)


def test_every_route_names_whom_it_serves(app: FastAPI):
    unnamed = [r.path for r in routes(app) if r.path not in PUBLIC and not roles_of(r)]
    assert unnamed == []
    assert {role for r in routes(app) for role in roles_of(r)} <= {*Role}


def test_every_command_takes_an_idempotency_key(app: FastAPI):
    """A double click and a client's retry get the first answer."""
    for path, methods in app.openapi()["paths"].items():
        for method, told in methods.items():
            taken = {p["name"].lower() for p in told.get("parameters", ()) if p["in"] == "header"}
            assert method.upper() in SAFE or "idempotency-key" in taken, f"{method} {path}"


def test_every_route_belongs_to_a_version_of_the_api(app: FastAPI):
    """So that kiosks and consoles of others outlive our changes."""
    unversioned = [r.path for r in routes(app) if not r.path.startswith("/v1/")]
    assert {*unversioned} <= PUBLIC


def test_every_route_says_what_it_does(app: FastAPI):
    silent = [r.path for r in routes(app) if r.include_in_schema and not r.description]
    assert silent == []


def test_nothing_is_deleted(app: FastAPI):
    """A correction is a new entry: statistics are never edited silently."""
    assert {method for r in routes(app) for method in r.methods} <= {"GET", "POST", "PUT"}


def test_every_path_is_written_alike(app: FastAPI):
    """Lower case, hyphens, plural nouns; what varies has the name it has everywhere."""
    names = {p.name for r in routes(app) for p in r.dependant.path_params}
    assert names <= {"branch", "window", "ticket", "day", "id"}
    for route in routes(app):
        steps = [step for step in route.path.split("/") if not step.startswith("{")]
        assert all(step == step.lower() and "_" not in step for step in steps), route.path


def test_the_day_of_a_branch_is_told_alike_by_all(app: FastAPI):
    assert "/v1/branches/{branch}/days/{day}" in {r.path for r in routes(app)}
