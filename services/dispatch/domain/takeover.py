"""Who comes to a window: one operator, one window, one visitor; taking over only if confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.calls import ServiceStarted, TicketRecalled
from contracts.envelope import Fact
from contracts.windows import CloseReason, WindowClosed, WindowOpened
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.errors import IllegalMove, OperatorBusy, WindowTaken
from services.dispatch.domain.skills import Abilities
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import Command, State, Window, legal


@dataclass(frozen=True, slots=True)
class Place:
    """A window and who is there."""

    window: Window
    ticket: Ticket | None


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The windows as they are from now on."""

    operator: str
    places: tuple[Place, ...]
    facts: tuple[Fact, ...]


def open_window(
    branch: Branch,
    seen: Mapping[str, tuple[Place, str, str]],
    window: str,
    operator: str,
    *,
    confirmed: bool,
    now: datetime,
) -> TakenOver:
    """Let *operator* serve at *window*; a visit that goes on goes on with them, or here.

    Raises:
        IllegalMove: they serve there already.
        OperatorBusy: they serve elsewhere, which is not confirmed, or both windows have a visitor.
        WindowTaken: somebody else serves there, which is not confirmed.
    """
    here = seen[window][0]
    elsewhere = next((place for name, (place, *_) in seen.items() if name != window), None)
    if here.window.operator == operator:
        raise IllegalMove(window, Command.OPEN, here.window.state, legal(here.window.state))
    both = elsewhere is not None and here.ticket is not None and elsewhere.ticket is not None
    if elsewhere is not None and (both or not confirmed):
        raise OperatorBusy(operator, elsewhere.window.window, may_take_over=not both)
    if here.window.operator is not None and not confirmed:
        raise WindowTaken(window, here.window.operator)
    place, person = branch.window(window), branch.operator(operator)
    opened = Window(window, place.zone, State.FREE, operator, Abilities.of(person, place), now)
    facts: list[Fact] = [_closed(p.window) for p in (here, elsewhere) if p and p.window.operator]
    facts.append(
        WindowOpened(window=window, operator=operator, skills=person.skills, helps=person.helps)
    )
    staying = here if here.ticket is not None else elsewhere
    ticket = None
    if staying is not None and staying.ticket is not None:
        opened = _with_visit(opened, staying.window)
        if staying is elsewhere:
            ticket = replace(staying.ticket, window=window)
            facts.append(_moved_along(opened, staying.ticket))
    places = [Place(opened, ticket)]
    if elsewhere is not None:
        was = elsewhere.window
        places.append(Place(Window(was.window, was.zone, State.CLOSED), None))
    return TakenOver(operator, tuple(places), tuple(facts))


def _with_visit(opened: Window, was: Window) -> Window:
    return replace(
        opened,
        state=was.state,
        since=was.since,
        ticket=was.ticket,
        number=was.number,
        call=was.call,
        recalls=was.recalls,
        recalled=was.recalled,
    )


def _closed(window: Window) -> WindowClosed:
    assert window.operator is not None
    return WindowClosed(
        window=window.window, operator=window.operator, reason=CloseReason.TAKEN_OVER
    )


def _moved_along(window: Window, ticket: Ticket) -> Fact:
    """Says where the visitor is to go, or is."""
    assert window.call is not None
    if window.state is State.SERVING:
        return ServiceStarted(
            call=window.call, ticket=ticket.id, window=window.window, service=ticket.service
        )
    return TicketRecalled(
        call=window.call,
        ticket=ticket.id,
        number=ticket.number,
        window=window.window,
        zone=window.zone,
        times=window.recalls + 1,
    )
