"""What ticketing answers over HTTP, and how it is made of its own values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from pydantic import BaseModel, ConfigDict

from services.ticketing.domain.catalogue import Branch
from services.ticketing.domain.days import Tally
from services.ticketing.domain.hours import Door
from services.ticketing.domain.tickets import State, Ticket


class Shape(BaseModel):
    """Read from our own values by the names of their fields."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class NameShape(Shape):
    """A name in both languages."""

    ru: str
    en: str


class BranchShape(Shape):
    """Which branch it is."""

    code: str
    name: NameShape
    timezone: str

    @classmethod
    def of(cls, branch: Branch) -> BranchShape:
        return cls(
            code=branch.code,
            name=NameShape.model_validate(branch.name),
            timezone=branch.week.timezone,
        )


class BranchesShape(Shape):
    """All branches."""

    branches: Sequence[BranchShape]


class HoursShape(Shape):
    """The hours of one day."""

    opens: datetime
    closes: datetime
    last_ticket: datetime


class CategoryShape(Shape):
    """A group of services."""

    code: str
    prefix: str
    name: NameShape


class ServiceShape(Shape):
    """A service as the kiosk offers it."""

    code: str
    name: NameShape
    category: str
    minutes: int
    documents: Sequence[str]
    fee: int | None
    aliases: Sequence[str]
    skills: Sequence[str]


class HallShape(Shape):
    """What a visitor who comes to a branch finds there at one moment."""

    branch: BranchShape
    open: bool
    now: datetime
    hours: HoursShape | None  # today's
    next_opening: datetime | None  # after now
    categories: Sequence[CategoryShape]
    services: Sequence[ServiceShape]

    @classmethod
    def of(cls, branch: Branch, door: Door, now: datetime) -> HallShape:
        return cls(
            branch=BranchShape.of(branch),
            open=door.open,
            now=now.astimezone(UTC),
            hours=door.today and HoursShape.model_validate(door.today),
            next_opening=door.next_opening,
            categories=[CategoryShape.model_validate(c) for c in branch.categories],
            services=[ServiceShape.model_validate(s) for s in branch.services],
        )


class TicketShape(Shape):
    """A ticket as its holder may see it: whoever has its id may look, so nothing of standing."""

    id: str
    number: str
    state: State
    branch: str
    service: str
    service_name: NameShape
    issued_at: datetime
    window: str | None
    called_at: datetime | None
    deferred_until: datetime | None
    call_between: tuple[datetime, datetime] | None = None  # in 80 of 100 cases

    @classmethod
    def of(cls, ticket: Ticket, expected: tuple[datetime, datetime] | None = None) -> TicketShape:
        return cls.model_validate(ticket).model_copy(update={"call_between": expected})


class TallyShape(Shape):
    """How many of a day's tickets stand where."""

    branch: str
    day: date
    tickets: dict[State, int]
    total: int

    @classmethod
    def of(cls, tally: Tally) -> TallyShape:
        return cls.model_validate(tally)
