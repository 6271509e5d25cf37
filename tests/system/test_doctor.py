"""`talon doctor` calls a whole Talon well, and says what is wrong with one that is not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from contracts.topics import TICKETS
from services import cli
from services.chassis.topics import administering
from services.embedded.stack import Stack
from tests.stack import a_talon
from tests.system.hall import Hall, a_hall, until

CLOCK = "2026-11-23T10:00:00+05:00@1"


@pytest.fixture
def talon() -> Iterator[Stack]:
    """A Talon whose parts may be broken."""
    with a_talon(CLOCK) as stack:
        yield stack


class Doctor:
    """What it says, as whoever types the command gets it."""

    def __init__(self, stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
        self._state = str(stack.options.state)
        self._capsys = capsys

    async def says(self, code: int) -> dict[str, tuple[str, str, str]]:
        """Thing -> health, what was found, what to do; *code* is the exit code expected."""
        ended = await asyncio.to_thread(cli.main, ["doctor", "--state", self._state, "--json"])
        told = json.loads(self._capsys.readouterr().out)
        found = {f["what"]: (f["health"], f["found"], f["mend"]) for f in told["findings"]}
        assert (ended, told["health"]) == (code, ("green", "yellow", "red")[code]), found
        return found


async def test_what_is_wrong_is_said_with_its_mend(
    talon: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    """First nothing is; then topics, a record, a service, Kafka, the store, one by one."""
    doctor = Doctor(talon, capsys)
    async with a_hall(talon.addresses) as hall:
        await _take_ticket(hall)
        await until("all three agree", hall.agree)
        await _all_is_well(doctor)
        await _shorten(talon.kafka)
        await _poison(talon.kafka)
        await until("both bury it", lambda: _buried(hall))
        await _something_is_to_be_looked_at(doctor)
        await asyncio.to_thread(talon.kill, "dispatch")
        await _take_ticket(hall)
        await _a_reader_is_down(doctor)
        await asyncio.to_thread(talon.restart, "dispatch")
        await until("all three agree", hall.agree)
        await asyncio.to_thread(talon.kill, "kafka")
        await _take_ticket(hall)
        await _kafka_is_down(doctor)
        await asyncio.to_thread(talon.kill, "valkey")
        gone = await doctor.says(2)
        assert gone["store of ticketing, dispatch, notify"][0] == "red"


async def _all_is_well(doctor: Doctor) -> None:
    well = await doctor.says(0)
    assert {health for health, *_ in well.values()} == {"green"}
    assert well["day of BR-D"][1] == "all count alike: 1 tickets"
    for what in ("Kafka", "topics", "lag of dispatch.talon.tickets", "outbox of notify", "disk"):
        assert what in well


async def _something_is_to_be_looked_at(doctor: Doctor) -> None:
    found = await doctor.says(1)
    assert "retention.ms is 3600000" in found["topics"][1]
    assert "talon topics apply" in found["topics"][2]
    assert "2 in talon.tickets.dead" in found["dead letters"][1]


async def _a_reader_is_down(doctor: Doctor) -> None:
    found = await doctor.says(2)
    assert found["dispatch"][0] == "red"
    assert "it stands still" in found["lag of dispatch.talon.tickets"][1]
    assert found["notify"][0] == found["lag of notify.talon.tickets"][0] == "green"


async def _kafka_is_down(doctor: Doctor) -> None:
    found = await doctor.says(2)
    assert "start it" in found["Kafka"][2]
    assert "waits for Kafka" in found["outbox of ticketing"][1]
    assert "they differ" in found["day of BR-D"][1]


async def _take_ticket(hall: Hall) -> None:
    await hall.take_ticket((await hall.services())[0]["code"])


async def _shorten(kafka: str) -> None:
    async with administering([kafka]) as admin:
        own = {"retention.ms": "3600000"}
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, TICKETS.name, own)])


async def _poison(kafka: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        await producer.send_and_wait(TICKETS.name, b"{", key=b"BR-D")


async def _buried(hall: Hall) -> bool:
    return all(
        [await hall.metric(one, "talon_dead_letters_total") for one in ("dispatch", "notify")]
    )
