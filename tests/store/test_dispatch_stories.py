"""What dispatch hears of tickets, on a real store: repeats, gaps, cancels, the end of a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from redis.asyncio import Redis

from contracts.rules import RulesPublished
from services.dispatch.domain.tickets import State as Ticket
from services.dispatch.domain.windows import Command, State
from tests.builders import DAY, RULES, a_position, a_ticket, at, ticket_id
from tests.store.dispatch_hall import BRANCH, KEYS, Centre, told

END = BRANCH.end_of(DAY)


@pytest.fixture
def centre(redis: Redis) -> Centre:
    return Centre(redis)


async def test_an_event_heard_twice_changes_nothing(centre, redis):
    await centre.joined(1)
    await centre.joined(1)
    assert await redis.zrange(KEYS.line("2:PASS"), 0, -1) == [ticket_id(1)]


async def test_a_missing_event_is_noticed_and_the_story_goes_on(centre):
    assert await centre.joined(1) == [(None, None)]
    assert await centre.joined(3) == [("1-0", None)]
    assert await centre.joined(2) == [(None, None)]  # told again later: no alarm
    assert await centre.lines.pass_by(a_position(4)) is None


async def test_a_cancelled_ticket_leaves_its_line(centre, redis):
    await centre.joined(1)
    await centre.withdrawn(a_ticket(1), 2, at(3))
    assert await redis.zcard(KEYS.line("2:PASS")) == 0
    assert (await centre.lines.count("BR-T", DAY)) == {Ticket.CANCELLED: 1}


async def test_a_ticket_cancelled_after_its_call_frees_the_window(centre, redis):
    await centre.opened()
    await centre.joined(1)
    await centre.next_at()
    await centre.withdrawn(a_ticket(1), 2, at(7))
    assert (await centre.window("1")).state is State.FREE
    kind, data = (await told(redis))[-1]
    assert (kind, data["reason"]) == ("ticket.no_show", "cancelled")
    assert (await centre.lines.count("BR-T", DAY)) == {Ticket.CANCELLED: 1}


async def test_a_visitor_who_is_served_cannot_be_cancelled(centre):
    await centre.opened()
    await centre.joined(1)
    await centre.next_at()
    await centre.moved(Command.START)
    await centre.withdrawn(a_ticket(1), 2, at(7))
    assert (await centre.window("1")).state is State.SERVING


async def test_a_cancel_heard_before_its_issue_stands(centre, redis):
    """The issue was lost and told again later: the ticket does not come back to life."""
    await centre.withdrawn(a_ticket(1), 2, at(3))
    await centre.joined(1)
    assert await redis.zcard(KEYS.line("2:PASS")) == 0


async def test_what_ended_is_forgotten_a_day_later(centre):
    await centre.opened()
    await centre.joined(1, 2)
    await centre.next_at()
    await centre.moved(Command.NO_SHOW)
    await centre.lines.close_day(DAY, RULES, ends=END, at=a_position(3), now=at(600))
    assert (await centre.lines.count("BR-T", DAY)).total() == 2
    tomorrow = DAY + timedelta(days=1)
    await centre.lines.close_day(tomorrow, RULES, ends=END, at=a_position(4), now=at(600))
    assert (await centre.lines.count("BR-T", DAY)) == {Ticket.WAITING: 1}


async def test_windows_close_with_the_day(centre, redis):
    """Who is still there is let go, and says why; one opened after that day is another day's."""
    for window in ("1", "2", "3"):
        opened_at = END if window == "3" else at(0)
        await centre.opened(window, f"O{window}", now=opened_at)
    await centre.joined(1)
    await centre.next_at()
    await centre.lines.close_day(DAY, RULES, ends=END, at=a_position(2), now=at(600))
    states = [window.state for window in await centre.windows.read_all(BRANCH)][:3]
    assert states == [State.CLOSED, State.CLOSED, State.FREE]
    reasons = {(kind, data["window"]): data["reason"] for kind, data in (await told(redis))[4:]}
    assert reasons == {
        ("ticket.no_show", "1"): "day_end",
        ("window.closed", "1"): "day_end",
        ("window.closed", "2"): "day_end",
    }
    assert await redis.hgetall(KEYS.operators) == {"O3": "3"}


async def test_a_ticket_of_a_day_that_is_over_waits_nowhere(centre, redis):
    """Should dispatch hear the whole log again: a ready window is not given last week's visitor."""
    await centre.lines.close_day(DAY, RULES, ends=END, at=a_position(1), now=at(600))
    await centre.opened(now=at(601))
    await centre.next_at()
    assert await centre.joined(2) == [(None, None)]
    assert (await centre.window("1")).state is State.READY
    assert await redis.zcard(KEYS.line("2:PASS")) == 0


async def test_rules_are_told_again_when_a_day_is_over_and_once(centre, redis):
    """Kafka forgets what is a month old; a store that is rebuilt needs them all the same."""
    published = RulesPublished(version="7", order="7 of 2026", since=at(0))
    await redis.hset(KEYS.rules, "7", published.model_dump_json())
    for _ in range(2):
        await centre.lines.close_day(DAY, RULES, ends=END, at=a_position(1), now=at(600))
    ((kind, rules),) = await told(redis)
    assert (kind, RulesPublished(**rules)) == ("rules.published", published)


async def test_every_key_has_an_owner(centre, redis):
    """No key beyond those that keys.py names; answers expire."""
    await centre.opened()
    await centre.joined(1, 2)
    await centre.next_at()
    known = {
        KEYS.outbox, KEYS.told, KEYS.windows, KEYS.tickets, KEYS.ready, KEYS.live,
        KEYS.heard("talon.tickets"), KEYS.line("2:PASS"), KEYS.operators, KEYS.peopled,
        KEYS.calls_since, KEYS.arrivals,
    }  # fmt: skip
    for key in await redis.keys():
        assert key in known or (":answer:" in key and await redis.pttl(key) > 0), key
