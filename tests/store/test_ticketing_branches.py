"""Publishing branches on a real store."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from contracts.catalogue import BranchPublished
from services.chassis.redis import told_between
from services.ticketing.domain.catalogue import Branch
from services.ticketing.domain.errors import IdempotencyKeyReused, UnknownBranch
from services.ticketing.domain.published import published
from services.ticketing.store.branches import Branches
from services.ticketing.store.keys import Keys
from tests.unit.ticketing.builders import a_branch, at

NOON = at("12:00")


@pytest.fixture
def branches(redis: Redis) -> Branches:
    return Branches(redis)


async def publish(
    branches: Branches, branch: Branch, command: str, *, asked: str | None = None
) -> bool:
    fact = published(branch)
    return await branches.publish(
        branch, fact, asked=asked or str(hash(branch)), command=command, now=NOON
    )


async def test_a_branch_is_read_as_it_was_published(branches, redis):
    """Also by another instance."""
    assert await publish(branches, a_branch(), "c1")
    assert await branches.get("BR-T") == a_branch()
    assert await Branches(redis).all() == [a_branch()]


async def test_a_published_branch_is_told(branches, redis):
    """One fact that says all, on the catalogue's own topic."""
    await publish(branches, a_branch(), "c1")
    ((_, event),) = await told_between(redis, Keys("BR-T").outbox)
    assert (event["topic"], event["type"]) == ("talon.catalogue", BranchPublished.TYPE)
    assert BranchPublished.model_validate_json(event["data"]) == published(a_branch())


async def test_what_did_not_change_is_not_told_again(branches, redis):
    """A catalogue may be brought in every night."""
    await publish(branches, a_branch(), "c1")
    assert not await publish(branches, a_branch(), "c2")
    assert await redis.xlen(Keys("BR-T").outbox) == 1


async def test_a_change_is_seen_by_every_instance_at_once(branches, redis):
    """No instance goes on with what it read before."""
    other = Branches(redis)
    await publish(branches, a_branch(), "c1")
    await other.get("BR-T")
    changed = a_branch(name_ru="Другое имя")
    assert await publish(branches, changed, "c2")
    assert await other.get("BR-T") == await branches.get("BR-T") == changed


async def test_a_repeated_import_says_again_what_changed(branches, redis):
    """The answer to a command does not change with time."""
    assert await publish(branches, a_branch(), "c1")
    assert await publish(branches, a_branch(), "c1")
    assert await redis.xlen(Keys("BR-T").outbox) == 1


async def test_a_key_used_for_another_catalogue_is_refused(branches):
    """Nothing of the second one is taken over."""
    await publish(branches, a_branch(), "c1")
    with pytest.raises(IdempotencyKeyReused):
        await publish(branches, a_branch(name_ru="Другое имя"), "c1")
    assert await branches.get("BR-T") == a_branch()


async def test_a_branch_that_nobody_published_is_unknown(branches):
    """Whatever somebody types."""
    for code in ("BR-X", "", "*", "BR-T:day"):
        with pytest.raises(UnknownBranch):
            await branches.get(code)
    assert await branches.all() == []
