"""What a real store keeps of arrivals and of tidying, and what is learned of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from contracts.envelope import Event
from contracts.values import Standing
from services.chassis.measurements import Measurements
from services.chassis.worker import Worker
from services.dispatch.domain.arrivals import Taken
from services.dispatch.domain.breaks import Rest
from services.dispatch.domain.load import Kind, Visit
from services.dispatch.domain.windows import Command
from services.dispatch.jobs.forecaster import ADVICE_WITHIN, Forecaster
from services.dispatch.store.branches import Branches
from services.dispatch.store.forecasts import FIRST, Forecasts
from services.dispatch.store.keys import Keys
from services.dispatch.store.watch import AT_ONCE, Watch
from tests.builders import RULES, a_branch, a_position, a_published_branch, a_shift, a_ticket, at
from tests.store.dispatch_hall import BRANCH, Centre

ZONE = BRANCH.zone_info
HOUR = timedelta(hours=1)


@pytest.fixture
def centre(redis: Redis) -> Centre:
    return Centre(redis)


@pytest.fixture
def forecasts(redis: Redis) -> Forecasts:
    return Forecasts(redis)


@pytest.fixture
def forecaster(centre: Centre) -> Iterator[Forecaster]:
    worker = Worker("forecasts")
    yield Forecaster(centre.stores, worker, Measurements("dispatch"), lambda: at(0))
    worker.close()


async def took(redis: Redis) -> list[tuple[str, float]]:
    """What took its time: kind and minutes."""
    visits = await Watch(redis).visits("BR-T", at(0))
    return [(one.kind.value, one.length / timedelta(minutes=1)) for one in visits]


async def test_a_ticket_that_is_taken_is_an_arrival(centre, forecasts):
    """Once, however often it is heard, and also when a ready window takes it in at once."""
    await centre.opened()
    await centre.next_at()
    await centre.joined(1)
    await centre.joined(2, standing=Standing.STATUTORY)
    await centre.joined(2)
    taken = await forecasts.taken("BR-T", FIRST, ZONE)
    assert [ticket for _, ticket in taken] == [
        Taken(at(1).astimezone(ZONE), "PASS", "B01", Standing.ORDINARY),
        Taken(at(2).astimezone(ZONE), "PASS", "B01", Standing.STATUTORY),
    ]
    assert await forecasts.taken("BR-T", taken[0][0], ZONE) == taken[1:]
    assert await forecasts.taken("BR-T", taken[1][0], ZONE) == []


async def test_tidying_is_what_it_takes_while_somebody_waits(centre, redis):
    """From the end of a visit till the next call."""
    await centre.opened()
    await centre.joined(1, 2)
    await centre.next_at()
    await centre.moved(Command.START, now=at(6))
    await centre.moved(Command.FINISH, now=at(18))
    for _ in range(2):
        await centre.next_at(command="again", now=at(20))
    assert await took(redis) == [("came", 1), ("visit", 12), ("tidied", 2)]


async def test_who_comes_during_the_tidying_says_nothing_of_it(centre, redis):
    """The operator may have had nothing to do; nor does a call after a pause or a no-show."""
    await centre.opened()
    await centre.joined(1)
    await centre.next_at()
    await centre.moved(Command.START, now=at(6))
    await centre.moved(Command.FINISH, now=at(18))
    await centre.joined(19)
    await centre.next_at(command="fresh", now=at(20))
    await centre.moved(Command.NO_SHOW, now=at(22))
    await centre.joined(23)
    await centre.next_at(command="free", now=at(24))
    assert [kind for kind, _ in await took(redis)] == ["came", "visit", "missed"]


async def test_what_was_seen_is_learned_once(centre, forecaster, forecasts):
    """Each arrival and each tidying, and what was learned before it was so is still read."""
    await forecasts.learn("BR-T", await forecasts.learned("BR-T"))
    await centre.opened()
    await centre.joined(1, 2)
    await centre.next_at()
    await centre.moved(Command.START, now=at(6))
    await centre.moved(Command.FINISH, now=at(18))
    await centre.next_at(command="again", now=at(24))
    for _ in range(2):
        await forecaster.forecast(BRANCH, RULES, at(30), ADVICE_WITHIN)
    learned = await forecasts.learned("BR-T")
    assert learned.arrivals.today is not None
    assert learned.arrivals.today.tickets == {"PASS": {18: 2.0}}
    assert learned.durations.tidying.count == 1
    assert learned.durations.habits.tidying > 1.5


async def test_what_was_learned_before_arrivals_were_is_still_read(redis, forecasts):
    """An instance of the last release has written it."""
    await forecasts.learn("BR-T", await forecasts.learned("BR-T"))
    await redis.hdel(Keys("BR-T").learned, "arrivals", "heard")
    kept = await forecasts.learned("BR-T")
    assert (kept.arrivals.today, kept.heard) == (None, FIRST)


async def test_all_visits_of_a_day_are_read_however_many(redis):
    """Not only the newest thousand; and none of the day before."""
    fields: dict[Any, Any] = {"operator": "O1", "service": "B01", "length": 60_000}
    for n in range(2 * AT_ONCE + 5):
        began = {"kind": "visit", "began": int(at(n / 10 - 1).timestamp() * 1000)}
        await redis.xadd(Keys("BR-T").visits, fields | began)
    visits = await Watch(redis).visits("BR-T", at(0))
    assert len(visits) == 2 * AT_ONCE - 5
    minute = timedelta(minutes=1)
    assert visits[0] == Visit("O1", "B01", at(0), minute, Kind.VISIT)
    assert [one.began for one in visits] == sorted(one.began for one in visits)


async def test_the_plan_of_the_day_is_what_was_planned_and_else_what_is_usual(redis):
    """Also the breaks that are over, but none of yesterday's."""
    noon = a_shift(9, 18, break_at=at(180).astimezone(ZONE).time())
    shifts = dict.fromkeys(("O1", "O2", "O3"), (noon,) * 7)
    branch = a_branch().of(a_published_branch(shifts=shifts))
    watch = Watch(redis)
    over, yesterday = Rest(at(30), HOUR), Rest(at(30) - 24 * HOUR, HOUR)
    await watch.plan_breaks("BR-T", {"O1": over, "O2": yesterday}, now=at(0))
    usual = Rest(at(180), HOUR)
    assert await watch.day_plan(branch, at(200)) == {"O1": over, "O2": usual, "O3": usual}


async def test_a_forecast_counts_those_still_to_come(redis, centre, forecaster, forecasts):
    """One window, and somebody every three minutes: promises will break that nobody has yet."""
    event = Event[Any].model_construct(id="1-0", partitionkey="BR-T", data=a_published_branch())
    await Branches(redis).publish(event)
    await centre.opened()
    for n in range(1, 41):
        ticket = a_ticket(n, arrived=n * 3)
        await centre.lines.join(ticket, RULES, at=a_position(n), now=at(n * 3))
        if n < 37:
            await centre.lines.withdraw(
                ticket.id, ticket.number, ticket.day, RULES, at=a_position(100 + n), now=at(n * 3)
            )
    await forecaster.forecast(BRANCH, RULES, at(121), ADVICE_WITHIN)
    outlook = await forecasts.get("BR-T")
    assert outlook is not None
    assert outlook.broken["PASS"] > 4
