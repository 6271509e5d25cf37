"""Which jars make up our Apache Kafka, each by version and SHA-256.

The lock is made once for each Kafka version. Resolve with Maven, in a folder whose pom.xml
depends on org.apache.kafka:kafka_2.13 and org.slf4j:slf4j-jdk14 (Kafka's log into
java.util.logging), then let this module download and hash what it names::

    mvn dependency:list -DincludeScope=runtime -DoutputFile=list.txt
    python -m services.embedded.lock list.txt
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import httpx

MAVEN: Final = "https://repo1.maven.org/maven2"
LOCK: Final = Path(__file__).parent / "kafka.lock.json"

_RESOLVED = re.compile(r"^\s*([\w.\-]+):([\w.\-]+):jar:([\w.\-]+)(?::(?:compile|runtime))?\b")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class LockError(ValueError):
    """A lock file that nobody should start from."""


@dataclass(frozen=True, slots=True)
class Jar:
    path: str  # below the address of a Maven repository
    size: int  # bytes
    sha256: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Lock:
    kafka: str  # version
    jars: tuple[Jar, ...]

    @property
    def size(self) -> int:
        """All jars together, in bytes."""
        return sum(jar.size for jar in self.jars)

    @property
    def fingerprint(self) -> str:
        """Changes when any jar or their order on the class path does."""
        return hashlib.sha256(" ".join(jar.sha256 for jar in self.jars).encode()).hexdigest()[:12]


def parse(text: str) -> Lock:
    """Read a lock.

    Raises:
        LockError: it is damaged, or names a file outside the repository.
    """
    try:
        content = json.loads(text)
        lock = Lock(content["kafka"], tuple(Jar(**jar) for jar in content["jars"]))
    except (ValueError, TypeError, KeyError) as error:
        raise LockError(f"kafka.lock.json is damaged ({error!r}); install Talon again") from None
    for jar in lock.jars:
        if not _SHA256.fullmatch(jar.sha256) or jar.size <= 0:
            raise LockError(f"kafka.lock.json: {jar.path} has no usable size and SHA-256")
        if jar.path.startswith("/") or ".." in jar.path.split("/"):
            raise LockError(f"kafka.lock.json: {jar.path} lies outside the repository")
    if len({jar.name for jar in lock.jars}) < len(lock.jars) or not lock.jars:
        raise LockError("kafka.lock.json: every jar needs a name of its own")
    return lock


def locked() -> Lock:
    """The jars that this Talon was built with."""
    return parse(LOCK.read_text())


def resolved_paths(listing: Iterable[str]) -> list[str]:
    """Repository paths of the jars in the output of ``mvn dependency:list``, sorted."""
    found = filter(None, map(_RESOLVED.match, listing))
    return sorted(
        f"{group.replace('.', '/')}/{artifact}/{version}/{artifact}-{version}.jar"
        for group, artifact, version in (match.groups() for match in found)
    )


def relock(listing: Path) -> None:
    """Download what *listing* names and write the lock."""
    maven = os.environ.get("TALON_MAVEN", MAVEN)
    jars = []
    with httpx.Client(timeout=60, follow_redirects=True) as http:
        for path in resolved_paths(listing.read_text().splitlines()):
            answer = http.get(f"{maven}/{path}").raise_for_status()
            digest = hashlib.sha256(answer.content).hexdigest()
            jars.append(Jar(path, len(answer.content), digest))
    [broker] = [jar for jar in jars if "/kafka/kafka_2." in jar.path]
    content = {"kafka": broker.path.split("/")[-2], "jars": [asdict(jar) for jar in jars]}
    LOCK.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    relock(Path(sys.argv[1]))
