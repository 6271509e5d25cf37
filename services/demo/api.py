"""The public HTTP API of the three services, as a patient customer uses it.

A request is repeated with the same Idempotency-Key until it is answered, so a service, the
broker or the store may be killed and come back in the middle of it.
"""

import asyncio
import contextlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Final, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from services.chassis.clock import Clock
from services.demo import answers
from services.demo.answers import Away, Party, Refused, Window, WindowState
from services.demo.journal import Entry, Journal

PATIENCE: Final = 60.0  # real seconds for which one request is repeated
AGAIN: Final = 1.0  # real seconds until a console asks anew
SILENCE: Final = 12.0  # real seconds; live events bring a heartbeat every 5
Model = TypeVar("Model", bound=BaseModel)
Ack = TypeVar("Ack", bound=answers.Acknowledgement)


@dataclass(frozen=True, slots=True)
class Command:
    """One POST or PUT, and who makes it."""

    branch: str
    actor: str
    name: str
    party: Party
    path: str
    method: str = "POST"
    body: Mapping[str, object] | None = None
    window: str | None = None
    ticket: str | None = None


@dataclass
class Api:
    """A customer of the three services; *run* makes its keys differ from another run's."""

    http: httpx.AsyncClient
    addresses: Mapping[str, str]
    clock: Clock
    journal: Journal
    dice: Random
    run: str
    retries: int = 0
    took: list[float] = field(default_factory=list)  # real seconds that each command needed
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def take_ticket(
        self, branch: str, actor: str, service: str, standing: str
    ) -> answers.Ticket:
        path, body = f"/v1/branches/{branch}/tickets", {"service": service, "standing": standing}
        command = Command(branch, actor, "issue", Party.TICKETING, path, body=body)
        ticket = await self._do(command, answers.Ticket)
        assert ticket is not None, "a ticket was issued and not told"
        return ticket

    async def cancel(self, branch: str, actor: str, ticket: str) -> None:
        path = f"/v1/tickets/{ticket}/cancel"
        command = Command(branch, actor, "cancel", Party.TICKETING, path, ticket=ticket)
        await self._do(command, answers.Ticket)

    async def leave_phone(
        self, branch: str, actor: str, ticket: str, phone: str, language: str
    ) -> None:
        body = {"phone": phone, "language": language, "consent": True}
        path = f"/v1/tickets/{ticket}/contact"
        command = Command(branch, actor, "contact", Party.NOTIFY, path, "PUT", body, ticket=ticket)
        await self._do(command, answers.Contact)

    async def call_next(self, branch: str, window: str, actor: str) -> Window | None:
        """Call the next visitor; return the window, None when nobody suitable waits."""
        call = await self._do(_move(branch, window, actor, "next", None), answers.Call)
        return call.window if call else None

    async def move(
        self, branch: str, window: str, actor: str, verb: str, body: Mapping[str, str] | None = None
    ) -> Window | None:
        """Give a window any other command; return the window after it."""
        return await self._do(_move(branch, window, actor, verb, body), Window)

    async def window(self, branch: str, window: str) -> Window:
        path = f"/v1/branches/{branch}/windows"
        listed = await self.read(Party.DISPATCH, path, answers.Windows)
        for one in listed.windows:
            if one.window == window:
                return one
        raise Away(Party.DISPATCH, f"does not list window {window} of {branch}")

    async def day(self, party: Party, branch: str, day: date) -> answers.Counts:
        return await self.read(party, f"/v1/branches/{branch}/days/{day}", answers.Counts)

    async def read(
        self, party: Party, path: str, model: type[Model], patience: float = PATIENCE
    ) -> Model:
        return _parsed(await self._insist("GET", party, path, patience=patience), party, model)

    async def change(self, branch: str, window: str, since: WindowState) -> Window:
        """Follow the window's live events until it is in another state than *since*."""
        url = f"{self.addresses[Party.DISPATCH]}/v1/branches/{branch}/windows/{window}/events"
        try:
            async with self.http.stream("GET", url, timeout=httpx.Timeout(5, read=SILENCE)) as live:
                event = ""
                async for line in live.aiter_lines():
                    name, _, value = line.partition(":")
                    if name == "event":
                        event = value.strip()
                    elif name == "data" and event == "window":
                        seen = Window.model_validate_json(value)
                        if seen.state is not since:
                            return seen
        except (httpx.HTTPError, ValidationError) as error:
            raise Away(Party.DISPATCH, repr(error)) from error
        raise Away(Party.DISPATCH, "ended its live events")

    async def keep_console(self, branch: str, window: str) -> None:
        """Leave the window's console open, as its page is: signs of life. Until cancelled."""
        url = f"{self.addresses[Party.DISPATCH]}/v1/branches/{branch}/windows/{window}/events"
        while True:
            with contextlib.suppress(httpx.HTTPError):
                timeout = httpx.Timeout(5, read=SILENCE)
                async with self.http.stream("GET", url, timeout=timeout) as live:
                    async for _ in live.aiter_bytes():
                        pass
            await asyncio.sleep(AGAIN)

    async def _do(self, command: Command, model: type[Ack]) -> Ack | None:
        """Give *command*, note what was answered; None when the answer is empty (204)."""
        key = f"{self.run}-{next(self._numbers)}"
        given = asyncio.get_running_loop().time()
        try:
            response = await self._insist(
                command.method,
                command.party,
                command.path,
                patience=PATIENCE,
                body=command.body,
                headers={"Idempotency-Key": key},
            )
        except Refused as refused:
            self._note(command, key, refused.status, refused.problem, None)
            raise
        self.took.append(asyncio.get_running_loop().time() - given)
        if response.status_code == 204:
            self._note(command, key, 204, "", None)
            return None
        answer = _parsed(response, command.party, model)
        self._note(command, key, response.status_code, answer.outcome, answer.about)
        return answer

    def _note(
        self, of: Command, key: str, status: int, outcome: str, about: answers.Ticket | None
    ) -> None:
        self.journal.note(
            Entry(
                at=self.clock.now(),
                branch=of.branch,
                actor=of.actor,
                command=of.name,
                key=key,
                status=status,
                outcome=outcome,
                window=of.window,
                ticket=about.id if about else of.ticket,
                number=about.number if about else None,
            )
        )

    async def _insist(
        self,
        method: str,
        party: Party,
        path: str,
        *,
        patience: float,
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Repeat the request until it is answered, whatever happens to the service meanwhile."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience
        url = self.addresses[party] + path
        for attempt in itertools.count():
            try:
                response = await self.http.request(method, url, json=body, headers=headers)
            except httpx.TransportError as error:
                why = repr(error)
            else:
                if response.is_success:
                    return response
                why = _problem(response)
                if response.status_code < 500 and response.status_code != 429:
                    raise Refused(response.status_code, why)
            if loop.time() >= deadline:
                raise Away(party, why)
            self.retries += 1
            await asyncio.sleep(min(1.0, 0.05 * 2.0**attempt) * self.dice.uniform(0.5, 1.0))
        raise AssertionError("the attempts never end")


def _move(
    branch: str, window: str, actor: str, verb: str, body: Mapping[str, str] | None
) -> Command:
    path = f"/v1/branches/{branch}/windows/{window}/{verb}"
    return Command(branch, actor, verb, Party.DISPATCH, path, body=body, window=window)


def _parsed(response: httpx.Response, party: Party, model: type[Model]) -> Model:
    try:
        return model.model_validate_json(response.content)
    except ValidationError as error:
        raise Away(party, f"gave an answer of another shape: {error.errors()[0]}") from error


def _problem(response: httpx.Response) -> str:
    try:
        return answers.problem_of(response.json()) or response.reason_phrase
    except ValueError:
        return response.reason_phrase
