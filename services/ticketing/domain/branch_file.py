"""What one branch of a catalogue file means, given the lists that all branches share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from services.ticketing.domain.catalogue import (
    Branch,
    Category,
    Operator,
    Service,
    Skill,
    Window,
)
from services.ticketing.domain.hours import WEEKDAYS, Hours, Week
from services.ticketing.domain.names import Name
from services.ticketing.domain.reading import Form, Node, alike
from services.ticketing.domain.shift_file import rostered

BRANCH: Final = Form(re.compile(r"[A-Z0-9][A-Z0-9-]{0,15}"), "BR-D")
WINDOW: Final = Form(re.compile(r"[0-9A-Za-z]{1,8}"), "7")
OPERATOR: Final = Form(re.compile(r"[0-9A-Za-z-]{1,16}"), "D01")
ZONE: Final = Form(re.compile(r"[0-9A-Za-z-]{1,16}"), "hall-1")

LONGEST_BEFORE_CLOSE: Final = 240  # minutes

_CLOCK: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_HOURS: Final = re.compile(rf"{_CLOCK}-{_CLOCK}")


@dataclass(frozen=True, slots=True)
class Shelf:
    """What all branches choose from."""

    skills: tuple[Skill, ...]
    categories: tuple[Category, ...]
    services: tuple[Service, ...]
    by_appointment: frozenset[str]  # services that nobody gets by walking in


def read_branch(node: Node, shelf: Shelf) -> Branch:
    """Return the branch that *node* describes; faults are noted in the node."""
    windows = _windows(node.field("windows"))
    operators = _operators(node.field("operators"), shelf, windows)
    services = _offered(node, shelf, operators)
    used = {skill for service in services for skill in service.skills}
    used |= {skill for operator in operators for skill in (*operator.skills, *operator.helps)}
    letters = {service.category for service in services}
    code = node.field("code").code(BRANCH)
    name = Name(node.field("name_ru").text(), node.field("name_en").text())
    week = _week(node)
    return Branch(
        code=code,
        name=name,
        week=week,
        categories=tuple(c for c in shelf.categories if c.code in letters),
        skills=tuple(skill for skill in shelf.skills if skill.code in used),
        services=services,
        windows=windows,
        operators=rostered(node, operators, week.days),
    )


def _windows(listed: Node) -> tuple[Window, ...]:
    places = [
        (
            node.field("number"),
            Window(
                window=node.field("number").code(WINDOW),
                zone=node.field("zone").code(ZONE),
                accessible=node.field("accessible").flag(),
            ),
        )
        for node in listed.items(at_least=1)
        if node.fields()
    ]
    alike(((node, window.window) for node, window in places), "window")
    return tuple(window for _, window in places)


def _operators(listed: Node, shelf: Shelf, windows: tuple[Window, ...]) -> tuple[Operator, ...]:
    known_skills = [skill.code for skill in shelf.skills]
    known_windows = [window.window for window in windows]
    places = [
        (node.field("id"), _operator(node, known_skills, known_windows))
        for node in listed.items(at_least=1)
        if node.fields()
    ]
    alike(((node, operator.operator) for node, operator in places), "operator")
    return tuple(operator for _, operator in places)


def _operator(node: Node, skills: list[str], windows: list[str]) -> Operator:
    own = _chosen(node.field("skills"), skills, at_least=1)
    helps = [] if node.field("helps").absent else _chosen(node.field("helps"), skills)
    mine = {code for _, code in own}
    for skill, code in helps:
        if code and code in mine:
            skill.wrong(
                f"skill {code} is among the operator's own already",
                "list it under skills or under helps, not under both",
            )
    place = node.field("window")
    return Operator(
        operator=node.field("id").code(OPERATOR),
        skills=tuple(code for _, code in own),
        window=None if place.absent or place.null else place.one_of(windows, "window"),
        helps=tuple(code for _, code in helps),
    )


def _chosen(listed: Node, skills: list[str], at_least: int = 0) -> list[tuple[Node, str]]:
    chosen = [(skill, skill.one_of(skills, "skill")) for skill in listed.items(at_least=at_least)]
    alike(chosen, "skill")
    return chosen


def _offered(node: Node, shelf: Shelf, operators: tuple[Operator, ...]) -> tuple[Service, ...]:
    """The services that whoever walks in may ask for, each with somebody who can give it."""
    known = [service.code for service in shelf.services]
    without = node.field("unavailable_services")
    left_out = set(shelf.by_appointment)
    if not without.absent:
        left_out |= {code.one_of(known, "service") for code in without.items()}
    services = tuple(service for service in shelf.services if service.code not in left_out)
    if node.problems:
        return services  # half-read operators would only make it look as if nobody could
    able = [{*operator.skills, *operator.helps} for operator in operators]
    for service in services:
        if not any(set(service.skills) <= skills for skills in able):
            node.field("operators").wrong(
                f"nobody can give service {service.code}: it needs {'+'.join(service.skills)}",
                f"give an operator these skills, or add {service.code} to unavailable_services",
            )
    return services


def _week(node: Node) -> Week:
    before_close = node.field("last_ticket_minutes_before_close").number(0, LONGEST_BEFORE_CLOSE)
    hours = node.field("opening_hours")
    days: tuple[Hours | None, ...] = (None,) * len(WEEKDAYS)
    if hours.fields():
        days = tuple(_hours(hours.field(day), before_close) for day in WEEKDAYS)
        if all(hours.field(day).null for day in WEEKDAYS):
            hours.wrong("never open", "give the hours of at least one day")
    timezone = node.field("timezone").one_of(_timezones(), "time zone")
    return Week(days, timedelta(minutes=before_close), timezone)


def _hours(node: Node, before_close: int) -> Hours | None:
    if node.null:
        return None
    text = "" if node.absent else node.text()
    if not _HOURS.fullmatch(text):
        error = "is missing" if node.absent else "is not a time from and a time to"
        node.wrong(error, 'write "09:00-18:00", or null for a day off')
        return None
    opens, closes = (time.fromisoformat(part) for part in text.split("-"))
    if _minutes(closes) - before_close <= _minutes(opens):
        node.wrong(
            f"gives no tickets: the last is {before_close} minutes before closing",
            "open earlier, or close later on the same day",
        )
    return Hours(opens, closes)


@cache
def _timezones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute
