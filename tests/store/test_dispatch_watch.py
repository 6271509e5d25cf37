"""What is watched over, on a real store: rounds, signs of life, alarms, visits of the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from redis.asyncio import Redis

from contracts.alarms import AlarmKind
from services.chassis.clock import real_now
from services.chassis.moments import to_ms
from services.dispatch.domain.alarms import Alarm
from services.dispatch.domain.tickets import State as Ticket
from services.dispatch.domain.windows import Command, State
from services.dispatch.jobs.rounds import Rounds
from services.dispatch.jobs.stores import Stores
from services.dispatch.store.branches import Branches
from services.dispatch.store.forecasts import Forecasts
from services.dispatch.store.keys import Keys
from services.dispatch.store.rules import RuleBook
from services.dispatch.store.watch import Watch
from tests.builders import RULES, at, ticket_id
from tests.store.dispatch_hall import BRANCH, Centre, kinds, told


@pytest.fixture
def centre(redis: Redis) -> Centre:
    return Centre(redis)


@pytest.fixture
def watch(redis: Redis) -> Watch:
    return Watch(redis)


def rounds(redis: Redis, centre: Centre, watch: Watch) -> Rounds:
    stores = Stores(
        Branches(redis),
        RuleBook(redis),
        centre.hall,
        centre.windows,
        centre.lines,
        centre.glances,
        watch,
        Forecasts(redis),
    )
    return Rounds(stores, lambda: at(0))


async def test_a_deferral_ends_at_its_hour(centre, watch, redis):
    """Without anybody asking; a window that is ready takes the visitor."""
    await centre.opened()
    await centre.joined(1)
    await centre.next_at()
    await centre.moved(Command.DEFER, until=at(20))
    await centre.next_at(command="ready")
    await rounds(redis, centre, watch).go(BRANCH, RULES, at(19))
    assert (await centre.window()).state is State.READY
    await rounds(redis, centre, watch).go(BRANCH, RULES, at(20))
    assert (await centre.window()).ticket == ticket_id(1)


async def test_a_silent_console_holds_neither_a_visitor_nor_a_turn(centre, watch, redis):
    """One that calls and one that is ready; not one that serves, nor one without a console."""
    for n in ("1", "2", "3"):
        await centre.opened(n, f"O{n}")
    await centre.joined(1)
    await centre.next_at("1")
    await centre.next_at("2")
    await centre.next_at("3")
    for window in ("1", "2"):
        long_ago = real_now() - RULES.lost_console - timedelta(seconds=1)
        watch.heard("BR-T", window, real_now=long_ago)
    await watch.keep_heard("BR-T")
    await rounds(redis, centre, watch).go(BRANCH, RULES, at(9))
    states = [(await centre.window(n)).state for n in ("1", "2", "3")]
    assert states[1] is State.PAUSED
    assert (await centre.lines.find("BR-T", [ticket_id(1)]))[ticket_id(1)].window == "3"
    assert states == [State.PAUSED, State.PAUSED, State.CALLING]


async def alarms(centre: Centre) -> Mapping[Alarm, datetime]:
    return (await centre.glances.look(BRANCH)).alarms


async def test_an_alarm_is_told_once_and_cleared_once(centre, watch, redis):
    """However often it is looked at."""
    alarm, other = Alarm(AlarmKind.OVER_NORM, "PASS"), Alarm(AlarmKind.IDLE, "3")
    await watch.set_alarms("BR-T", [alarm], now=at(20))
    await watch.set_alarms("BR-T", [alarm, other], now=at(21))
    assert await alarms(centre) == {alarm: at(20), other: at(21)}
    await watch.set_alarms("BR-T", [other], now=at(22))
    assert [(kind, data["subject"]) for kind, data in await told(redis)] == [
        ("alarm.raised", "PASS"),
        ("alarm.raised", "3"),
        ("alarm.cleared", "PASS"),
    ]


async def test_a_line_without_a_window_is_alarmed(centre, watch, redis):
    await centre.joined(1)
    await rounds(redis, centre, watch).look(BRANCH, RULES, at(5))
    assert list(await alarms(centre)) == [Alarm(AlarmKind.NOBODY_SERVES, "PASS")]
    await centre.opened(now=at(5))
    await rounds(redis, centre, watch).look(BRANCH, RULES, at(5))
    assert await alarms(centre) == {}


async def test_a_visit_is_on_record_with_its_length(centre, watch, redis):
    """By whom, what for, from when and how long; a repeated command adds none."""
    await centre.opened()
    await centre.joined(1)
    await centre.next_at()
    await centre.moved(Command.START, now=at(6))
    for _ in range(2):
        await centre.moved(Command.FINISH, now=at(18))
    came, visit = await watch.visits("BR-T", at(0))
    assert (came.kind, came.length) == ("came", timedelta(minutes=1))
    assert (visit.operator, visit.service, visit.began) == ("O1", "B01", at(6))
    assert visit.length == timedelta(minutes=12)
    assert await watch.visits("BR-T", at(7)) == []
    assert (await centre.lines.count("BR-T", at(0).date()))[Ticket.FINISHED] == 1
    assert (await kinds(redis)).count("service.finished") == 1


async def a_visit(redis: Redis, minute: int) -> None:
    fields = {"kind": "visit", "operator": "O1", "service": "B01", "length": 60_000}
    await redis.xadd(Keys("BR-T").visits, {**fields, "began": to_ms(at(minute))})


async def test_visits_that_were_read_before_are_those_of_a_first_look(watch, redis, monkeypatch):
    """However many came meanwhile, and from whatever hour on."""
    monkeypatch.setattr("services.dispatch.store.watch.AT_ONCE", 5)
    for minute, since in ((1, 0), (5, 0), (20, 0), (21, 10), (22, 0), (23, 23)):
        for _ in range(minute):
            await a_visit(redis, minute)
        again = await watch.visits("BR-T", at(since))
        assert again == await Watch(redis).visits("BR-T", at(since)) != []


async def test_visits_that_the_store_forgot_are_forgotten(watch, redis):
    """A store that was restored has others."""
    await a_visit(redis, 1)
    await watch.visits("BR-T", at(0))
    await redis.delete(Keys("BR-T").visits)
    assert await watch.visits("BR-T", at(0)) == []
    await a_visit(redis, 2)
    assert [visit.began for visit in await watch.visits("BR-T", at(0))] == [at(2)]
