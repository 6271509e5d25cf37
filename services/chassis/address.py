"""Where a store is: one server, the master that sentinels name, or a cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, unquote, urlsplit

MEND = (
    "write redis://host:6379/0, redis+sentinel://host:26379,host:26379/<name of the master>"
    " or redis+cluster://host:6379,host:6379"
)


class Way(StrEnum):
    """How the servers of a store stand to each other."""

    ONE = "one"
    SENTINEL = "sentinel"
    CLUSTER = "cluster"


class AddressError(ValueError):
    """Not the address of a store; the message says why and the mend."""


@dataclass(frozen=True, slots=True)
class Address:
    """Of a store. With sentinels *servers* are those, and the password is the store's."""

    way: Way
    url: str = field(repr=False)
    servers: tuple[tuple[str, int], ...] = ()
    master: str = ""
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False

    @classmethod
    def parse(cls, url: str) -> Address:
        """Read *url*.

        Raises:
            AddressError: it is none.
        """
        try:
            parts = urlsplit(url)
        except ValueError:
            raise AddressError(f"this is no URL; {MEND}") from None
        scheme, _, way = parts.scheme.partition("+")
        if parts.scheme in {"redis", "rediss", "unix"}:
            return cls(Way.ONE, url)
        if scheme not in {"redis", "rediss"} or way not in {Way.SENTINEL, Way.CLUSTER}:
            raise AddressError(f"this is no URL of a store; {MEND}")
        user, _, hosts = parts.netloc.rpartition("@")
        username, _, password = user.partition(":")
        return cls(
            Way(way),
            url,
            tuple(_server(server) for server in hosts.split(",")),
            _master(Way(way), parts),
            unquote(username) or None,
            unquote(password) or None,
            scheme == "rediss",
        )

    def __str__(self) -> str:
        """Without the password, for people."""
        if self.way is Way.ONE:
            parts = urlsplit(self.url)
            return f"{parts.hostname}:{parts.port or 6379}" if parts.hostname else parts.path
        servers = ",".join(f"{host}:{port}" for host, port in self.servers)
        return f"{self.master} of {servers}" if self.master else servers


def _master(way: Way, parts: SplitResult) -> str:
    name = parts.path.strip("/")
    if way is Way.SENTINEL and not name:
        raise AddressError(f"this does not name the master that the sentinels watch; {MEND}")
    if way is Way.CLUSTER and name:
        raise AddressError(f'a cluster has one database, leave "/{name}" out; {MEND}')
    return name


def _server(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise AddressError(f'"{text}" is no host with a port; {MEND}')
    return host.strip("[]"), int(port)
