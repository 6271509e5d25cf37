"""A store that is lost is made again from Kafka, and is as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from services import cli
from services.chassis.rebuild import CannotRebuild, rebuild
from services.chassis.redis import connect
from services.embedded.options import SERVICES, Options
from services.embedded.ports import Ports
from services.embedded.stack import Stack
from services.ops.still import service_of
from tests.chaos.checker.stores import is_at_rest
from tests.system.hall import a_hall, until
from tests.system.rebuilt import differences, dumps, lose_all_but_phones
from tests.system.scene import CLOCK, a_day_under_way, state, the_day_goes_on

LEAST_KEYS = 10


@pytest.fixture
async def options(tmp_path: Path) -> Options:
    return Options(state=tmp_path, ports=Ports.free(), clock=CLOCK, branches=("BR-D",))


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
        await _is_refused_while_it_runs(options, stack)
        for name in SERVICES:
            await asyncio.to_thread(stack.kill, name)
        was = await dumps(options)
        await lose_all_but_phones(redis)
        await redis.aclose()
    for name in SERVICES:
        made = ["rebuild", name, "--state", str(options.state)]
        assert await asyncio.to_thread(cli.main, made) == 0
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
    tell(
        f"rebuilt from Kafka: { ({name: len(now[name]) for name in SERVICES}) } keys, all as before"
    )


async def _is_refused_while_it_runs(options: Options, stack: Stack) -> None:
    dispatch = service_of("dispatch", options)
    with pytest.raises(CannotRebuild, match="dispatch runs"):
        await rebuild("dispatch", dispatch.redis, [stack.kafka], dispatch.rebuilding)
    await dispatch.redis.aclose()
