"""Files that ship with the embedded run."""

from pathlib import Path
from typing import Final

EXAMPLE: Final = Path(__file__).parent / "catalogue.yaml"
"""The example catalogue: 180 services, 12 skills, three branches."""

RULES: Final = Path(__file__).parent / "rules.yaml"
"""The rules of a centre, all of them as they are by default."""
