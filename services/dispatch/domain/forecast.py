"""When each waiting ticket is likely to be called: the branch is run forward many times.

What is known is a snapshot: who waits with which promise, what every window is doing, whose break
is due, which bookings are still to come. What is not known is drawn anew for every run: how long
visits take, who does not come, who comes by law ahead of all. The runs follow the same rules as
the calls themselves, so that a forecast knows whatever the rules know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from contracts.values import Standing
from services.dispatch.domain.breaks import Rest
from services.dispatch.domain.durations import Habits, Minutes
from services.dispatch.domain.forecast_draws import course_of
from services.dispatch.domain.forecast_kernel import forward
from services.dispatch.domain.rules import MINUTE, Rules
from services.dispatch.domain.skills import Abilities
