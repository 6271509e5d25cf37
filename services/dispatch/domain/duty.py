"""A window's pauses and its end, wanted or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from contracts.calls import Requeued
from contracts.envelope import Fact
from contracts.windows import (
    BreakGranted,
    BreakWithdrawn,
    CloseReason,
    PauseReason,
    WindowClosed,
    WindowPaused,
    WindowResumed,
)
from services.dispatch.domain import tickets
from services.dispatch.domain.errors import NoBreakDue
from services.dispatch.domain.moves import Moved, become, check, emptied, operator_of, requeued
from services.dispatch.domain.rules import MINUTE
from services.dispatch.domain.tickets import Ticket
from services.dispatch.domain.windows import MOVES, BreakDue, Command, State, Window


def pause(window: Window, reason: PauseReason, now: datetime) -> Moved:
    """A break begins."""
    check(window, Command.PAUSE)
    paused = replace(window, state=State.PAUSED, since=now, reason=reason.value)
    told = WindowPaused(window=window.window, operator=operator_of(window), reason=reason)
    return Moved(paused, None, (told,))


def rest(window: Window, reason: PauseReason, length: timedelta, now: datetime) -> Moved:
    """A break was granted: it begins now, or when the visitor who is there has left."""
    check(window, Command.BREAK)
    if window.state in MOVES[Command.BREAK].later:
        granted = BreakGranted(
            window=window.window,
            operator=operator_of(window),
            reason=reason,
            minutes=length // MINUTE,
        )
        return Moved(replace(window, due=BreakDue(now, length, reason)), None, (granted,))
    return pause(window, reason, now)


def withdraw_break(window: Window) -> Moved:
    """The break that is due is not wanted; raises NoBreakDue."""
    check(window, Command.WITHDRAW_BREAK)
    if window.due is None:
        raise NoBreakDue(window.window)
    told = BreakWithdrawn(window=window.window, operator=operator_of(window))
    return Moved(replace(window, due=None), None, (told,))


def resume(window: Window, now: datetime) -> Moved:
    """The break is over."""
    check(window, Command.RESUME)
    free = replace(window, state=State.FREE, since=now, reason=None)
    return Moved(free, None, (WindowResumed(window=window.window, operator=operator_of(window)),))


def close(window: Window, reason: CloseReason) -> Moved:
    """Nobody serves here any more."""
    check(window, Command.CLOSE)
    closed = Window(window.window, window.zone, State.CLOSED)
    told = WindowClosed(window=window.window, operator=operator_of(window), reason=reason)
    return Moved(closed, None, (told,))


def lose(window: Window, ticket: Ticket | None, now: datetime) -> Moved:
    """The console is gone: who was called there is called elsewhere."""
    check(window, Command.LOSE)
    paused = replace(
        emptied(window, now), state=State.PAUSED, reason=PauseReason.CONSOLE_LOST.value
    )
    told: list[Fact] = []
    waits = None
    if ticket is not None:
        waits = become(ticket, tickets.Move.PUT_BACK, now)
        told.append(requeued(waits, Requeued.CONSOLE_LOST, window))
    told.append(
        WindowPaused(
            window=window.window, operator=operator_of(window), reason=PauseReason.CONSOLE_LOST
        )
    )
    return Moved(paused, waits, tuple(told))
