"""A branch, a service, an operator for the world's tests: every default is boring."""

from datetime import date
from typing import Any, Final

from services.world.catalogue import Branch, Operator, Service

MONDAY: Final = date(2026, 11, 23)
THURSDAY: Final = date(2026, 11, 26)
SATURDAY: Final = date(2026, 11, 28)
SUNDAY: Final = date(2026, 11, 29)
WEEK: Final = ("mon", "tue", "wed", "thu", "fri")


def a_service(code: str, minutes: float = 10, skills: tuple[str, ...] = ("ISSUE",)) -> Service:
    return Service(code=code, category=code[0], duration_min=minutes, skills=frozenset(skills))


def an_operator(name: str, window: int = 1, **other: Any) -> Operator:
    values = {"id": name, "window": window, "shift": "full", "skills": ["ISSUE"], **other}
    return Operator.model_validate(values)


def a_branch(**other: Any) -> Branch:
    """Open 08:00-20:00 on weekdays, 09:00-17:00 on Saturday, one operator at window 1 of 1."""
    values: dict[str, Any] = {
        "code": "BR-T",
        "timezone": "Asia/Yekaterinburg",
        "opening_hours": dict.fromkeys(WEEK, "08:00-20:00") | {"sat": "09:00-17:00", "sun": None},
        "daily_visitors": 300,
        "weekday_weights": dict.fromkeys(WEEK, 110) | {"sat": 60, "sun": 0},
        "arrival_profile": dict.fromkeys(range(8, 20), 10),
        "category_mix_pct": {"A": 50, "D": 50},
        "shifts": {
            "full": {"start": "08:00", "end": "20:00", "break_minutes": 60},
            "early": {"start": "08:00", "end": "17:00", "break_minutes": 60},
            "late": {"start": "11:00", "end": "20:00", "break_minutes": 60},
        },
        "windows": [{"number": 1, "zone": "hall"}],
        "operators": [an_operator("T01").model_dump()],
    }
    return Branch.model_validate(values | other)
