"""A whole Talon on a cluster: all three services go on by themselves when a master dies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services import cli
from services.embedded.options import SERVICES, Options
from services.embedded.ports import Ports
from services.embedded.stack import Stack
from tests.cluster.noon import master_of, replaced
from tests.cluster.servers import Servers, a_cluster
from tests.system.hall import Hall, a_hall, until
from tests.system.told import chain_faults, story

pytestmark = pytest.mark.long

BRANCH = "BR-D"
CLOCK = "2026-11-23T10:00:00+05:00@1"
TOPICS = ("talon.tickets", "talon.calls", "talon.messages")
STORE = "store of ticketing, dispatch, notify"

Doctor = Callable[[], Any]


def options(state: Path, servers: Servers) -> Options:
    store = {"TALON_REDIS": servers.url, "TALON_STORE_COPIES": "1"}
    only = ("kafka", *SERVICES)
    return Options(state, Ports.free(), CLOCK, branches=(BRANCH,), only=only, environment=store)


async def test_the_day_goes_on_after_a_failover(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The branch's master dies, its replica takes over; doctor says what is missing until then."""
    with a_cluster(replicas=1) as servers, Stack(options(tmp_path, servers)) as stack:
        monkeypatch.setenv("TALON_KAFKA", stack.kafka)
        monkeypatch.setenv("TALON_ADDRESSES", json.dumps({**stack.addresses}))
        for name, value in stack.options.environment.items():
            monkeypatch.setenv(name, value)

        async def doctor() -> dict[str, tuple[str, str]]:
            await asyncio.to_thread(cli.main, ["doctor", "--json"])
            told = json.loads(capsys.readouterr().out)["findings"]
            return {one["what"]: (one["health"], one["found"]) for one in told}

        async with a_hall(stack.addresses) as hall:
            await hall.at_window("1", "open", {"operator": "D01"})
            await _serve(hall, 3)
            assert (await doctor())[f"replicas of the {STORE}"][0] == "green"
            await _fail_over(servers, doctor)
            await _serve(hall, 3)
            await until("all three agree", hall.agree)
            assert (await doctor())[STORE][0] == "green"
            for topic in TOPICS:
                assert not list(chain_faults(await story(stack.kafka, topic)))
            for service in SERVICES:
                for alarm in ("gaps", "dead_letters", "store_forgot"):
                    assert await hall.metric(service, f"talon_{alarm}_total") == 0, alarm


async def _fail_over(servers: Servers, doctor: Doctor) -> None:
    master = await master_of(servers, BRANCH)
    await asyncio.to_thread(master.kill)
    await replaced(servers, BRANCH, master)

    async def names_the_lack() -> bool:
        found = await doctor()
        return bool(found[f"replicas of the {STORE}"][0] == "red")

    await until("doctor says that a replica is missing", names_the_lack)
    await asyncio.to_thread(servers.again, master)

    async def is_content() -> bool:
        found = await doctor()
        return bool(found[f"replicas of the {STORE}"][0] == "green")

    await until("doctor is content again", is_content)


async def _serve(hall: Hall, count: int) -> None:
    """Tickets are taken and their holders served."""
    service = await hall.service_for(("PASS",))
    for _ in range(count):
        await hall.take_ticket(service)
        await until("somebody waits", hall.waiting)
        assert await hall.serve("1")
