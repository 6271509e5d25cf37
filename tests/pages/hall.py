"""The people of a branch as a test needs them: visitors and operators, by the public API."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx

BRANCH = "BR-D"
PATIENCE = 30.0  # seconds: the machine may be busy
_ENDINGS = {"calling": "no-show", "serving": "finish", "free": "close", "ready": "close"}
Answer = TypeVar("Answer")


def eventually(what: str, attempt: Callable[[], Answer]) -> Answer:
    """Return the first true answer of *attempt*; fail when none comes in time."""
    give_up = time.monotonic() + PATIENCE
    while not (answer := attempt()):
        assert time.monotonic() < give_up, f"{what}: not within {PATIENCE} s"
        time.sleep(0.05)
    return answer


class Hall:
    """Whatever a test does here is over when it `leaves`."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self.addresses = addresses
        self._at = f"/v1/branches/{BRANCH}"
        self._http = httpx.Client(timeout=20, trust_env=False)
        self._tickets: list[str] = []
        eventually("dispatch knows the branch", self._is_known)

    def page(self, service: str, page: str, **query: str | int) -> str:
        """Where a page stands."""
        words = "&".join(f"{name}={value}" for name, value in query.items())
        return f"{self.addresses[service]}/{page}/?{words}"

    def get(self, service: str, path: str) -> Any:
        return self._http.get(self.addresses[service] + path).raise_for_status().json()

    def services(self) -> dict[str, Any]:
        """What the kiosk is told: GET …/services."""
        offer: dict[str, Any] = self.get("ticketing", f"{self._at}/services")
        return offer

    def takes(self, service: str, phone: str | None = None, **more: Any) -> dict[str, Any]:
        """A visitor takes a ticket, and leaves a phone or not; *more* is told of the ticket."""
        ticket = self._post("ticketing", f"{self._at}/tickets", service=service, **more)
        self.knows(ticket["id"])
        if phone:
            contact = {"phone": phone, "language": "ru", "consent": True}
            url = f"{self.addresses['notify']}/v1/tickets/{ticket['id']}/contact"
            put = functools.partial(self._http.put, url, json=contact)
            eventually("notify knows the ticket", lambda: put().is_success)
        return ticket

    def knows(self, ticket: str) -> None:
        """A ticket that was taken at a page must be gone, too, when the test is over."""
        self._tickets.append(ticket)

    def opens(self, window: str, operator: str) -> None:
        self.does(window, "open", operator=operator)

    def calls(self, window: str) -> dict[str, Any]:
        """The window calls whoever comes first; answers its ticket."""
        self.does(window, "next")
        told = eventually(f"window {window} calls", lambda: self._calling(window))
        ticket: dict[str, Any] = told["ticket"]
        return ticket

    def does(self, window: str, command: str, **body: Any) -> Any:
        """An operator's command, from no page of the test."""
        return self._post("dispatch", f"{self._at}/windows/{window}/{command}", **body)

    def windows(self) -> dict[str, Any]:
        told: dict[str, Any] = self.get("dispatch", f"{self._at}/windows")
        return told

    def window(self, number: str) -> dict[str, Any]:
        return next(w for w in self.windows()["windows"] if w["window"] == number)

    def waiting(self) -> int:
        count: int = self.get("dispatch", f"{self._at}/lines")["waiting"]
        return count

    def has_no_short_visits(self) -> None:
        """By a rule of this branch: visits of a test are over in a second, and no alarm."""
        rules = {"version": "pages", "order": "для проверки страниц", "short_visit_seconds": 0}
        url = f"{self.addresses['dispatch']}{self._at}/rules"
        now = self.services()["now"]
        self._http.put(url, json=rules | {"since": now}).raise_for_status()

    def leaves(self) -> None:
        """Nobody waits, nobody is called, every window is closed: the next test begins anew."""
        for ticket in self._tickets:
            self._http.post(f"{self.addresses['ticketing']}/v1/tickets/{ticket}/cancel")
        self._tickets.clear()
        eventually("nobody waits", lambda: self.waiting() == 0)
        eventually("every window is closed", self._closes)
        breaks = f"{self.addresses['dispatch']}{self._at}/breaks"
        self._http.put(breaks, json={"breaks": []}).raise_for_status()

    def end(self) -> None:
        self._http.close()

    def _closes(self) -> bool:
        open_ones = [w for w in self.windows()["windows"] if w["state"] != "closed"]
        for window in open_ones:
            command = _ENDINGS.get(window["state"], "close")
            path = f"{self._at}/windows/{window['window']}/{command}"
            self._http.post(self.addresses["dispatch"] + path, json={})
        return not open_ones

    def _is_known(self) -> bool:
        paths = {"dispatch": "windows", "notify": "days/today"}
        return all(
            self._http.get(f"{self.addresses[name]}{self._at}/{path}").is_success
            for name, path in paths.items()
        )

    def _calling(self, window: str) -> dict[str, Any] | None:
        told = self.window(window)
        return told if told["state"] == "calling" else None

    def _post(self, service: str, path: str, /, **body: Any) -> Any:
        answer = self._http.post(self.addresses[service] + path, json=body)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json() if answer.content else None
