"""Settings of a service: read once from the environment and secret files, then frozen."""

from __future__ import annotations

import ipaddress
import os
from typing import Annotated, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from services.chassis.address import Address
from services.chassis.clock import Clock, ClockError


class ServiceSettings(BaseSettings):
    """What every service must know. ``TALON_<NAME>``, or a file of that name in lower case
    in ``TALON_SECRETS_DIR``.
    """

    model_config = SettingsConfigDict(env_prefix="TALON_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int
    redis: SecretStr  # an address may hold a password
    store_copies: int = Field(0, ge=0)
    """Replicas that have a change before it is answered."""
    kafka: Annotated[tuple[str, ...], NoDecode]
    clock: str = "real"
    addresses: dict[str, str] = {}
    log: str = "info"
    open: bool = False

    @field_validator("kafka", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.split(",")) if isinstance(value, str) else value

    @field_validator("kafka")
    @classmethod
    def _host_and_port(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for server in value:
            host, _, port = server.rpartition(":")
            if not host or not port.isdigit():
                raise ValueError(f'"{server}" has no port; write host:9092,host:9092')
        return value

    @field_validator("redis")
    @classmethod
    def _url(cls, value: SecretStr) -> SecretStr:
        Address.parse(value.get_secret_value())
        return value

    @field_validator("log")
    @classmethod
    def _level(cls, value: str) -> str:
        if value not in {"debug", "info", "warning", "error"}:
            raise ValueError(f'"{value}" is no level; write debug, info, warning or error')
        return value

    @field_validator("clock")
    @classmethod
    def _clock(cls, value: str) -> str:
        try:
            Clock.parse(value)
        except ClockError as error:
            raise ValueError(str(error)) from None
        return value

    @model_validator(mode="after")
    def _strangers(self) -> ServiceSettings:
        """Without logins a service answers this machine only, unless told in so many words."""
        if not self.open and not _is_loopback(self.host):
            raise ValueError(
                f"TALON_HOST: {self.host} would answer strangers, and there are no logins yet;"
                " write 127.0.0.1, or set TALON_OPEN=yes if a proxy or firewall keeps them out"
            )
        return self


S = TypeVar("S", bound=ServiceSettings)


class SettingsError(SystemExit):
    """Settings that a service cannot start with; the message says which, why and the mend."""


def load(kind: type[S]) -> S:
    """Read settings of *kind*.

    Raises:
        SettingsError: a value is missing or wrong.
    """
    try:
        return kind(_secrets_dir=os.environ.get("TALON_SECRETS_DIR"))
    except ValidationError as error:
        raise SettingsError("\n".join(_complaint(e) for e in error.errors())) from None


def _complaint(error: object) -> str:
    match error:
        case {"type": "missing", "loc": (str(name),)}:
            return f"TALON_{name.upper()}: is missing; set it in the environment"
        case {"loc": (str(name), *_), "msg": str(message)}:
            return f"TALON_{name.upper()}: {message.removeprefix('Value error, ')}"
        case {"msg": str(message)}:
            return message.removeprefix("Value error, ")
    raise AssertionError(f"unexpected complaint {error!r}")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
