"""Where a real Grafana comes from, and how one is run on the deployed provisioning."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.prometheus import DEPLOY, ROOT, docker_answers, free_port, image_of, wait_for

PASSWORD = "only-for-this-test"


class NoGrafana(Exception):
    """There is no Grafana here; the message says what was tried."""


def words(settings: dict[str, str], folder: Path) -> list[str]:
    """How to start Grafana: TALON_TEST_GRAFANA (its home), PATH, or a container.

    Raises:
        NoGrafana: it is nowhere to be had.
    """
    if home := os.environ.get("TALON_TEST_GRAFANA"):
        for program in (Path(home, "bin", "grafana"), Path(home, "bin", "grafana-server")):
            if program.is_file():
                return _server(str(program), home)
        raise NoGrafana(f"TALON_TEST_GRAFANA: there is no {home}/bin/grafana")
    if program_found := shutil.which("grafana") or shutil.which("grafana-server"):
        return _server(program_found, "/usr/share/grafana")
    if docker_answers():
        run = ["docker", "run", "--rm", "--network=host", f"--user={os.getuid()}"]
        given = [word for name, value in settings.items() for word in ("-e", f"{name}={value}")]
        mounts = [word for at in (ROOT, folder) for word in ("-v", f"{at}:{at}")]
        return [*run, *given, *mounts, image_of("grafana")]
    raise NoGrafana(
        "no Grafana: TALON_TEST_GRAFANA is not set, PATH has none, Docker does not answer"
    )


def _server(program: str, home: str) -> list[str]:
    command = [program] if program.endswith("-server") else [program, "server"]
    return [*command, f"--homepath={home}"]


@contextlib.contextmanager
def running(prometheus: str, folder: Path) -> Iterator[httpx.Client]:
    """A Grafana provisioned as in production, asking *prometheus*; yields a client of it."""
    port = free_port()
    settings = {
        "GF_SERVER_HTTP_ADDR": "127.0.0.1",
        "GF_SERVER_HTTP_PORT": str(port),
        "GF_SECURITY_ADMIN_PASSWORD": PASSWORD,
        "GF_PATHS_DATA": str(folder / "data"),
        "GF_PATHS_LOGS": str(folder / "logs"),
        "GF_PATHS_PLUGINS": str(folder / "plugins"),
        "GF_PATHS_PROVISIONING": str(DEPLOY / "grafana" / "provisioning"),
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "TALON_PROMETHEUS": prometheus,
        "TALON_DASHBOARDS": str(DEPLOY / "grafana" / "dashboards"),
    }
    command = words(settings, folder)
    with (
        (folder / "grafana.log").open("w") as log,
        subprocess.Popen(
            command, cwd=folder, env=os.environ | settings, stdout=log, stderr=log
        ) as child,
    ):
        try:
            wait_for(f"http://127.0.0.1:{port}/api/health", child, folder / "grafana.log")
            with httpx.Client(
                base_url=f"http://127.0.0.1:{port}", auth=("admin", PASSWORD), trust_env=False
            ) as client:
                yield client
        finally:
            child.terminate()
