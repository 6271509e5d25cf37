"""`make life`: live many days at speed; say what each held, and fail if anything grows."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from services.embedded.errors import CannotRun
from tests.life import report
from tests.life.days import Look, Plan, live


def main() -> int:
    asked, console = _arguments(), Console(highlight=False, soft_wrap=True, emoji=False)
    plan = Plan(asked.days, asked.speed, asked.branch, asked.seed)
    folder = Path(tempfile.mkdtemp(prefix="talon-life-"))
    looks: list[Look] = []
    try:
        with contextlib.suppress(KeyboardInterrupt):  # what was seen so far is worth telling
            asyncio.run(live(plan, folder, looks, console))
    except CannotRun as error:
        console.print(f"{error}; see {folder}", style="red", markup=False)
        return 2
    if len(looks) < 6:
        console.print("too few days to say anything")
        return 2
    shutil.rmtree(folder, ignore_errors=True)
    growing = report.show(looks, console)
    title = f"{plan.branch}, {len(looks)} working days at {plan.speed:g} times their speed"
    report.write(looks, title, asked.out)
    wrong = sum(len(look.faults) for look in looks)
    console.print(f"{title}: {len(growing)} figures grow, {wrong} keys not as docs/keeping.md says")
    console.print(f"days.json and days.svg are in {asked.out}")
    return 1 if growing or wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.life", description=__doc__)
    parser.add_argument("--days", type=int, default=30, help="of the calendar (default: 30)")
    parser.add_argument("--speed", type=float, default=1200, help="of the days (default: 1200)")
    parser.add_argument("--branch", default="BR-D", help="whose people come (default: BR-D)")
    parser.add_argument("--seed", type=int, default=1, help="which people")
    parser.add_argument("--out", type=Path, default=Path("test-results/life"), metavar="DIR")
    asked = parser.parse_args()
    if not 60 <= asked.speed <= 3000:
        parser.error("--speed: from 60 to 3000; no machine serves people faster than that")
    if asked.days < 7:
        parser.error("--days: 7 at least")
    return asked


if __name__ == "__main__":
    sys.exit(main())
