"""What a reader did not hear is noted, on a real store, until it hears it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from contracts.envelope import FIRST, Position
from services.chassis import stories
from services.chassis.clock import real_now
from services.chassis.gaps import LATEST, SOONEST, Gap, open_gaps, put
from services.chassis.redis import connect
from services.dispatch.store.keys import Keys
from services.ops import store as doctor
from services.ops.findings import Health
from services.ops.place import UsedStore
from tests.stack import Store

TOPIC, BRANCH = "talon.tickets", "BR-T"
STORY = 12
"""Events of a story."""


async def hear(redis: Redis, *events: tuple[int, int], branch: str = BRANCH) -> list[str | None]:
    """Events, each with the one that it says it follows; what each finds missing."""
    return [
        await stories.pass_by(redis, Keys(branch).heard(TOPIC), position)
        for position in (Position(TOPIC, branch, f"{n}-0", f"{p}-0") for n, p in events)
    ]


async def open_now(redis: Redis, branch: str = BRANCH) -> list[tuple[str, str]]:
    gaps = await open_gaps(redis, "dispatch")
    return sorted((g.after, g.until) for g in gaps if (g.topic, g.partitionkey) == (TOPIC, branch))


async def test_a_whole_story_has_no_gap(redis):
    """Nor has one of which some came again."""
    assert await hear(redis, (1, 0), (2, 1), (2, 1), (1, 0), (3, 2)) == [None] * 5
    assert await redis.keys("*gaps*") == []


async def test_what_is_missing_is_noted_until_it_is_heard(redis):
    """In as many pieces as it comes."""
    assert await hear(redis, (1, 0), (5, 4)) == [None, "1-0"]
    assert await open_now(redis) == [("1-0", "4-0")]
    await hear(redis, (2, 1))
    assert await open_now(redis) == [("2-0", "4-0")]
    await hear(redis, (4, 3))
    assert await open_now(redis) == [("2-0", "3-0")]
    await hear(redis, (3, 2), (6, 5))
    assert await redis.keys("*gaps*") == []


async def test_a_piece_from_the_middle_leaves_two_gaps(redis):
    await hear(redis, (1, 0), (9, 8), (5, 4))
    assert await open_now(redis) == [("1-0", "4-0"), ("5-0", "8-0")]


async def test_gaps_of_two_stories_do_not_meet(redis):
    """Though they stand in one hash of the shard, and one key begins like the other."""
    namesakes = [f"{BRANCH}{n}" for n in range(400)]
    other = next(b for b in namesakes if Keys(b).outbox == Keys(BRANCH).outbox)
    await hear(redis, (5, 4))
    await hear(redis, (5, 4), branch=other)
    await hear(redis, *((n, n - 1) for n in range(1, 5)))
    assert await open_now(redis) == []
    assert await open_now(redis, other) == [(FIRST, "4-0")]


async def test_what_a_source_forgot_is_no_gap(redis):
    """Its story goes back: nothing is missing that it could tell again."""
    assert await hear(redis, (1, 0), (2, 1), (3, 2), (9, 1)) == [None, None, None, "3-0"]
    assert await open_now(redis) == []


async def test_a_gap_that_moved_is_not_written_over(redis):
    """Whoever asks notes it only if nobody filled it meanwhile: it would be open for ever."""
    await hear(redis, (1, 0), (4, 3))
    (gap,) = await open_gaps(redis, "dispatch")
    asked = gap.asked_for(real_now())
    await hear(redis, (2, 1))
    assert not await put(redis, "dispatch", gap, asked)
    assert not await put(redis, "dispatch", gap, None)
    assert await open_now(redis) == [("2-0", "3-0")]


async def test_of_two_who_ask_at_once_one_does(redis):
    await hear(redis, (1, 0), (4, 3))
    (gap,) = await open_gaps(redis, "dispatch")
    asked = gap.asked_for(real_now())
    assert [await put(redis, "dispatch", gap, asked) for _ in range(2)] == [True, False]
    (noted,) = await open_gaps(redis, "dispatch")
    assert noted.asked is not None
    assert not noted.is_due(real_now())
    await hear(redis, (2, 1))
    (moved,) = await open_gaps(redis, "dispatch")
    assert moved.is_due(real_now()), "what moves is asked for at once"


def test_a_gap_that_stays_is_asked_for_less_and_less():
    """Each time after twice as long, up to a bound."""
    now = real_now()
    gap, pauses = Gap(TOPIC, BRANCH, "1-0", "2-0").asked_for(now), []
    for _ in range(10):
        pause = timedelta()
        while not gap.is_due(now + pause):
            pause += timedelta(seconds=1)
        pauses.append(pause)
        now += pause
        gap = gap.asked_for(now)
    assert pauses[:4] == [SOONEST, SOONEST, 2 * SOONEST, 4 * SOONEST]
    assert pauses[-1] == LATEST


def missing(heard: Sequence[int]) -> list[tuple[str, str]]:
    """The plain twin: all that is between the first and the newest heard, and was not."""
    gaps, last = [], 0
    for n in sorted({*heard}):
        if n > last + 1:
            gaps.append((f"{last}-0", f"{n - 1}-0"))
        last = n
    return sorted(gaps)


def following(numbers: Iterable[int]) -> list[tuple[int, int]]:
    return [(n, n - 1) for n in numbers]


@pytest.fixture(scope="module")
def url(store: Store) -> str:
    return store.url


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(heard=st.lists(st.integers(1, STORY), max_size=2 * STORY))
async def test_the_gaps_are_what_is_missing(url: str, heard: list[int]):
    """In whatever order, with whatever losses and repeats; told again they are closed."""
    redis = connect(url)
    try:
        await redis.flushall()
        await hear(redis, *following(heard))
        assert await open_now(redis) == missing(heard)
        await hear(redis, *following(range(1, STORY + 1)))
        assert await open_now(redis) == []
    finally:
        await redis.aclose()


async def test_the_doctor_says_what_is_missing(redis, store):
    """Yellow while it may still be told again, red if it was asked for in vain for long."""
    assert await says(store.url) == (Health.GREEN, "it heard all that it knows to be told")
    await hear(redis, (1, 0), (4, 3))
    health, found = await says(store.url)
    assert health is Health.YELLOW
    assert "talon.tickets of BR-T after 1-0" in found
    (gap,) = await open_gaps(redis, "dispatch")
    await put(redis, "dispatch", gap, gap.asked_for(real_now() - timedelta(minutes=6)))
    assert (await says(store.url))[0] is Health.RED


async def says(url: str) -> tuple[Health, str]:
    findings = await doctor.examine(UsedStore(url, ["dispatch"], 0))
    (gaps,) = [one for one in findings if one.what == "gaps of dispatch"]
    return gaps.health, gaps.found
