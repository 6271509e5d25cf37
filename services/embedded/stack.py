"""All of Talon as children of this process: brought up in order, watched, taken down in order."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Final, Self

from rich.console import Console

from services.chassis.clock import real_now
from services.chassis.topics import create_topics
from services.embedded import catalogue, fleet, jars, kafka, prepared, runtime, valkey
from services.embedded.child import Child, Plan
from services.embedded.errors import CannotRun, ChildDied, DiskFull, is_disk_full
from services.embedded.lock import locked
from services.embedded.options import SERVERS, SERVICES, Options
from services.embedded.ports import refuse_taken
from services.embedded.state import NEEDED_MB, StateFolder, anchored, settle_clock
from services.embedded.warden import Warden

START_WITHIN: Final = 120.0  # seconds for a child to answer
STOP_WITHIN: Final = 10.0  # seconds for a child to end by itself
_LOOK_EVERY: Final = 0.03
_FULL_MB: Final = 20


class Stack:
    """Use it as a context manager, sync or async; inside, everything is up.

    ``kill`` and ``restart`` are for tests that break things. In async code call the slow ones
    by ``asyncio.to_thread``. Call `check` now and then: it raises when a child has died, and it
    keeps the logs bounded.
    """

    def __init__(self, options: Options, console: Console | None = None) -> None:
        self.options = options
        self.children: dict[str, Child] = {}
        self.clock = "real"
        self.imported: catalogue.Imported | None = None
        self._console = console or Console(quiet=True)
        self._state = StateFolder(options.state)
        self._warden: Warden | None = None

    @property
    def kafka(self) -> str:
        """``127.0.0.1:8104``; all brokers, if there are more, behind commas."""
        return fleet.kafka_address(self.options)

    @property
    def redis(self) -> str:
        """``redis://127.0.0.1:8106/0``"""
        return fleet.redis_address(self.options.ports)

    @property
    def addresses(self) -> Mapping[str, str]:
        """Service name -> its address for browsers and clients."""
        return fleet.addresses(self.options.ports)

    def start(self) -> None:
        """Bring everything up; what failed leaves nothing behind.

        Raises:
            CannotRun: with what is wrong and its mend.
        """
        self._state.claim()
        try:
            self._bring_up()
        except BaseException as error:
            self.stop()
            if isinstance(error, OSError) and is_disk_full(error):
                raise DiskFull(self._state.root, NEEDED_MB) from error
            raise

    def stop(self) -> None:
        """Take everything down: services first, so that they can still finish their work."""
        try:
            self.stop_services()
            self._stop_all(self.children)
        finally:
            if self._warden is not None:
                self._warden.close()
                self._warden = None
            self._state.release()

    def stop_services(self) -> None:
        """Take down all but broker and store, and let them finish their work."""
        self._stop_all(name for name in self.children if not _is_server(name))

    def check(self) -> None:
        """See that every child lives that should.

        Raises:
            ChildDied: one does not.
            DiskFull: and it died of that.
        """
        for child in self.children.values():
            try:
                child.check()
            except ChildDied as died:
                if self._is_disk_full(died):
                    raise DiskFull(self._state.root, NEEDED_MB) from died
                raise
            child.trim_log()

    def free_mb(self) -> int:
        """Space left on the disk of the state folder."""
        return self._state.free_mb()

    def kill(self, name: str) -> None:
        """SIGKILL; `check` will not complain of it."""
        self.children[name].kill()

    def restart(self, name: str) -> None:
        """Start *name* again, stopping it first if it runs; return when it answers."""
        self._stop_all((name,))
        self.launch(self.children[name].plan)
        self._wait_until_answering((name,))

    def _bring_up(self) -> None:
        anchored(self.options.clock or "real", now=real_now())  # a bad one is refused at once
        refuse_taken(self.options.ports, self.options.listeners)
        published = self._catalogue() if "ticketing" in self.options.only else None
        self._warden = Warden(self._state.lock)
        for plan in self._server_plans():
            self.launch(plan)
        self._wait_until_answering(list(self.children))
        if brokers := self.options.brokers:
            _in_a_loop_of_its_own(self.kafka, len(brokers))
        # Only now: a download before it takes nothing from the day that a fast clock starts.
        self.clock = settle_clock(self._state, self.options.clock, now=real_now())
        for name in SERVICES:
            if name in self.options.only:
                self.launch(self.plan_of(name))
        self._wait_until_answering(SERVICES)
        if published is not None:
            name = str(self.options.catalogue)
            self.imported = catalogue.send(published, self.addresses["ticketing"], name=name)
            self._wait_until_known(self.imported.branches)

    def _catalogue(self) -> bytes:
        return catalogue.read(self.options.catalogue, self.options.branches)

    def _server_plans(self) -> Iterator[Plan]:
        assert self._warden is not None
        ports, root = self.options.ports, self._state.root
        if "valkey" in self.options.only:
            yield valkey.plan(runtime.valkey_server(), ports.valkey, root / "valkey")
        if "kafka" in self.options.only:
            lock, cache = locked(), jars.Cache.from_environment()
            java = kafka.Java(runtime.java(), jars.class_path(lock, cache, self._console))
            home = cache.home(lock)
            template = prepared.node_template(java, home)
            java = prepared.with_archive(java, template, home, self._warden, self._console)
            nodes = self.options.brokers
            for node in nodes:
                yield kafka.plan(java, template, root / node.name, node, nodes)

    def plan_of(self, service: str) -> Plan:
        """How to run *service*; tests that run it otherwise say so here."""
        return fleet.plan(service, self.options, self.clock)

    def launch(self, plan: Plan) -> None:
        """Start one more child: another instance of a service has a name of its own."""
        assert self._warden is not None
        child = self.children.setdefault(plan.name, Child(plan, self._state.logs))
        child.start(self._warden)

    def _wait_until_answering(self, names: Iterable[str]) -> None:
        children = [self.children[name] for name in names if name in self.children]
        self._wait_until("answer", lambda child: child.plan.answers(), children)

    def _wait_until_known(self, branches: Iterable[str]) -> None:
        """A branch is known to the service that imported it at once, to the others by Kafka."""
        children = [self.children[name] for name in SERVICES if name in self.children]
        for branch in branches:
            self._wait_until(
                f"learn of branch {branch}",
                functools.partial(self._knows, branch),
                children,
            )

    def _knows(self, branch: str, child: Child) -> bool:
        return catalogue.is_known(branch, self.addresses[child.name])

    def _wait_until(
        self, what: str, done: Callable[[Child], bool], children: Sequence[Child]
    ) -> None:
        deadline = time.monotonic() + START_WITHIN
        while children := [child for child in children if not done(child)]:
            self.check()
            if time.monotonic() > deadline:
                slow = children[0]
                raise CannotRun(
                    f"{slow.name} did not {what} within {START_WITHIN:.0f} s; see {slow.log}"
                )
            time.sleep(_LOOK_EVERY)

    def _stop_all(self, names: Iterable[str]) -> None:
        """Ask all at once, then see each gone."""
        children = [self.children[name] for name in names if name in self.children]
        deadline = time.monotonic() + STOP_WITHIN
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.wait(deadline)

    def _is_disk_full(self, died: ChildDied) -> bool:
        told = any("No space left on device" in line for line in died.last_lines)
        return told or self._state.free_mb() < _FULL_MB

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.stop)


def _is_server(name: str) -> bool:
    return name.startswith(SERVERS)


def _in_a_loop_of_its_own(bootstrap: str, replication: int) -> None:
    """Create the topics; in a thread, for the caller may run a loop in this one."""
    with ThreadPoolExecutor(1) as thread, contextlib.suppress(asyncio.CancelledError):
        thread.submit(
            asyncio.run, create_topics(bootstrap.split(","), replication=replication)
        ).result()
