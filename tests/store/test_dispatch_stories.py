"""What dispatch hears of tickets, on a real store: repeats, gaps, cancels, the end of a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from redis.asyncio import Redis

from services.dispatch.domain.tickets import State as Ticket
from services.dispatch.domain.windows import Command, State
from services.dispatch.store.lines import Lines
from services.dispatch.store.windows import Windows
from tests.builders import DAY, a_position, at, ticket_id
from tests.store.dispatch_hall import BRANCH, KEYS, joined, moved, next_at, opened, told

END = BRANCH.end_of(DAY)


@pytest.fixture
def windows(redis: Redis) -> Windows:
    return Windows(redis)


@pytest.fixture
def lines(redis: Redis) -> Lines:
    return Lines(redis)


async def test_an_event_heard_twice_changes_nothing(lines, redis):
    await joined(lines, 1)
    await joined(lines, 1)
    assert await redis.zrange(KEYS.line("PASS"), 0, -1) == [ticket_id(1)]


async def test_a_missing_event_is_noticed_and_the_story_goes_on(lines):
    assert await joined(lines, 1) == [(None, None)]
    assert await joined(lines, 3) == [("1-0", None)]
    assert await joined(lines, 2) == [(None, None)]  # told again later: no alarm
    assert await lines.pass_by(a_position(4)) is None


async def test_a_cancelled_ticket_leaves_its_line(lines, redis):
    await joined(lines, 1)
    await lines.withdraw(ticket_id(1), "Б 001", DAY, at=a_position(2), now=at(3))
    assert await redis.zcard(KEYS.line("PASS")) == 0
    assert (await lines.count("BR-T", DAY)) == {Ticket.CANCELLED: 1}


async def test_a_ticket_cancelled_after_its_call_frees_the_window(windows, lines, redis):
    await opened(windows)
    await joined(lines, 1)
    await next_at(windows)
    await lines.withdraw(ticket_id(1), "Б 001", DAY, at=a_position(2), now=at(7))
    assert (await windows.read(BRANCH, "1")).state is State.FREE
    kind, data = (await told(redis))[-1]
    assert (kind, data["reason"]) == ("ticket.no_show", "cancelled")
    assert (await lines.count("BR-T", DAY)) == {Ticket.CANCELLED: 1}


async def test_a_visitor_who_is_served_cannot_be_cancelled(windows, lines):
    await opened(windows)
    await joined(lines, 1)
    await next_at(windows)
    await moved(windows, Command.START)
    await lines.withdraw(ticket_id(1), "Б 001", DAY, at=a_position(2), now=at(7))
    assert (await windows.read(BRANCH, "1")).state is State.SERVING


async def test_a_cancel_heard_before_its_issue_stands(lines, redis):
    """The issue was lost and told again later: the ticket does not come back to life."""
    await lines.withdraw(ticket_id(1), "Б 001", DAY, at=a_position(2), now=at(3))
    await joined(lines, 1)
    assert await redis.zcard(KEYS.line("PASS")) == 0


async def test_what_ended_is_forgotten_a_day_later(windows, lines):
    await opened(windows)
    await joined(lines, 1, 2)
    await next_at(windows)
    await moved(windows, Command.NO_SHOW, reason="absent")
    await lines.close_day(DAY, ends=END, at=a_position(3), now=at(600))
    assert (await lines.count("BR-T", DAY)).total() == 2
    tomorrow = DAY + timedelta(days=1)
    await lines.close_day(tomorrow, ends=END, at=a_position(4), now=at(600))
    assert (await lines.count("BR-T", DAY)) == {Ticket.WAITING: 1}


async def test_idle_windows_close_with_the_day(windows, lines, redis):
    """One that serves goes on; one that was opened after that day is another day's."""
    for window in ("1", "2", "3"):
        opened_at = END if window == "3" else at(0)
        await windows.open(BRANCH, window, f"O{window}", command=window, now=opened_at)
    await joined(lines, 1)
    await next_at(windows)
    await lines.close_day(DAY, ends=END, at=a_position(2), now=at(600))
    states = [window.state for window in await windows.read_all(BRANCH)][:3]
    assert states == [State.CALLING, State.CLOSED, State.FREE]
    kind, data = (await told(redis))[-1]
    assert (kind, data["window"], data["reason"]) == ("window.closed", "2", "day_end")


async def test_every_key_has_an_owner(windows, lines, redis):
    """No key beyond those that keys.py names; answers expire."""
    await opened(windows)
    await joined(lines, 1, 2)
    await next_at(windows)
    known = {
        KEYS.outbox, KEYS.told, KEYS.windows, KEYS.tickets, KEYS.ready, KEYS.live,
        KEYS.heard("talon.tickets"), KEYS.line("PASS"),
    }  # fmt: skip
    for key in await redis.keys():
        assert key in known or (":answer:" in key and await redis.pttl(key) > 0), key
