"""After kill -9 of everything at once, all tickets and windows are as they were."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import httpx

from services.embedded.options import Options
from services.embedded.ports import Ports
from services.embedded.stack import Stack
from tests.system.hall import Hall, Json, a_hall
from tests.system.scene import CLOCK, a_day_under_way, all_agree, state, the_day_goes_on
from tests.system.told import chain_faults, story

TOPICS = ("talon.tickets", "talon.calls", "talon.messages")
KIOSKS = 4
FLOWING = 40  # tickets acknowledged before the power goes
ENOUGH = 2000  # tickets: the power goes long before


async def test_all_tickets_and_windows_are_as_they_were(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    """Also those acknowledged in the last moment; then the day goes on where it stood."""
    options = Options(state=tmp_path, ports=Ports.free(), clock=CLOCK, branches=("BR-D",))
    with Stack(options) as stack:
        async with a_hall(stack.addresses) as hall:
            known = await a_day_under_way(hall)
            before = await state(hall, known)
            late = await _all_killed_while_tickets_are_taken(stack, hall)
    with Stack(options) as stack:
        async with a_hall(stack.addresses) as hall:
            lost = [t["id"] for t in late if not await _is_there(hall, t)]
            assert not lost, f"{len(lost)} of {len(late)} acknowledged tickets are gone: {lost[:5]}"
            after = await state(hall, known)
            for what, was in before.items():
                assert after[what] == was, what
            total = await all_agree(hall, at_least=len(known) + len(late))
            tell(
                f"all killed at once: {len(late)} tickets acknowledged in the last moments, none"
                f" lost; {total} in all three services afterwards"
            )
            await the_day_goes_on(hall, [*known, *late])
            for topic in TOPICS:
                broken = list(chain_faults(await story(stack.kafka, topic)))
                assert not broken, "\n".join(broken[:10])


async def _all_killed_while_tickets_are_taken(stack: Stack, hall: Hall) -> list[Json]:
    """Kill every child in one blow while kiosks work; return what they had acknowledged."""
    service = await hall.service_for(("REAL",))
    acknowledged: list[Json] = []
    flowing = asyncio.Event()

    async def kiosk() -> None:
        try:
            while len(acknowledged) < ENOUGH:
                acknowledged.append(await hall.take_ticket(service))
                if len(acknowledged) >= FLOWING:
                    flowing.set()
        except httpx.TransportError:
            return  # the power is gone

    async with asyncio.TaskGroup() as kiosks:
        for _ in range(KIOSKS):
            kiosks.create_task(kiosk())
        await flowing.wait()
        group = os.getpgid(stack.children["valkey"].pid)
        assert group != os.getpgrp(), "the children stand in a group of their own"
        os.killpg(group, signal.SIGKILL)
    return acknowledged


async def _is_there(hall: Hall, ticket: Json) -> bool:
    answer = await hall.http.get(f"{hall.addresses['ticketing']}/v1/tickets/{ticket['id']}")
    found: Json = answer.json()
    return answer.is_success and all(found[key] == ticket[key] for key in ("number", "state"))
