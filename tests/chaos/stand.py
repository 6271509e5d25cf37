"""A Talon on a test stand: each service reaches broker and store by wires of its own."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import astuple, fields, replace
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
from tests.chaos.builds import Build
from tests.chaos.faults import STORE, TWO_OF_EACH, second, wire
from tests.chaos.wires import Wires

STOP_WITHIN: Final = 15.0  # seconds


class Stand(Stack):
    """A whole Talon that may be broken anywhere; *builds* says who runs another build."""

    def __init__(
        self,
        options: Options,
        wires: Wires,
        near: Mapping[str, int],
        builds: Mapping[str, Build] | None = None,
    ) -> None:
        super().__init__(options)
        self.wires = wires
        self._near = near
        self._builds = builds or {}
        self.doors: dict[str, tuple[str, ...]] = {}
        """Address of a service -> those of all its instances, if there are more than one."""

    def plan_of(self, service: str) -> Plan:
        """Through its wires, and with the build that was asked for."""
        return self._placed(super().plan_of(service), service, service)

    def add_second(self, service: str, port: int) -> str:
        """Start another instance of *service* on *port*; return its address."""
        ports = replace(self.options.ports, **{service: port})
        plan = fleet.plan(service, replace(self.options, ports=ports), self.clock)
        place = second(service)
        self.launch(replace(self._placed(plan, service, place), name=place))
        return f"http://localhost:{port}"

    def double(self) -> None:
        """Two of each service from now on; `doors` says where."""
        for service, port in zip(SERVICES, _free(len(SERVICES)), strict=True):
            address = self.addresses[service]
            self.doors[address] = (address, self.add_second(service, port))
        self._wait_until_answering(map(second, SERVICES))

    def pause(self, name: str) -> None:
        """Stop it where it is; it keeps all that it has."""
        os.kill(self.children[name].pid, signal.SIGSTOP)

    def take_away(self, name: str) -> None:
        """Ask it to stop, and see it gone."""
        child = self.children[name]
        child.ask_to_stop()
        child.wait(time.monotonic() + STOP_WITHIN)

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
        if build := self._builds.get(place):
            command = build.command(service)
            environment["PYTHONPATH"] = str(build.root)
        return replace(plan, environment=environment, command=command)


@contextlib.contextmanager
def a_stand(
    clock: str,
    state: Path,
    builds: Mapping[str, Build] | None = None,
    *,
    brokers: int = 1,
    instances: int = 1,
) -> Iterator[Stand]:
    """Everything up, on free ports; nothing is left of it."""
    free = iter(_free(len(fields(Ports)) + brokers * (2 + len(TWO_OF_EACH))))
    ports = Ports(*itertools.islice(free, len(fields(Ports))))
    with Wires() as wires:
        stores = [wire(place, STORE) for place in TWO_OF_EACH]
        near = {name: wires.lay(name, ports.valkey) for name in stores}
        nodes = [_node(n, free, wires, near) for n in range(1, brokers + 1)]
        options = Options(
            state=state,
            ports=ports,
            clock=clock,
            branches=("BR-D",),
            detours=tuple(nodes[0].detours),
            more_brokers=tuple(nodes[1:]),
        )
        with Stand(options, wires, near, builds) as stand:
            if instances > 1:
                stand.double()
            yield stand


def _node(id: int, free: Iterator[int], wires: Wires, near: dict[str, int]) -> Node:
    """A broker with a listener for each place; *near* learns where their wires begin."""
    node = Node(id, next(free), next(free))  # of the first the options know it
    detours = []
    for place in TWO_OF_EACH:
        name, port = wire(place, node.name), next(free)
        near[name] = wires.lay(name, port)
        detours.append(Detour(place.replace("-2", "AGAIN").upper(), port, near[name]))
    return replace(node, detours=detours)


def _free(count: int) -> list[int]:
    """Ports that nobody holds; the first ones are neighbours."""
    found: list[int] = []
    while len(found) < count:
        fresh = astuple(Ports.free())
        found += fresh if not set(fresh) & set(found) else ()
    return found[:count]
