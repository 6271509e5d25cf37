"""What the services would tell, told by the test: real answers with one thing changed."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
from collections.abc import Iterator
from typing import Any

import httpx
from playwright.sync_api import Page

from services.embedded.stack import Stack
from tests.pages.hall import BRANCH, Hall

AT = f"/v1/branches/{BRANCH}"
BOARD_EVENTS = f"{AT}/board/events"
LONG = {
    "ru": "Многофункциональный центр предоставления государственных и муниципальных услуг "
    "Заводоуковского городского округа",
    "en": "Multifunctional centre for state and municipal services of the town district of "
    "Zavodoukovsk",
}


def first_event(hall: Hall, service: str, path: str) -> dict[str, Any]:
    """What a stream of events tells on connect."""
    url = hall.addresses[service] + path
    with httpx.stream("GET", url, timeout=20, trust_env=False) as stream:
        line = next(line for line in stream.iter_lines() if line.startswith("data:"))
    told: dict[str, Any] = json.loads(line.removeprefix("data:"))
    return told


def answers(page: Page, path: str, body: dict[str, Any], status: int = 200) -> None:
    """Every GET or POST of *path* gets *body*."""
    headers = {"access-control-allow-origin": "*"}
    page.route(at(path), lambda route: route.fulfill(status=status, json=body, headers=headers))


def tells(page: Page, path: str, *events: tuple[str, dict[str, Any]]) -> None:
    """The stream at *path* tells these events, each time that the page asks."""
    blocks = [f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events]
    body, kind = "".join(blocks), "text/event-stream"
    page.route(at(path), lambda route: route.fulfill(body=body, content_type=kind))


def keeps_silent(page: Page) -> None:
    """No service answers, nor refuses."""
    page.route(re.compile("/v1/"), lambda _: None)


def is_cut_off(page: Page) -> None:
    """Nothing of the services is reached, while the page itself came from the browser's cache."""
    page.route(re.compile("/v1/"), lambda route: route.abort())


def at(path: str) -> re.Pattern[str]:
    return re.compile(re.escape(path) + r"(\?|$)")


@contextlib.contextmanager
def standing_still(talon: Stack, service: str) -> Iterator[None]:
    """The service is there and says nothing, as behind a cut cable."""
    pid = talon.children[service].pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
