"""A Talon on a test stand: each service reaches broker and store by wires of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Final

from services.chassis.clock import Clock
from services.embedded import fleet
from services.embedded.child import Plan
from services.embedded.errors import ChildDied
from services.embedded.kafka import Detour, Node
from services.embedded.options import SERVICES, Options
from services.embedded.ports import LOOPBACK, Ports
from services.embedded.stack import Stack
from tests.chaos.faults import STORE, wire
from tests.chaos.wires import Wires

SECOND: Final = "ticketing-2"
"""Another instance of ticketing, for stands that ask for it."""

PLACES: Final = (*SERVICES, SECOND)


class Stand(Stack):
    """A whole Talon that may be broken anywhere; *builds* says which services run a broken one."""

    def __init__(
        self,
        options: Options,
        wires: Wires,
        near: Mapping[str, int],
        builds: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(options)
        self.wires = wires
        self._near = near
        self._builds = builds or {}

    def plan_of(self, service: str) -> Plan:
        """Through its wires, and with the build that was asked for."""
        return self._placed(super().plan_of(service), service, service)

    def add_second(self, port: int) -> str:
        """Start another ticketing on *port*; return its address."""
        options = replace(self.options, ports=replace(self.options.ports, ticketing=port))
        plan = fleet.plan("ticketing", options, self.clock)
        self.launch(replace(self._placed(plan, "ticketing", SECOND), name=SECOND))
        return f"http://localhost:{port}"

    def pause(self, name: str) -> None:
        """Stop it where it is; it keeps all that it has."""
        os.kill(self.children[name].pid, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Let it go on, as if no time had passed."""
        os.kill(self.children[name].pid, signal.SIGCONT)

    def bring_back(self, name: str) -> None:
        """Start *name* again, and whoever dies meanwhile."""
        try:
            self.restart(name)
        except ChildDied as died:
            self.bring_back(died.name)
            if died.name != name:
                self.bring_back(name)

    def step_clock(self, service: str, seconds: float) -> None:
        """From its next start on *service* lives so much later, or earlier, than the others."""
        clock = Clock.parse(self.clock)
        stepped = clock.start.timestamp() + seconds
        start = clock.start.fromtimestamp(stepped, clock.start.tzinfo).isoformat()
        told = f"{start}@{clock.speed:g}@{clock.anchor.isoformat()}"
        child = self.children[service]
        environment = {**child.plan.environment, "TALON_CLOCK": told}
        child.plan = replace(child.plan, environment=environment)

    def _placed(self, plan: Plan, service: str, place: str) -> Plan:
        near = [self._near[wire(place, node.name)] for node in self.options.brokers]
        environment = {
            **plan.environment,
            "TALON_KAFKA": ",".join(f"{LOOPBACK}:{port}" for port in near),
            "TALON_REDIS": f"redis://{LOOPBACK}:{self._near[wire(place, STORE)]}/0",
        }
        command = plan.command
        if build := self._builds.get(service):
            command = [sys.executable, "-m", "tests.chaos.broken", build, service]
            environment["PYTHONPATH"] = str(Path(__file__).parents[2])
        return replace(plan, environment=environment, command=command)


@contextlib.contextmanager
def a_stand(
    clock: str,
    state: Path,
    branch: str = "BR-D",
    builds: Mapping[str, str] | None = None,
    brokers: int = 1,
) -> Iterator[Stand]:
    """Everything up, on free ports; nothing is left of it."""
    ports, *doors = _apart(1 + brokers)
    with Wires() as wires:
        near = {wire(place, STORE): wires.lay(wire(place, STORE), ports.valkey) for place in PLACES}
        nodes = [_node(n, door, wires, near) for n, door in enumerate(doors, 1)]
        options = Options(
            state=state,
            ports=ports,
            clock=clock,
            branches=(branch,),
            detours=tuple(nodes[0].detours),
            more_brokers=tuple(nodes[1:]),
        )
        with Stand(options, wires, near, builds) as stand:
            yield stand


def _node(id: int, door: Ports, wires: Wires, near: dict[str, int]) -> Node:
    """A broker with a listener for each place; *near* learns where their wires begin."""
    node = Node(id, door.controller, door.valkey)  # of the first the options know it
    listeners = zip(PLACES, (door.ticketing, door.dispatch, door.notify, door.kafka), strict=True)
    detours = []
    for place, port in listeners:
        name = wire(place, node.name)
        near[name] = wires.lay(name, port)
        detours.append(Detour(place.replace("-2", "AGAIN").upper(), port, near[name]))
    return replace(node, detours=detours)


def _apart(count: int) -> list[Ports]:
    """Free ports in groups that do not meet."""
    found: list[Ports] = []
    while len(found) < count:
        fresh = Ports.free()
        if all(abs(fresh.ticketing - other.ticketing) > len(fields(Ports)) for other in found):
            found.append(fresh)
    return found
