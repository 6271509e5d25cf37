"""A break plan proposed over HTTP, on a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from contracts.envelope import Event
from services.dispatch.domain.branch import Branch
from services.dispatch.domain.breaks import Rest
from services.dispatch.store.branches import Branches
from services.dispatch.store.watch import Watch
from tests.builders import RULES, a_position, a_published_branch, a_shift, a_ticket, at
from tests.service.dispatch_server import AT, Api, dispatch
from tests.service.ticketing_server import problem
from tests.stack import Store

STAFF = {f"O{n}": ("PASS",) for n in range(1, 5)}
ONE = (a_shift(9, 18, time(13, 30)),) * 6 + (None,)
URL = f"{AT}/breaks/plan"


@pytest.fixture
async def api(store: Store, redis: Redis) -> AsyncIterator[Api]:
    """Noon; four operators do the same work, and all rest at half past one."""
    published = a_published_branch(STAFF, shifts=dict.fromkeys(STAFF, ONE))
    event = Event[Any].model_construct(id="2-0", partitionkey="BR-T", data=published)
    async with dispatch(store, redis) as api:
        await Branches(redis).publish(event)
        api.centre.branch = Branch.of(published)
        yield api


async def tickets(api: Api, redis: Redis, every: float = 8.0) -> None:
    """Somebody came every few minutes since nine, and is gone."""
    for n in range(1, int(180 / every)):
        ticket = a_ticket(n, arrived=n * every)
        await api.centre.lines.join(ticket, RULES, at=a_position(n), now=at(n * every))
        await api.centre.withdrawn(ticket, 1000 + n, at(n * every))


async def plan(api: Api, **body: Any) -> Any:
    answer = await api.client.post(URL, json={"seconds": 1} | body, timeout=60)
    assert answer.is_success, answer.text
    return answer.json()


def hours(found: Any) -> dict[str, str]:
    """Who rests when, by the branch's clock."""
    zone = a_branch_zone()
    return {
        one["operator"]: datetime.fromisoformat(one["at"]).astimezone(zone).strftime("%H:%M")
        for one in found["breaks"]
    }


def a_branch_zone() -> Any:
    return Branch.of(a_published_branch()).zone_info


async def test_a_plan_is_proposed_and_not_kept(api, redis):
    """Today's breaks within the centre's hours, from now on, and what they would change."""
    await tickets(api, redis)
    found = await plan(api)
    assert {*hours(found)} == {*STAFF}
    assert all("12:00" <= hour <= "15:00" for hour in hours(found).values())
    assert len({*hours(found).values()}) > 1
    assert 0 <= found["after"]["own_norm"] < found["before"]["own_norm"] <= 1
    assert found["days"] >= 10
    assert await api.plan() == []
    kept = await api.client.put(f"{AT}/breaks", json={"breaks": found["breaks"]})
    assert kept.json() == {"breaks": found["breaks"], "breaches": []}


async def test_breaks_that_are_over_or_under_way_stay(api, redis):
    """One was planned for ten, one is at lunch unplanned; both have had theirs."""
    await tickets(api, redis)
    await Watch(redis).plan_breaks("BR-T", {"O1": Rest(at(60), timedelta(hours=1))}, now=at(0))
    assert (await api.post("open", operator="O2", window="2")).is_success
    assert (await api.post("pause", reason="lunch", window="2")).is_success
    found = await plan(api)
    assert "O1" not in hours(found)
    assert hours(found)["O2"] == "12:00"
    assert {"O2", "O3", "O4"} == {*hours(found)}


async def test_who_has_rested_has_rested(api, redis):
    """A plan that is kept later does not forget the breaks that are over."""
    over = Rest(at(60), timedelta(hours=1))
    await Watch(redis).plan_breaks("BR-T", {"O1": over}, now=at(0))
    later = [{"operator": "O2", "at": at(300).isoformat(), "minutes": 60}]
    assert (await api.client.put(f"{AT}/breaks", json={"breaks": later})).is_success
    assert await api.plan() == [("O2", 60)]
    assert (await Watch(redis).breaks("BR-T", at(0)))["O1"] == over


async def test_without_a_ticket_nothing_is_known(api):
    """The answer says from when it can be asked again."""
    refused = problem(await api.client.post(URL, json={}), 409, "nothing-learned")
    assert refused["branch"] == "BR-T"
    assert refused["possible_from"].startswith("2026-11-23T07:30")


async def test_without_a_shift_in_the_catalogue_there_is_nothing_to_plan(api, redis):
    """The day is named."""
    event = Event[Any].model_construct(id="3-0", partitionkey="BR-T", data=a_published_branch())
    await Branches(redis).publish(event)
    refused = problem(await api.client.post(URL, json={}), 409, "nobody-on-shift")
    assert refused["day"] == "2026-11-23"


@pytest.mark.parametrize("seconds", [0, 0.5, 21, "soon"])
async def test_a_search_takes_a_second_at_least_and_twenty_at_most(api, seconds):
    answer = await api.client.post(URL, json={"seconds": seconds})
    problem(answer, 422, "invalid-request")
