"""A small catalogue and moments of its branch: every default is boring."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from services.ticketing.domain.catalogue import Branch
from services.ticketing.domain.catalogue_file import read_catalogue

MONDAY = date(2026, 11, 23)
SATURDAY = date(2026, 11, 28)
SUNDAY = date(2026, 11, 29)
ZONE = ZoneInfo("Asia/Yekaterinburg")


def at(wall: str, day: date = MONDAY) -> datetime:
    """The moment when the branch's clock shows *wall*: "09:15" or "09:15:30"."""
    return datetime.combine(day, time.fromisoformat(wall), ZONE).astimezone(UTC)


def a_service(code: str, *skills: str, **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name_ru": f"Услуга {code}",
        "name_en": f"Service {code}",
        "category": code[0],
        "duration_min": 15,
        "documents": ["Паспорт"],
        "fee_rub": 300,
        "aliases_ru": ["прописка"],
        "skills": list(skills),
    } | changes


def a_branch_file(code: str = "BR-T", **changes: Any) -> dict[str, Any]:
    weekdays = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-18:00")
    return {
        "code": code,
        "name_ru": "Филиал",
        "name_en": "Branch",
        "timezone": "Asia/Yekaterinburg",
        "opening_hours": weekdays | {"sat": "09:00-14:00", "sun": None},
        "last_ticket_minutes_before_close": 15,
        "unavailable_services": ["D02"],
        "windows": [
            {"number": 1, "zone": "hall", "accessible": True},
            {"number": 2, "zone": "hall", "accessible": False},
        ],
        "operators": [
            {"id": "T01", "window": 1, "skills": ["PASS", "BIO"]},
            {"id": "T02", "skills": ["PASS", "REAL"]},
        ],
    } | changes


def a_file(**changes: Any) -> dict[str, Any]:
    """Four services in two categories; BR-T does not offer D02."""
    return {
        "version": 1,
        "skills": [
            {"code": c, "name_ru": c, "name_en": c} for c in ("PASS", "BIO", "REAL", "ZAGS")
        ],
        "categories": [
            {"code": c, "ticket_prefix": p, "prefix_spoken_ru": s, "name_ru": p, "name_en": c}
            for c, p, s in (("B", "Б", "бэ"), ("D", "Д", "дэ"), ("F", "Ф", "эф"))
        ],
        "services": [
            a_service("B01", "PASS"),
            a_service("B07", "PASS", "BIO"),
            a_service("D01", "REAL", fee_rub=None),
            a_service("D02", "REAL", "BIO"),
            a_service("F01", "ZAGS", channels=["appointment"]),
        ],
        "branches": [a_branch_file()],
    } | changes


def a_branch(**changes: Any) -> Branch:
    """BR-T as ticketing knows it."""
    return read_catalogue(a_file(branches=[a_branch_file(**changes)])).branches[0]
