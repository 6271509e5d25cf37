"""What the other services are told of a branch: everyday words stay with the kiosk."""

from __future__ import annotations

from contracts import catalogue as told
from contracts import values
from services.ticketing.domain.catalogue import Branch, Category, Operator, Service, Shift, Window
from services.ticketing.domain.hours import Hours
from services.ticketing.domain.names import Name


def published(branch: Branch) -> told.BranchPublished:
    """Return the fact that says all the others need to know of *branch*."""
    return told.BranchPublished(
        branch=branch.code,
        name=_name(branch.name),
        timezone=branch.week.timezone,
        week=tuple(map(_hours, branch.week.days)),
        last_ticket_minutes=int(branch.week.last_ticket.total_seconds() // 60),
        categories=tuple(map(_category, branch.categories)),
        skills=tuple(told.Skill(code=s.code, name=_name(s.name)) for s in branch.skills),
        services=tuple(map(_service, branch.services)),
        windows=tuple(map(_window, branch.windows)),
        operators=tuple(map(_operator, branch.operators)),
    )


def _name(name: Name) -> values.Name:
    return values.Name(ru=name.ru, en=name.en)


def _hours(hours: Hours | None) -> told.Hours | None:
    return None if hours is None else told.Hours(opens=hours.opens, closes=hours.closes)


def _category(category: Category) -> told.Category:
    return told.Category(
        code=category.code,
        prefix=category.prefix,
        spoken=category.spoken,
        name=_name(category.name),
    )


def _service(service: Service) -> told.Service:
    return told.Service(
        code=service.code,
        name=_name(service.name),
        category=service.category,
        skills=service.skills,
        minutes=service.minutes,
        documents=service.documents,
        fee=service.fee,
    )


def _window(window: Window) -> told.Window:
    return told.Window(window=window.window, zone=window.zone, accessible=window.accessible)


def _operator(operator: Operator) -> told.Operator:
    return told.Operator(
        operator=operator.operator,
        skills=operator.skills,
        helps=operator.helps,
        window=operator.window,
        shifts=tuple(map(_shift, operator.shifts)),
    )


def _shift(shift: Shift | None) -> told.Shift | None:
    if shift is None:
        return None
    return told.Shift(
        starts=shift.starts,
        ends=shift.ends,
        break_at=shift.break_at,
        break_minutes=shift.break_minutes,
    )
