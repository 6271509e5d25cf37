"""Where the tests' store and broker come from: the environment, else containers, else embedded.

Whichever it is, it is a real Valkey or Redis and a real Apache Kafka. ``TALON_TEST_STORE=cluster``
or ``sentinel`` runs the same tests on several servers.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from services.embedded.options import Options
from services.embedded.ports import Ports
from services.embedded.stack import Stack
from tests.cluster.servers import a_cluster, a_watched_master
from tests.prometheus import docker_answers, image_of

_SEVERAL = {"cluster": a_cluster, "sentinel": a_watched_master}


@dataclass(frozen=True, slots=True)
class Store:
    """A Valkey or Redis; *url* as Redis clients take it."""

    url: str


def origin(variable: str) -> str:
    """Where a server comes from, for the header of the test run."""
    if os.environ.get(variable):
        return f"the environment ({variable})"
    if variable == "TALON_TEST_REDIS" and (several := os.environ.get("TALON_TEST_STORE")):
        return f"embedded, {several}"
    return "a container" if docker_answers() else "embedded, for no Docker answers"


@contextlib.contextmanager
def a_store() -> Iterator[Store]:
    """A store of its own for the tests."""
    if url := os.environ.get("TALON_TEST_REDIS"):
        yield Store(url)
    elif several := os.environ.get("TALON_TEST_STORE"):
        with _SEVERAL[several]() as servers:
            yield Store(servers.url)
    elif docker_answers():
        valkey = DockerContainer(image_of("valkey")).with_exposed_ports(6379)
        valkey.waiting_for(LogMessageWaitStrategy("Ready to accept connections"))
        with valkey:
            port = valkey.get_exposed_port(6379)
            yield Store(f"redis://{valkey.get_container_host_ip()}:{port}/0")
    else:
        with _embedded("valkey") as stack:
            yield Store(stack.redis)


@contextlib.contextmanager
def a_broker() -> Iterator[str]:
    """The address of a broker of its own for the tests."""
    if address := os.environ.get("TALON_TEST_KAFKA"):
        yield address
    elif docker_answers():
        with _kafka_container() as address:
            yield address
    else:
        with _embedded("kafka") as stack:
            yield stack.kafka


@contextlib.contextmanager
def _kafka_container() -> Iterator[str]:
    port = Ports.free().kafka
    kafka = DockerContainer(image_of("kafka")).with_bind_ports(9092, port)
    for name, value in {
        "NODE_ID": "1",
        "PROCESS_ROLES": "broker,controller",
        "LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
        "ADVERTISED_LISTENERS": f"PLAINTEXT://localhost:{port}",
        "CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "AUTO_CREATE_TOPICS_ENABLE": "false",
    }.items():
        kafka.with_env(f"KAFKA_{name}", value)
    kafka.waiting_for(LogMessageWaitStrategy("Kafka Server started"))
    with kafka:
        yield f"localhost:{port}"


@contextlib.contextmanager
def _embedded(*servers: str) -> Iterator[Stack]:
    with (
        tempfile.TemporaryDirectory(prefix="talon-") as state,
        Stack(Options.servers(Path(state), *servers)) as stack,
    ):
        yield stack


@contextlib.contextmanager
def a_talon(
    clock: str, branches: tuple[str, ...] = ("BR-D",), state: Path | None = None
) -> Iterator[Stack]:
    """A whole Talon of its own: broker, store and three services as processes."""
    with contextlib.ExitStack() as exits:
        home = state or Path(exits.enter_context(tempfile.TemporaryDirectory(prefix="talon-")))
        options = Options(state=home, ports=Ports.free(), clock=clock, branches=branches)
        yield exits.enter_context(Stack(options))
