"""What to run, where, and by which clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.embedded.data import EXAMPLE
from services.embedded.kafka import Detour, Node
from services.embedded.ports import Ports

SERVERS: Final = ("kafka", "valkey")
SERVICES: Final = ("ticketing", "dispatch", "notify")


@dataclass(frozen=True, slots=True)
class Options:
    """For `talon up`, the demo and tests.

    Tests that need only servers::

        with Stack(Options.servers(tmp_path)) as stack:
            stack.kafka, stack.redis
    """

    state: Path = Path(".talon")
    ports: Ports = field(default_factory=Ports.from_base)
    clock: str | None = None  # as TALON_CLOCK; None: the one this state lives by, else real
    catalogue: Path = EXAMPLE
    branches: tuple[str, ...] = ()  # none named: all of the catalogue
    only: tuple[str, ...] = SERVERS + SERVICES  # children to run
    environment: Mapping[str, str] = field(default_factory=dict)  # more for the services: TALON_…
    detours: tuple[Detour, ...] = ()  # of Kafka, for tests that put a proxy before it
    more_brokers: tuple[Node, ...] = ()  # nodes 2 and 3, for tests of a cluster on one machine

    @classmethod
    def servers(cls, state: Path, *only: str) -> Options:
        """Kafka and Valkey, or one of them, on free ports, without services."""
        return cls(state=state, ports=Ports.free(), only=only or SERVERS)

    @property
    def brokers(self) -> tuple[Node, ...]:
        """All nodes of Kafka; none if it does not run here."""
        first = Node(1, self.ports.kafka, self.ports.controller, self.detours)
        return (first, *self.more_brokers) if "kafka" in self.only else ()

    @property
    def listeners(self) -> tuple[str, ...]:
        """Names of the ports that will be listened on."""
        controller = ("controller",) if "kafka" in self.only else ()
        return (*self.only, *controller)
