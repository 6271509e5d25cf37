"""Says in plain words what this machine lacks before Talon can be set up.

Runs on whatever Python is there, so it is written for old ones.
"""

import importlib.util
import sys

NEEDED = (3, 11)


def main():
    """Return what is lacking, or None."""
    have = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < NEEDED:
        return (
            f"Talon needs Python 3.11 or newer; {sys.executable} is {have}.\n"
            "Say which to take: make PYTHON=python3.11"
        )
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        return (
            f"Python {have} here comes without its venv module.\n"
            "Debian, Ubuntu: apt install python3-venv"
        )
    return None


sys.exit(main())
