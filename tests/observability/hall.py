"""People who come, wait, are called and get their SMS, so that every metric has something to tell.

Speaks the public HTTP API only, as kiosks, consoles and boards do.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

_PATIENCE = 20  # seconds for one service to hear of another


def eventually(what: str, attempt: Callable[[], Any]) -> Any:
    """Return the first true answer of *attempt*; fail when none comes in time."""
    give_up = time.monotonic() + _PATIENCE
    while not (answer := attempt()):
        assert time.monotonic() < give_up, f"{what}: not within {_PATIENCE} s"
        time.sleep(0.1)
    return answer


class Hall:
    """One branch that is open now, with one operator at work and one at lunch."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._clients = {
            name: httpx.Client(base_url=url, timeout=10, trust_env=False)
            for name, url in addresses.items()
        }
        self._phones = 0
        self._tickets: list[str] = []
        self._board = threading.Thread(target=self._watch_board)
        self._over = threading.Event()
        self.branch = eventually("a branch is open", self._open_branch)
        self._hall = f"/v1/branches/{self.branch}"
        self._window, self._service, self._other = self._who_works()

    def opens(self) -> None:
        """The screen is switched on, one window opens, another pauses at once."""
        self._board.start()
        self._window_does("open", operator=self._operator)
        self._command(
            f"{self._hall}/windows/{self._other['window']}/open", operator=self._other["id"]
        )
        self._command(f"{self._hall}/windows/{self._other['window']}/pause", reason="lunch")

    def serves(self) -> None:
        """Every way a ticket can go: finished, no-show, cancelled, refused, and some wait on."""
        for _ in range(3):
            self._takes_ticket()
        self._calls()
        self._window_does("recall")
        self._window_does("start")
        self._window_does("finish")
        self._calls()
        self._window_does("no-show")
        gone = self._takes_ticket()
        self._post("ticketing", f"/v1/tickets/{gone}/cancel").raise_for_status()
        nothing = self._post("ticketing", f"{self._hall}/tickets", service="no such service")
        assert nothing.status_code == 404
        eventually(
            "somebody waits", lambda: self._get("dispatch", f"{self._hall}/lines")["waiting"]
        )
        eventually("an SMS is out", lambda: any(p["messages"] for p in self._phones_seen()))

    def was_forecast(self) -> None:
        """Somebody who waits was told when. The first forecast of a new machine is compiled."""
        for _ in range(6):
            with contextlib.suppress(AssertionError):
                eventually("a forecast", self._is_forecast)
                return
        raise AssertionError("nobody was forecast within two minutes")

    def _is_forecast(self) -> bool:
        answers = (self._get("dispatch", f"/v1/tickets/{id}/why") for id in self._tickets)
        return any(answer["call_between"] for answer in answers)

    def closes(self) -> None:
        """Leave the branch as it was found, for the tests that come after."""
        for ticket in self._tickets:
            self._post("ticketing", f"/v1/tickets/{ticket}/cancel")
        for window in (self._window, self._other["window"]):
            self._post("dispatch", f"{self._hall}/windows/{window}/close")
        self._over.set()
        if self._board.is_alive():
            self._board.join()
        for client in self._clients.values():
            client.close()

    def _open_branch(self) -> str | None:
        for branch in self._get("ticketing", "/v1/branches")["branches"]:
            code: str = branch["code"]
            if self._get("ticketing", f"/v1/branches/{code}/services")["open"]:
                return code
        return None

    def _who_works(self) -> tuple[str, str, dict[str, Any]]:
        """A window, a service its operator can give, and a colleague for the lunch break."""
        services = self._get("ticketing", f"{self._hall}/services")["services"]
        operators = eventually(
            "dispatch knows the operators",
            lambda: self._get("dispatch", f"{self._hall}/windows")["operators"],
        )
        first, other, *_ = [o for o in operators if not o["at"] and o["window"]]
        self._operator = first["id"]
        able = [s["code"] for s in services if {*s["skills"]} <= {*first["skills"]}]
        return first["window"], able[0], other

    def _takes_ticket(self) -> str:
        ticket = self._post("ticketing", f"{self._hall}/tickets", service=self._service)
        assert ticket.status_code == 201, ticket.text
        issued: str = ticket.json()["id"]
        self._tickets.append(issued)
        self._phones += 1
        contact = {"phone": f"+7912000{self._phones:04}", "language": "ru", "consent": True}
        answer = self._clients["notify"].put(f"/v1/tickets/{issued}/contact", json=contact)
        assert answer.status_code == 200, answer.text
        return issued

    def _calls(self) -> None:
        """Ask for the next; a ticket that is still on its way to dispatch is called on arrival."""
        self._window_does("next")
        eventually("the window calls", lambda: self._state() == "calling")

    def _state(self) -> str | None:
        windows = self._get("dispatch", f"{self._hall}/windows")["windows"]
        return next((w["state"] for w in windows if w["window"] == self._window), None)

    def _window_does(self, verb: str, **body: Any) -> None:
        self._command(f"{self._hall}/windows/{self._window}/{verb}", **body)

    def _command(self, path: str, **body: Any) -> None:
        answer = self._post("dispatch", path, **body)
        assert answer.is_success, f"{path}: {answer.text}"

    def _phones_seen(self) -> list[dict[str, Any]]:
        phones: list[dict[str, Any]] = self._get("notify", "/v1/phones")["phones"]
        return phones

    def _get(self, of: str, path: str) -> Any:
        return self._clients[of].get(path).raise_for_status().json()

    def _post(self, to: str, path: str, /, **body: Any) -> httpx.Response:
        return self._clients[to].post(path, json=body)

    def _watch_board(self) -> None:
        """Listen like a screen; the clock ticks on the stream, so the end is soon seen."""
        url = f"{self._hall}/board/events"
        with (
            contextlib.suppress(httpx.HTTPError),
            self._clients["notify"].stream("GET", url, timeout=_PATIENCE) as events,
        ):
            for _ in events.iter_lines():
                if self._over.is_set():
                    return
