"""The catalogue of a region that never was: branches of all sizes, made from the example's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import yaml

from services.embedded.data import EXAMPLE

LEAST, MOST = 3, 60  # windows of a branch
SPREAD: Final = 0.8  # many small branches, few large ones
SMALL, MIDDLE = 8, 30  # windows up to which a branch is like the example's small, its middle one
PEAK: Final = 10  # o'clock
WEEKDAY: Final = "mon"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the region is to be."""

    branches: int = 60
    windows: int = 1_000
    visits: float = 4.5  # that a window is asked for in the peak hour
    seed: int = 1


def region(asked: Asked) -> dict[str, Any]:
    """A catalogue file's content with exactly so many branches and windows; a seed fixes it.

    Raises:
        ValueError: so many windows do not fit into so many branches.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    example = yaml.load(EXAMPLE.read_text("utf-8"), Loader=loader)
    models = {branch["kind"]: branch for branch in example["branches"]}
    counts = sizes(asked.branches, asked.windows, Random(asked.seed))
    made = [_branch(n, count, models, asked) for n, count in enumerate(counts, start=1)]
    return example | {"branches": made}


def sizes(branches: int, windows: int, dice: Random) -> list[int]:
    """How many windows each branch has; together exactly *windows*.

    Raises:
        ValueError: they do not fit.
    """
    if not branches * LEAST <= windows <= branches * MOST:
        raise ValueError(
            f"{windows} windows do not fit into {branches} branches of {LEAST} to {MOST}"
        )
    weights = [dice.lognormvariate(0, SPREAD) for _ in range(branches)]
    share = windows / sum(weights)
    found = [min(max(round(weight * share), LEAST), MOST) for weight in weights]
    while short := windows - sum(found):
        step = 1 if short > 0 else -1
        able = [n for n, count in enumerate(found) if LEAST <= count + step <= MOST]
        found[dice.choice(able)] += step
    return found


def _branch(number: int, windows: int, models: dict[str, Any], asked: Asked) -> dict[str, Any]:
    kind = "small" if windows <= SMALL else "district" if windows <= MIDDLE else "flagship"
    model, code = models[kind], f"R{number:02}"
    peak_share = model["arrival_profile"][f"{PEAK:02}"] / sum(model["arrival_profile"].values())
    of_a_mean_day = model["weekday_weights"][WEEKDAY] / 100 * peak_share
    return model | {
        "code": code,
        "name_ru": f"Центр {number}",
        "name_en": f"Centre {number}",
        "daily_visitors": round(asked.visits * windows / of_a_mean_day),
        "weekday_shift_overrides": {},
        "windows": [
            place | {"number": n} for n, place in enumerate(_round(model["windows"], windows), 1)
        ],
        "operators": [
            operator | {"id": f"{code}-{n:02}", "window": n}
            for n, operator in enumerate(_round(_staff(model), windows), 1)
        ],
    }


def _staff(model: dict[str, Any]) -> list[dict[str, Any]]:
    """The model's operators, the most versatile first, for in a small branch they serve alone;
    all of them from the morning on.
    """
    morning = min(model["shifts"], key=lambda name: model["shifts"][name]["start"])
    staff = [operator | {"shift": morning} for operator in model["operators"]]
    return sorted(staff, key=lambda operator: len(operator["skills"]), reverse=True)


def _round(some: Sequence[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """So many of *some*, from the beginning again when they end."""
    return [some[n % len(some)] for n in range(count)]
