"""Values for tests: every default is boring."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from contracts.catalogue import (
    BranchPublished,
    Category,
    Hours,
    Operator,
    Service,
    Shift,
    Skill,
    Window,
)
from contracts.envelope import Position
from contracts.values import Name, Standing
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.tickets import Ticket

DAY = date(2026, 11, 23)
T0 = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 09:00 at BR-T


RULES = Rules()


def at(minutes: float) -> datetime:
    """So many minutes after the branch opened."""
    return T0 + timedelta(minutes=minutes)


def a_name(text: str) -> Name:
    return Name(ru=text, en=text)


def an_operator(
    name: str,
    skills: tuple[str, ...],
    helps: tuple[str, ...] = (),
    shifts: tuple[Shift | None, ...] = (),
) -> Operator:
    """O1 sits at window 1."""
    window = name.removeprefix("O")
    return Operator(operator=name, skills=skills, helps=helps, window=window, shifts=shifts)


def a_published_branch(
    operators: dict[str, tuple[str, ...]] | None = None,
    windows: int = 5,
    helps: dict[str, tuple[str, ...]] | None = None,
    accessible: tuple[str, ...] = (),
    shifts: Mapping[str, tuple[Shift | None, ...]] | None = None,
) -> BranchPublished:
    """BR-T: services of one, two and other skills; operators as given."""
    staff = operators or {"O1": ("PASS",), "O2": ("PASS", "REAL"), "O3": ("BIO", "PASS", "REAL")}
    needs = {"B01": ("PASS",), "D01": ("REAL",), "B07": ("PASS", "BIO")}
    return BranchPublished(
        branch="BR-T",
        name=a_name("Test"),
        timezone="Asia/Yekaterinburg",
        week=(Hours(opens=time(9), closes=time(18)),) * 6 + (None,),
        last_ticket_minutes=15,
        categories=(Category(code="B", prefix="Б", spoken="бэ", name=a_name("Passports")),),
        skills=tuple(Skill(code=c, name=a_name(c)) for c in ("BIO", "PASS", "REAL")),
        services=tuple(
            Service(
                code=code,
                name=a_name(code),
                category=code[0],
                skills=skills,
                minutes=15,
                documents=("Паспорт",),
                fee=0,
            )
            for code, skills in needs.items()
        ),
        windows=tuple(
            Window(window=str(n), zone="hall", accessible=str(n) in accessible)
            for n in range(1, windows + 1)
        ),
        operators=tuple(
            an_operator(o, skills, (helps or {}).get(o, ()), (shifts or {}).get(o, ()))
            for o, skills in staff.items()
        ),
    )


def a_shift(starts: int = 9, ends: int = 18, break_at: time | None = None) -> Shift:
    """From hour to hour, with a break of an hour or none."""
    minutes = 0 if break_at is None else 60
    return Shift(starts=time(starts), ends=time(ends), break_at=break_at, break_minutes=minutes)


def a_branch(
    operators: dict[str, tuple[str, ...]] | None = None,
    windows: int = 5,
    helps: dict[str, tuple[str, ...]] | None = None,
    accessible: tuple[str, ...] = (),
) -> Branch:
    return Branch.of(a_published_branch(operators, windows, helps, accessible))


def ticket_id(n: int) -> str:
    return f"BR-T-{n:020}"


def a_ticket(
    n: int, line: str = "PASS", arrived: float = 0, standing: Standing = Standing.ORDINARY
) -> Ticket:
    """The n-th ticket of the day; *arrived* in minutes after opening."""
    return Ticket(
        id=ticket_id(n),
        number=f"Б {n:03}",
        service="B01",
        line=line,
        day=DAY,
        arrived=at(arrived),
        standing=standing,
        promise=at(arrived + 15),
        plain=at(arrived + 15),
    )


def a_position(n: int, topic: str = "talon.tickets", previous: int | None = None) -> Position:
    """The n-th event of a topic about BR-T."""
    before = n - 1 if previous is None else previous
    return Position(topic, "BR-T", f"{n}-0", f"{before}-0")
