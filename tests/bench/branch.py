"""A branch that no catalogue has: 300 windows, each with its operator."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from services.embedded.data import EXAMPLE

CODE = "BENCH"
WINDOWS = 300
MODEL = "BR-D"  # of the example: its services, its hours, its operators' skills
CLOCK = "2026-11-23T10:00:00+05:00@1"  # a Monday; the branch is open for ten more hours


@dataclass(frozen=True, slots=True)
class Example:
    """What the example catalogue says of our model."""

    file: dict[str, Any]
    branch: dict[str, Any]

    @classmethod
    def read(cls) -> Example:
        file = yaml.safe_load(EXAMPLE.read_text("utf-8"))
        (branch,) = [b for b in file["branches"] if b["code"] == MODEL]
        return cls(file, branch)

    @property
    def skill_sets(self) -> list[list[str]]:
        """Of the model's operators, the most versatile first, for it can serve alone."""
        sets = [operator["skills"] for operator in self.branch["operators"]]
        return sorted(sets, key=len, reverse=True)

    @property
    def mix(self) -> dict[str, float]:
        """Service -> how often it is asked for."""
        codes: dict[str, list[str]] = {}
        for service in self.file["services"]:
            if "walk_in" in service["channels"]:
                codes.setdefault(service["category"], []).append(service["code"])
        shares = self.branch["category_mix_pct"]
        return {
            code: share / len(codes[letter])
            for letter, share in shares.items()
            for code in codes.get(letter, ())
        }

    @property
    def needs(self) -> list[tuple[str, ...]]:
        """The skills that some service needs: each makes a line."""
        return sorted({tuple(sorted(s["skills"])) for s in self.file["services"]})


def operators(windows: int) -> dict[str, str]:
    """Window -> who serves there."""
    return {str(n): f"O{n:03}" for n in range(1, windows + 1)}


def write(example: Example, path: Path) -> None:
    """Write a catalogue with our branch alone, as JSON, which is YAML too."""
    sets = example.skill_sets
    branch = example.branch | {
        "code": CODE,
        "windows": [
            {"number": n, "type": "universal", "zone": "hall-1", "accessible": False}
            for n in range(1, WINDOWS + 1)
        ],
        "operators": [
            {"id": id, "window": int(window), "skills": sets[n % len(sets)]}
            for n, (window, id) in enumerate(operators(WINDOWS).items())
        ],
    }
    path.write_text(json.dumps(example.file | {"branches": [branch]}, ensure_ascii=False), "utf-8")
