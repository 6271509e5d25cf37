"""Apache Kafka as a child: one KRaft node, how it is set up, and whether it answers."""

from __future__ import annotations

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
class Java:
    """A Java that knows Kafka's classes."""

    program: Path
    class_path: Sequence[Path]
    flags: Sequence[str] = FLAGS

    def command(self, *arguments: str) -> list[str]:
        jars = ":".join(map(str, self.class_path))
        return [str(self.program), *self.flags, "-cp", jars, *arguments]


def config_text(data: Path, port: int, controller_port: int) -> str:
    """The node's properties.

    A static quorum of one, not a dynamic one: the latter writes its port into the data, and
    the same state must start on other ports. The session decides how soon a node that was
    killed may come back (default 9 s); at 3 s a busy machine made Kafka think itself dead.
    """
    return f"""\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{LOOPBACK}:{controller_port}
listeners=PLAINTEXT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller_port}
advertised.listeners=PLAINTEXT://{LOOPBACK}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs={_escaped(data)}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=1
broker.session.timeout.ms=5000
broker.heartbeat.interval.ms=1000
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=2
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
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


def plan(java: Java, template: Path, folder: Path, port: int, controller_port: int) -> Plan:
    """Lay out *folder*, formatted from *template* if it is new, and say how to run it."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "data"
    _format(data, template)
    (folder / "server.properties").write_text(config_text(data, port, controller_port))
    (folder / "logging.properties").write_text(log_config_text())
    logging = f"-Djava.util.logging.config.file={folder / 'logging.properties'}"
    told = Java(java.program, java.class_path, (*java.flags, logging))
    command = told.command("kafka.Kafka", str(folder / "server.properties"))
    return Plan("kafka", command, lambda: answers(port), ENVIRONMENT)


def _format(data: Path, template: Path) -> None:
    """Give a new node its first data; the rename makes it all or nothing."""
    if data.exists():
        return
    fresh = data.with_suffix(_UNFINISHED)
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(template, fresh)
    fresh.rename(data)


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
