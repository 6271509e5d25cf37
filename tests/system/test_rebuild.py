"""A store that is lost is made again from Kafka, and is as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services import cli
from services.chassis.rebuild import CannotRebuild, rebuild
from services.chassis.redis import connect
from services.embedded.options import SERVERS, SERVICES, Options
from services.embedded.ports import Ports
from services.embedded.stack import Stack
from services.ops.dump import dump
from services.ops.still import service_of
from tests.chaos.checker.stores import is_at_rest
from tests.system.hall import a_hall, until
from tests.system.scene import CLOCK, a_day_under_way, state, the_day_goes_on

LEAST_KEYS = 10


async def dumps(options: Options) -> dict[str, dict[str, Any]]:
    """What each service holds."""
    found = {}
    for name in SERVICES:
        service = service_of(name, options)
        found[name] = await dump(service.redis, name, service.rebuilding.left)
        await service.redis.aclose()
    return found


def differences(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    return [
        f"{key}: was {was.get(key)}, is {now.get(key)}"
        for key in sorted(was.keys() | now.keys())
        if was.get(key) != now.get(key)
    ]


async def test_lost_stores_are_made_again_and_the_day_goes_on(
    tmp_path: Path, tell: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Key by key, but for what Kafka is never told: phones, and answers to repeats."""
    options = Options(state=tmp_path, ports=Ports.free(), clock=CLOCK, branches=("BR-D",))
    with Stack(options) as stack:
        redis = connect(stack.redis)
        async with a_hall(stack.addresses) as hall:
            tickets = await a_day_under_way(hall)
            await until("all is told and heard", lambda: is_at_rest(redis))
            seen = await state(hall, tickets)
        dispatch = service_of("dispatch", options)
        with pytest.raises(CannotRebuild, match="dispatch runs"):
            await rebuild("dispatch", dispatch.redis, [stack.kafka], dispatch.rebuilding)
        for name in SERVICES:
            await asyncio.to_thread(stack.kill, name)
        was = await dumps(options)
        for name in SERVICES:
            assert len(was[name]) >= LEAST_KEYS, f"{name} holds little: {[*was[name]]}"
        await dispatch.redis.aclose()
        contacts = {
            key: await redis.hgetall(key) async for key in redis.scan_iter("notify:*:contact:*")
        }
        async for key in redis.scan_iter():
            if not key.startswith("notify:{phones}"):
                await redis.delete(key)
        await redis.aclose()
    for name in SERVICES:
        assert await asyncio.to_thread(cli.main, ["rebuild", name, "--state", str(tmp_path)]) == 0
        assert f"{name} is made again from" in capsys.readouterr().out
    with Stack(Options(state=tmp_path, ports=options.ports, only=SERVERS)):
        now = await dumps(options)
        for name in SERVICES:
            assert not (wrong := differences(was[name], now[name])), "\n".join(wrong)
    tell(
        f"rebuilt from Kafka: { ({name: len(keys) for name, keys in now.items()}) } keys, all equal"
    )
    with Stack(options) as stack:
        async with a_hall(stack.addresses) as hall:
            after = await state(hall, tickets)
            for what, before in seen.items():
                assert after[what] == before, what
            assert contacts, "somebody had left a phone"
            await the_day_goes_on(hall, tickets)
