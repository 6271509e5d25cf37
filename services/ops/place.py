"""Which Talon is meant: the settings of its services, from the environment or a state folder."""

from __future__ import annotations

import contextlib
import importlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.chassis.settings import ServiceSettings, SettingsError, load
from services.embedded import fleet
from services.embedded.errors import CannotRun
from services.embedded.options import SERVICES, Options
from services.embedded.ports import Ports
from services.ops.findings import Finding, Health


@dataclass(frozen=True, slots=True)
class UsedStore:
    """A store, by its address, and what is asked of it."""

    url: str
    services: Sequence[str]
    copies: int  # replicas that must have a change


@dataclass(frozen=True, slots=True)
class Place:
    """A Talon, as far as its settings can be read."""

    settings: Mapping[str, ServiceSettings]  # service -> what it reads at its start
    addresses: Mapping[str, str]
    state: Path | None = None  # of an embedded run

    @property
    def kafka(self) -> tuple[str, ...]:
        """Brokers, as the first service knows them."""
        return next((one.kafka for one in self.settings.values()), ())

    @property
    def stores(self) -> list[UsedStore]:
        """Each store once."""
        users: dict[str, list[str]] = {}
        for name, one in self.settings.items():
            users.setdefault(one.redis.get_secret_value(), []).append(name)
        return [
            UsedStore(url, names, max(self.settings[name].store_copies for name in names))
            for url, names in users.items()
        ]


def find(state: Path | None, at: Mapping[str, str]) -> tuple[Place, list[Finding]]:
    """The Talon whose data is in *state*, else that of the environment; *at* names addresses.

    Raises:
        CannotRun: *state* is no state folder.
    """
    options = embedded(state) if state is not None else None
    settings: dict[str, ServiceSettings] = {}
    findings = []
    for name in SERVICES:
        given = (
            fleet.environment(name, options, clock_of(options.state))
            if options
            else {"TALON_PORT": os.environ.get("TALON_PORT", str(Ports.from_base().of(name)))}
        )
        kind: type[ServiceSettings] = importlib.import_module(f"services.{name}.settings").Settings
        try:
            with environment(given):
                settings[name] = load(kind)
            findings.append(Finding(f"settings of {name}", Health.GREEN, "can be read"))
        except SettingsError as error:
            mend = (
                "correct it in the environment or in TALON_SECRETS_DIR;"
                " if it is an embedded run: --state DIR"
            )
            findings.append(Finding(f"settings of {name}", Health.RED, str(error.code), mend))
    addresses = fleet.addresses(options.ports if options else Ports.from_base())
    named = next((one.addresses for one in settings.values()), {})
    return Place(settings, addresses | dict(named) | dict(at), state), findings


def embedded(state: Path) -> Options:
    """How the embedded run of *state* was started: its ports stand in what it wrote for Kafka."""
    properties = state / "kafka" / "server.properties"
    try:
        listeners = properties.read_text("utf-8")
    except OSError:
        raise CannotRun(f"{state} holds no Talon ({properties} is not there)") from None
    port = re.search(r"^listeners=PLAINTEXT://[^:]+:(\d+)", listeners, re.MULTILINE)
    if port is None:
        raise CannotRun(f"{properties} names no port; start once: talon up --state {state}")
    before = Ports.from_base().kafka - Ports.from_base().ticketing + 1
    return Options(state=state, ports=Ports.from_base(int(port[1]) - before))


def clock_of(state: Path) -> str:
    """The clock that an embedded run lives by."""
    with contextlib.suppress(OSError):
        return (state / "clock").read_text("utf-8").strip()
    return "real"


@contextlib.contextmanager
def environment(given: Mapping[str, str]) -> Iterator[None]:
    """*given* in place of what the environment says."""
    before = dict(os.environ)
    os.environ.update(given)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
