"""A branch at a glance, on a real store: all that is there, and nothing old."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from contracts.alarms import AlarmKind
from contracts.values import Standing
from services.chassis.copies import Call, Script
from services.chassis.moments import to_ms
from services.dispatch.domain.alarms import Alarm
from services.dispatch.domain.windows import Command, State
from services.dispatch.store.glances import Glance, Line
from services.dispatch.store.watch import Watch
from tests.builders import a_position, a_ticket, at, ticket_id
from tests.store.dispatch_hall import BRANCH, KEYS, Centre


@pytest.fixture
def centre(redis: Redis) -> Centre:
    return Centre(redis)


async def look(centre: Centre) -> Glance:
    return await centre.glances.look(BRANCH)


def lines(glance: Glance) -> list[Line]:
    return [line for line in glance.lines if line.waiting]


async def test_an_empty_branch_has_closed_windows_and_empty_lines(centre):
    glance = await look(centre)
    assert [window.window for window in glance.windows] == list(BRANCH.windows)
    assert {window.state for window in glance.windows} == {State.CLOSED}
    assert [line.line for line in glance.lines] == list(BRANCH.lines)
    assert glance.waiting == 0


async def test_all_standings_of_a_line_are_told_together(centre):
    """How many; who came first and whom a promise binds first may be two."""
    await centre.joined(1)
    early = replace(a_ticket(2, arrived=2, standing=Standing.STATUTORY), promise=at(3))
    await centre.lines.join(early, centre.rules, at=a_position(2), now=at(2))
    await centre.joined(3, line="REAL")
    glance = await look(centre)
    assert [(line.line, line.waiting, line.oldest) for line in lines(glance)] == [
        ("PASS", 2, at(1)),
        ("REAL", 1, at(3)),
    ]
    assert lines(glance)[0].next_promise == at(3)
    assert glance.waiting == 3


async def test_a_line_of_no_service_is_shown_while_somebody_is_in_it(centre):
    """As of a visitor who was sent to a certain window."""
    await centre.joined(1, line="@window-1+PASS")
    assert [line.line for line in lines(await look(centre))] == ["@window-1+PASS"]
    await centre.opened()
    await centre.next_at()
    assert "@window-1+PASS" not in [line.line for line in (await look(centre)).lines]


async def test_who_is_called_is_at_the_window_and_in_no_line(centre):
    await centre.opened()
    await centre.joined(1)
    await centre.next_at()
    glance = await look(centre)
    assert glance.windows[0] == await centre.window()
    assert glance.visitors == await centre.lines.find("BR-T", [ticket_id(1)])
    assert lines(glance) == []


async def test_who_is_deferred_is_due_at_their_hour(centre):
    await centre.opened()
    await centre.joined(1)
    await centre.next_at()
    await centre.moved(Command.DEFER, until=at(20))
    glance = await look(centre)
    assert (glance.due(at(19)), glance.due(at(20))) == ([], [ticket_id(1)])


async def test_a_sign_of_life_is_no_news(centre, redis):
    """Or every page would be told every ten seconds; and who gave none for long is silent."""
    watch, before = Watch(redis), await look(centre)
    watch.heard("BR-T", "2", real_now=at(0))
    await watch.keep_heard("BR-T")
    after = await look(centre)
    assert after == before
    assert after.silent(at(0)) == {"2"}
    assert after.silent(at(0) - timedelta(milliseconds=1)) == frozenset()


async def test_whatever_changes_is_news(centre, redis):
    """Each against the one before, and never a mixture of the two."""
    seen = [await look(centre)]
    await centre.opened()
    seen.append(await look(centre))
    await centre.joined(1)
    seen.append(await look(centre))
    await centre.next_at()
    seen.append(await look(centre))
    await Watch(redis).set_alarms("BR-T", [Alarm(AlarmKind.OVER_NORM, "PASS")], now=at(6))
    seen.append(await look(centre))
    await centre.lines.set_head_starts("BR-T", {"PASS": timedelta(minutes=2)})
    seen.append(await look(centre))
    assert all(one != other for one, other in pairwise(seen))
    assert seen[-1].alarms == {Alarm(AlarmKind.OVER_NORM, "PASS"): at(6)}
    assert seen[-1].head_starts == {"PASS": timedelta(minutes=2)}
    fresh = await Centre(redis).glances.look(BRANCH)
    assert fresh == seen[-1]


async def test_the_store_itself_forbids_a_look_to_write(redis):
    write = Script(b"return redis.call('SET', KEYS[1], 'x')", reads=True)
    (refused,) = await redis.make([Call(write, [KEYS.closed], [to_ms(at(0))])])
    assert isinstance(refused, ResponseError)
    assert await redis.exists(KEYS.closed) == 0
