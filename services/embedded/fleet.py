"""The three services as children: their environment, and whether they are ready."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

from services.embedded.child import Plan
from services.embedded.options import SERVICES, Options
from services.embedded.ports import LOOPBACK, Ports


def kafka_address(options: Options) -> str:
    """For TALON_KAFKA."""
    ports = [node.port for node in options.brokers] or [options.ports.kafka]
    return ",".join(f"{LOOPBACK}:{port}" for port in ports)


def redis_address(ports: Ports) -> str:
    """For TALON_REDIS. The services share one store; their keys bear their names."""
    return f"redis://{LOOPBACK}:{ports.valkey}/0"


def addresses(ports: Ports) -> dict[str, str]:
    """Where browsers reach the services."""
    return {name: f"http://localhost:{ports.of(name)}" for name in SERVICES}


def environment(name: str, options: Options, clock: str) -> dict[str, str]:
    """What service *name* reads at its start. What the caller names goes last, and wins."""
    return {
        "TALON_HOST": LOOPBACK,
        "TALON_PORT": str(options.ports.of(name)),
        "TALON_REDIS": redis_address(options.ports),
        "TALON_KAFKA": kafka_address(options),
        "TALON_CLOCK": clock,
        "TALON_ADDRESSES": json.dumps(addresses(options.ports)),
        **options.environment,
    }


def plan(name: str, options: Options, clock: str, base: Mapping[str, str] = os.environ) -> Plan:
    """How to run service *name*; *base* is the environment that it inherits."""
    command = [sys.executable, "-m", "services.cli", "serve", name]
    return Plan(
        name,
        command,
        lambda: _is_ready(options.ports.of(name)),
        dict(base) | environment(name, options, clock),
    )


def _is_ready(port: int) -> bool:
    # The standard client: asked many times a second, httpx would load its certificates each time.
    connection = HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
