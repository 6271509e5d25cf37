"""A store that is lost is made again from Kafka, and is as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from services import cli
from services.chassis.rebuild import CannotRebuild, rebuild
from services.chassis.redis import Redis, connect
from services.embedded.options import SERVERS, SERVICES, Options
from services.embedded.ports import Ports
from services.embedded.stack import Stack
from services.ops.still import service_of
from tests.chaos.checker.stores import is_at_rest
from tests.system.hall import a_hall, until
from tests.system.rebuilt import Dumps, differences, dumps, lose_all_but_phones
from tests.system.scene import CLOCK, a_day_under_way, state, the_day_goes_on

LEAST_KEYS = 10


@pytest.fixture
async def options(tmp_path: Path) -> Options:
    return Options(state=tmp_path / "talon", ports=Ports.free(), clock=CLOCK, branches=("BR-D",))


@pytest.mark.long
async def test_lost_stores_are_made_again_and_the_day_goes_on(
    options: Options, tell: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Key by key, but for what Kafka is never told: phones, and answers to repeats."""
    with Stack(options) as stack:
        redis = connect(stack.redis)
        async with a_hall(stack.addresses) as hall:
            tickets = await a_day_under_way(hall)
            await until("all is told and heard", lambda: is_at_rest(redis))
            seen = await state(hall, tickets)
            backup = str(options.state.with_name("talon.backup"))
            assert await _says("backup", backup, "--state", str(options.state)) == 0
            phones = await _phones(redis)
            assert phones, "nobody left a phone"
        await _is_refused_while_it_runs(options, stack)
        for name in SERVICES:
            await asyncio.to_thread(stack.kill, name)
        was = await dumps(options)
        await lose_all_but_phones(redis)
        await redis.aclose()
    for name in SERVICES:
        assert await _says("rebuild", name, "--state", str(options.state)) == 0
        assert f"{name} is made again from" in capsys.readouterr().out
    with Stack(options) as stack:
        now = await dumps(options)
        assert all(len(held) >= LEAST_KEYS for held in was.values()), was
        assert not (wrong := [*differences(was, now)]), "\n".join(wrong)
        async with a_hall(stack.addresses) as hall:
            after = await state(hall, tickets)
            for what, before in seen.items():
                assert after[what] == before, what
            await the_day_goes_on(hall, tickets)
    await _is_restored_elsewhere(options, backup, was, phones)
    tell(
        f"rebuilt from Kafka: { ({name: len(now[name]) for name in SERVICES}) } keys, all as before"
    )


async def _says(*command: str) -> int:
    return await asyncio.to_thread(cli.main, command)


async def _phones(redis: Redis) -> dict[str, dict[str, str]]:
    found = [key async for key in redis.scan_iter("notify:*:contact:*")]
    return {key: await redis.hgetall(key) for key in found}


async def _is_restored_elsewhere(
    options: Options, backup: str, was: Dumps, phones: dict[str, dict[str, str]]
) -> None:
    """A new folder, all in it as it was when the backup was made; and not into a full one."""
    elsewhere, base = options.state.with_name("elsewhere"), Ports.free().ticketing - 1
    new = ["restore", backup, "--state", str(elsewhere), "--ports", str(base)]
    assert await _says(*new) == 0
    assert await _says(*new) == cli.FAILED
    restored = Options(state=elsewhere, ports=Ports.from_base(base), only=SERVERS)
    with Stack(restored) as stack:
        assert not (wrong := [*differences(was, await dumps(restored))]), "\n".join(wrong)
        redis = connect(stack.redis)
        assert await _phones(redis) == phones
        await redis.aclose()


async def _is_refused_while_it_runs(options: Options, stack: Stack) -> None:
    dispatch = service_of("dispatch", options)
    with pytest.raises(CannotRebuild, match="dispatch runs"):
        await rebuild("dispatch", dispatch.redis, [stack.kafka], dispatch.rebuilding)
    await dispatch.redis.aclose()
