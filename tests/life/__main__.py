"""`make life`: live many days at speed; say what each held, and fail if anything grows."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from services.embedded.errors import CannotRun
from tests.life.days import Plan, live


def main() -> int:
    asked, console = _arguments(), Console(highlight=False, soft_wrap=True)
    folder = Path(tempfile.mkdtemp(prefix="talon-life-"))
    asked.out.mkdir(parents=True, exist_ok=True)
    plan = Plan(asked.days, asked.speed, asked.branch, asked.seed)
    try:
        lived = asyncio.run(live(plan, folder, console))
    except CannotRun as error:
        console.print(f"{error}; see {folder}", style="red", markup=False)
        return 2
    (asked.out / "life.json").write_text(json.dumps(lived, indent=1))
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.life", description=__doc__)
    parser.add_argument("--days", type=int, default=30, help="of the calendar (default: 30)")
    parser.add_argument("--speed", type=float, default=1200, help="of the days (default: 1200)")
    parser.add_argument("--branch", default="BR-D", help="whose people come (default: BR-D)")
    parser.add_argument("--seed", type=int, default=1, help="which people")
    parser.add_argument("--out", type=Path, default=Path("test-results/life"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
