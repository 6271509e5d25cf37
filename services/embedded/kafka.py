"""Apache Kafka as a child: a KRaft node, how it is set up, and whether it answers."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.embedded.child import Plan
from services.embedded.errors import CannotRun
from services.embedded.ports import LOOPBACK

# Measured: 2.5 s to listen and 335 MB, against 3.4 s and 485 MB with the defaults (G1, C2).
FLAGS: Final = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
# Java reads file names by it; nothing else of ours, such as JAVA_TOOL_OPTIONS, may reach Kafka.
ENVIRONMENT: Final = {"LC_ALL": "C.UTF-8"}
_API_VERSIONS: Final = 18  # the request that every Kafka client opens with
_UNFINISHED: Final = ".formatting"


@dataclass(frozen=True, slots=True)
class Detour:
    """A second way in: who comes to *port* is told to come by *told*, where a proxy listens.

    A Kafka client asks once where the brokers are and goes there, past whatever it asked through.
    """

    name: str  # letters only
    port: int
    told: int


@dataclass(frozen=True, slots=True)
class Node:
    """One of the brokers, which all are controllers too."""

    id: int
    port: int
    controller: int
    detours: Sequence[Detour] = ()

    @property
    def name(self) -> str:
        """The first is ``kafka``, for mostly there is no other."""
        return "kafka" if self.id == 1 else f"kafka-{self.id}"


@dataclass(frozen=True, slots=True)
class Java:
    """A Java that knows Kafka's classes."""

    program: Path
    class_path: Sequence[Path]
    flags: Sequence[str] = FLAGS

    def command(self, *arguments: str) -> list[str]:
        jars = ":".join(map(str, self.class_path))
        return [str(self.program), *self.flags, "-cp", jars, *arguments]


def config_text(data: Path, node: Node, nodes: Sequence[Node] = ()) -> str:
    """The properties of *node*; *nodes* are all of the cluster if there are others.

    A static quorum, not a dynamic one: the latter writes its port into the data, and
    the same state must start on other ports. The session decides how soon a node that was
    killed may come back (default 9 s); at 3 s a busy machine made Kafka think itself dead.
    """
    nodes = nodes or (node,)
    voters = ",".join(f"{one.id}@{LOOPBACK}:{one.controller}" for one in nodes)
    copies, in_sync = len(nodes), max(len(nodes) - 1, 1)
    listeners = "".join(f",{one.name}://{LOOPBACK}:{one.port}" for one in node.detours)
    advertised = "".join(f",{one.name}://{LOOPBACK}:{one.told}" for one in node.detours)
    protocols = "".join(f",{one.name}:PLAINTEXT" for one in node.detours)
    return f"""\
process.roles=broker,controller
node.id={node.id}
controller.quorum.voters={voters}
listeners=PLAINTEXT://{LOOPBACK}:{node.port},CONTROLLER://{LOOPBACK}:{node.controller}{listeners}
advertised.listeners=PLAINTEXT://{LOOPBACK}:{node.port}{advertised}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT{protocols}
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs={_escaped(data)}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor={copies}
broker.session.timeout.ms=5000
broker.heartbeat.interval.ms=1000
offsets.topic.num.partitions=4
transaction.state.log.replication.factor={copies}
transaction.state.log.min.isr={in_sync}
transaction.state.log.num.partitions=2
share.coordinator.state.topic.replication.factor={copies}
share.coordinator.state.topic.min.isr={in_sync}
share.coordinator.state.topic.num.partitions=1
log.segment.bytes=134217728
log.index.size.max.bytes=1048576
"""


def log_config_text() -> str:
    """Kafka's log through java.util.logging: to the child's output, which is kept bounded."""
    return """\
handlers=java.util.logging.ConsoleHandler
.level=INFO
org.apache.kafka.common.config.level=WARNING
kafka.server.KafkaConfig.level=WARNING
java.util.logging.SimpleFormatter.format=%1$tFT%1$tT.%1$tL %4$s %3$s %5$s%6$s%n
"""


def plan(java: Java, template: Path, folder: Path, node: Node, nodes: Sequence[Node] = ()) -> Plan:
    """Lay out *folder*, formatted from *template* if it is new, and say how to run it."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "data"
    _format(data, template, node)
    (folder / "server.properties").write_text(config_text(data, node, nodes))
    (folder / "logging.properties").write_text(log_config_text())
    logging = f"-Djava.util.logging.config.file={folder / 'logging.properties'}"
    told = Java(java.program, java.class_path, (*java.flags, logging))
    command = told.command("kafka.Kafka", str(folder / "server.properties"))
    return Plan(node.name, command, lambda: answers(node.port), ENVIRONMENT)


def _format(data: Path, template: Path, node: Node) -> None:
    """Give a new node its first data; the rename makes it all or nothing."""
    if data.exists():
        return
    fresh = data.with_suffix(_UNFINISHED)
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(template, fresh)
    if node.id != 1:
        _rename(fresh / "meta.properties", node)
    fresh.rename(data)


def _rename(properties: Path, node: Node) -> None:
    """The template is the first node's; Kafka takes no two folders of one id."""
    known = hashlib.sha256(node.name.encode()).digest()[:16]
    directory = base64.urlsafe_b64encode(known).decode().rstrip("=")
    told = re.sub(r"(?m)^node\.id=.*$", f"node.id={node.id}", properties.read_text())
    properties.write_text(re.sub(r"(?m)^directory\.id=.*$", f"directory.id={directory}", told))


def answers(port: int) -> bool:
    """Whether a broker there answers the first request of a client."""
    request = struct.pack(">hhih", _API_VERSIONS, 0, 1, -1)  # version, correlation, no client id
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1) as connection:
            connection.settimeout(5)
            connection.sendall(struct.pack(">i", len(request)) + request)
            return len(connection.recv(8)) > 0
    except OSError:
        return False


def _escaped(path: Path) -> str:
    """A path in a Java properties file: ASCII, the rest by code units.

    Raises:
        CannotRun: Kafka takes a comma for the next folder.
    """
    if "," in str(path):
        raise CannotRun(f"Kafka cannot work in {path}: a comma in the name; choose another --state")
    units = str(path).replace("\\", "\\\\").encode("utf-16-be")
    codes = (unit for (unit,) in struct.iter_unpack(">H", units))
    return "".join(chr(code) if code < 0x7F else f"\\u{code:04x}" for code in codes)
