"""What the jobs look at, handed over by app.py."""

from __future__ import annotations

from dataclasses import dataclass

from services.dispatch.store.branches import Branches
from services.dispatch.store.forecasts import Forecasts
from services.dispatch.store.glances import Glances
from services.dispatch.store.hall import Hall
from services.dispatch.store.lines import Lines
from services.dispatch.store.rules import RuleBook
from services.dispatch.store.watch import Watch
from services.dispatch.store.windows import Windows


@dataclass(frozen=True, slots=True)
class Stores:
    """What the jobs look at."""

    branches: Branches
    rules: RuleBook
    hall: Hall
    windows: Windows
    lines: Lines
    glances: Glances
    watch: Watch
    forecasts: Forecasts
