"""Several Valkey servers as children of a test: a cluster, or a master whom sentinels watch."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from services.embedded import runtime, valkey
from services.embedded.child import Child, Plan
from services.embedded.ports import LOOPBACK, Ports
from services.embedded.warden import Warden

MASTER = "talon"
GONE_AFTER = 2_000  # ms without an answer; a real one waits longer
_SLOTS = 16_384
_CLUSTER = """\
cluster-enabled yes
cluster-config-file nodes.conf
cluster-port {bus}
cluster-node-timeout {gone_after}
cluster-require-full-coverage no
cluster-replica-validity-factor 0
repl-diskless-sync-delay 0
"""
_SENTINEL = """\
bind {host}
port {port}
dir "{folder}"
sentinel monitor {master} {host} {watched} 2
sentinel down-after-milliseconds {master} {gone_after}
sentinel failover-timeout {master} 10000
sentinel parallel-syncs {master} 1
"""


@dataclass
class Server:
    """One of them."""

    port: int
    child: Child
    frozen: bool = False

    def ask(self, *command: Any) -> Any:
        with self.client() as client:
            return client.execute_command(*command)

    def info(self, section: str) -> dict[str, Any]:
        with self.client() as client:
            told: dict[str, Any] = client.info(section)
        return told

    def client(self) -> redis.Redis:
        return redis.Redis(LOOPBACK, self.port, decode_responses=True, socket_timeout=2)

    def is_master(self) -> bool:
        awake = self.child.running and not self.frozen
        return awake and bool(self.info("replication")["role"] == "master")

    def serves(self, key: str) -> bool:
        """Whether it is the master that has *key*."""
        if not self.is_master():
            return False
        try:
            self.ask("EXISTS", key)
        except redis.ResponseError:  # MOVED
            return False
        return True

    def kill(self) -> None:
        self.child.kill()

    def freeze(self) -> None:
        """It stops where it is, and keeps all that it has."""
        os.kill(self.child.pid, signal.SIGSTOP)
        self.frozen = True

    def wake(self) -> None:
        """It goes on as if no time had passed."""
        os.kill(self.child.pid, signal.SIGCONT)
        self.frozen = False

    def shut_out_replicas(self) -> None:
        """From now on nobody may copy it; clients and sentinels see no difference."""
        self.ask("ACL", "SETUSER", "default", "-psync", "-sync")
        self.ask("CLIENT", "KILL", "TYPE", "replica")


class Servers:
    """All of a store; *url* is what services take as TALON_REDIS."""

    def __init__(self, folder: Path, warden: Warden) -> None:
        self.url = ""
        self.all: list[Server] = []
        self._folder = folder
        self._warden = warden
        self._children: list[Child] = []

    def run(self, more: str = "") -> Server:
        """Start a server with *more* lines of configuration."""
        port = Ports.free().valkey
        plan = valkey.plan(runtime.valkey_server(), port, self._folder / str(port))
        with (self._folder / str(port) / "valkey.conf").open("a") as config:
            config.write(more)
        child = Child(Plan(f"valkey-{port}", plan.command, plan.answers), self._folder)
        self._children.append(child)
        server = Server(port, child)
        self.all.append(server)
        return self.again(server)

    def sentinel(self, watched: int) -> int:
        """Start a sentinel that watches the master on port *watched*; returns its port."""
        port, folder = Ports.free().valkey, self._folder
        config = folder / f"sentinel-{port}.conf"
        config.write_text(
            _SENTINEL.format(
                host=LOOPBACK,
                port=port,
                folder=folder,
                master=MASTER,
                watched=watched,
                gone_after=GONE_AFTER,
            )
        )
        command = [str(runtime.valkey_server()), str(config), "--sentinel"]
        child = Child(Plan(f"sentinel-{port}", command, lambda: valkey.answers(port)), folder)
        self._children.append(child)
        child.start(self._warden)
        until("the sentinel answers", child.plan.answers)
        return port

    def again(self, server: Server) -> Server:
        """Start *server*, also after it was killed."""
        server.child.start(self._warden)
        until("the server answers", server.child.plan.answers)
        return server

    def stop(self) -> None:
        for child in self._children:
            child.kill()
        self._warden.close()

    def masters(self) -> list[Server]:
        return [server for server in self.all if server.is_master()]

    def master_of(self, key: str) -> Server:
        """Who has *key*, once somebody has."""
        found: list[Server] = until(
            f"somebody serves {key}", lambda: [one for one in self.all if one.serves(key)]
        )
        return found[0]

    def replicas_follow(self, count: int) -> bool:
        """Whether each master has *count* replicas that follow it."""
        return all(
            sum(
                replica["state"] == "online"
                for name, replica in master.info("replication").items()
                if name.startswith("slave") and isinstance(replica, dict)
            )
            == count
            for master in self.masters()
        )


def until(what: str, attempt: Callable[[], Any], within: float = 30) -> Any:
    """Return the first true answer of *attempt*."""
    give_up = time.monotonic() + within
    while True:
        with contextlib.suppress(redis.RedisError, OSError):
            if answer := attempt():
                return answer
        assert time.monotonic() < give_up, f"{what}: not within {within} s"
        time.sleep(0.05)


@contextlib.contextmanager
def _servers() -> Iterator[Servers]:
    with tempfile.TemporaryDirectory(prefix="talon-") as name:
        folder = Path(name)
        with (folder / "lock").open("w") as lock:
            servers = Servers(folder, Warden(lock.fileno()))
            try:
                yield servers
            finally:
                servers.stop()


@contextlib.contextmanager
def alone() -> Iterator[Servers]:
    """One server, for comparison."""
    with _servers() as servers:
        servers.url = f"redis://{LOOPBACK}:{servers.run().port}/0"
        yield servers


@contextlib.contextmanager
def a_cluster(masters: int = 3, replicas: int = 0) -> Iterator[Servers]:
    """A cluster of *masters*, each with *replicas*."""
    with _servers() as servers:
        for _ in range(masters * (1 + replicas)):
            bus = Ports.free().valkey
            servers.run(_CLUSTER.format(bus=bus, gone_after=GONE_AFTER))
        heads = servers.all[:masters]
        for n, server in enumerate(heads):
            first, end = _SLOTS * n // masters, _SLOTS * (n + 1) // masters
            server.ask("CLUSTER", "ADDSLOTSRANGE", first, end - 1)
            server.ask("CLUSTER", "SET-CONFIG-EPOCH", n + 1)
        _meet(servers.all)
        for n, server in enumerate(servers.all[masters:]):
            server.ask("CLUSTER", "REPLICATE", heads[n % masters].ask("CLUSTER", "MYID"))
        for server in servers.all:
            until(
                "the cluster is up",
                lambda s=server: _says(s, "cluster_state:ok", f"cluster_slots_ok:{_SLOTS}"),
            )
        until("replicas follow", lambda: servers.replicas_follow(replicas))
        servers.url = "redis+cluster://" + ",".join(f"{LOOPBACK}:{s.port}" for s in heads)
        yield servers


def _meet(servers: list[Server]) -> None:
    for server in servers[1:]:
        with server.client() as client:
            bus = client.config_get("cluster-port")["cluster-port"]
        servers[0].ask("CLUSTER", "MEET", LOOPBACK, server.port, bus)
    for server in servers:
        until(
            "all know all",
            lambda s=server: _says(s, f"cluster_known_nodes:{len(servers)}"),
        )


def _says(server: Server, *told: str) -> bool:
    return {*told} <= {*server.ask("CLUSTER", "INFO").splitlines()}


@contextlib.contextmanager
def a_watched_master(replicas: int = 1, sentinels: int = 3) -> Iterator[Servers]:
    """A master with *replicas*, and sentinels that put one of them in its place."""
    with _servers() as servers:
        head = servers.run("repl-diskless-sync-delay 0\n")
        for _ in range(replicas):
            servers.run(f"repl-diskless-sync-delay 0\nreplicaof {LOOPBACK} {head.port}\n")
        until("replicas follow", lambda: servers.replicas_follow(replicas))
        ports = [servers.sentinel(head.port) for _ in range(sentinels)]
        until(
            "sentinels know all", lambda: all(_knows(port, sentinels, replicas) for port in ports)
        )
        watchers = ",".join(f"{LOOPBACK}:{port}" for port in ports)
        servers.url = f"redis+sentinel://{watchers}/{MASTER}"
        yield servers


def _knows(port: int, sentinels: int, replicas: int) -> bool:
    with redis.Redis(LOOPBACK, port, decode_responses=True) as sentinel:
        told: dict[str, Any] = sentinel.sentinel_master(MASTER)
    return (told["num-other-sentinels"], told["num-slaves"]) == (sentinels - 1, replicas)
