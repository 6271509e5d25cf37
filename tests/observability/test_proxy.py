"""The front door of deploy/: every route of a running Talon is led to the service that has it."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.prometheus import DEPLOY, ROOT

SERVICES = ("ticketing", "dispatch", "notify")

CADDYFILE = (DEPLOY / "Caddyfile").read_text("utf-8")
DOORS = {
    name: re.compile(re.search(rf"@{name} path_regexp (\S+)", CADDYFILE)[1]) for name in SERVICES
}
IN_ALL = {"/health/live", "/health/ready", "/metrics", "/asyncapi", "/v1/addresses"}
ONLY_BY_PREFIX = {"/v1/branches/{branch}/days/{day}"}


def doors(path: str) -> list[str]:
    return [name for name, pattern in DOORS.items() if pattern.search(path)]


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_is_led_to_its_service(talon: Any, service: str):
    """A page's own /v1/... finds its service, and no other claims it."""
    described = httpx.get(f"{talon.addresses[service]}/openapi.json", trust_env=False).json()
    routes = described["paths"].keys() - IN_ALL - ONLY_BY_PREFIX
    filled = {route: re.sub(r"{\w+}", "x-7", route) for route in routes}
    assert routes
    assert {route for route, path in filled.items() if doors(path) != [service]} == set()


@pytest.mark.parametrize("service", SERVICES)
def test_every_page_is_led_to_its_service(service: str):
    """/kiosk/ is ticketing's, /board/ is notify's, with all that lies under them."""
    pages = [page.name for page in (ROOT / "services" / service / "web").iterdir() if page.is_dir()]
    assert pages
    for page in pages:
        for path in (f"/{page}", f"/{page}/", f"/{page}/page.js"):
            assert doors(path) == [service]


def test_a_service_is_reached_under_its_name():
    """What all three have is told apart by the prefix, at the port that compose.yaml gives."""
    for service, port in zip(SERVICES, ("8101", "8102", "8103"), strict=True):
        assert re.search(
            rf"handle_path /{service}/\* {{\s+reverse_proxy {service}:{port} {{", CADDYFILE
        )


def test_no_answer_is_held_back():
    """A call is a server-sent event: a proxy that buffers shows it late."""
    proxies = re.findall(r"reverse_proxy (\w+):\d+( {\s+flush_interval -1\s+})?", CADDYFILE)
    assert {name for name, _ in proxies} == {*SERVICES, "grafana"}
    assert all(unbuffered for name, unbuffered in proxies if name != "grafana")
