"""Who serves instead of this tree's build: a broken one, the next release, an older one."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.chaos.faults import SERVICES, second

HERE: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Build:
    """A program that serves the service which is named behind *arguments*, from the tree *root*."""

    arguments: tuple[str, ...]
    root: Path = HERE

    def command(self, service: str) -> list[str]:
        """What to run. Nothing but *root* and the libraries is loaded: not where we stand (-P)."""
        return [sys.executable, "-P", *self.arguments, service]


NEWER: Final = Build(("-m", "tests.chaos.newer"))


def lacking(name: str) -> Build:
    """One that lacks a guarantee."""
    return Build(("-m", "tests.chaos.broken", name))


def older(commit: str, folder: Path) -> Build:
    """What this tree was at *commit*, any name that git knows; it is laid out in *folder*.

    Raises
    ------
    subprocess.CalledProcessError
        If git has no such commit.
    """
    tree = subprocess.run(
        ["git", "archive", "--format=tar", commit, "services", "contracts"],
        cwd=HERE,
        check=True,
        stdout=subprocess.PIPE,
    )
    with tarfile.open(fileobj=io.BytesIO(tree.stdout)) as packed:
        packed.extractall(folder, filter="data")
    return Build(("-m", "services.cli", "serve"), folder)


def beside(build: Build) -> Mapping[str, Build]:
    """The second instance of every service runs *build*."""
    return {second(service): build for service in SERVICES}
