"""A Talon at a standstill: its broker and store are there, its services are not."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from services.chassis.app import Service
from services.chassis.settings import SettingsError
from services.embedded import fleet
from services.embedded.errors import CannotRun
from services.embedded.options import SERVERS, Options
from services.embedded.ports import Ports
from services.embedded.stack import Stack
from services.ops.place import clock_of, embedded, environment


@contextlib.contextmanager
def fresh(state: Path | None, ports: Ports, clock: str) -> Iterator[Options | None]:
    """The Talon of the environment; or a new embedded one in *state*, whose servers run meanwhile.

    Raises:
        CannotRun: *state* holds something, or it cannot be written.
    """
    if state is None:
        yield None
        return
    if state.exists() and any(state.iterdir()):
        raise CannotRun(f"{state} is not empty; name a new folder: --state")
    options = Options(state=state, ports=ports, clock=clock, only=SERVERS)
    with Stack(options):
        yield options


@contextlib.contextmanager
def standing(state: Path | None) -> Iterator[Options | None]:
    """The Talon of the environment; or the embedded one of *state*, whose servers run meanwhile.

    Raises:
        CannotRun: *state* is no state folder, or that Talon runs.
    """
    if state is None:
        yield None
        return
    options = replace(embedded(state), only=SERVERS)
    with Stack(options):
        yield options


def service_of(name: str, options: Options | None) -> Service:
    """The service, wired and not started.

    Raises:
        CannotRun: its settings are missing or wrong.
    """
    given: Mapping[str, str] = {}
    if options is not None:
        given = fleet.environment(name, options, clock_of(options.state))
    try:
        with environment(given):
            service: Service = importlib.import_module(f"services.{name}.app").build()
    except SettingsError as error:
        raise CannotRun(f"{error.code}; if it is an embedded run: --state DIR") from None
    return service
