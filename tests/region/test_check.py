"""The checks of a region's hour find what they are there to find."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.demo.answers import Counts, Party
from services.demo.journal import Entry
from tests.region.check import branch_faults, of_metrics, ticket_faults

LAST_OF = {
    "waiting": [],
    "called": ["next"],
    "serving": ["next", "start"],
    "finished": ["next", "start", "finish"],
    "no_show": ["next", "recall", "no-show"],
    "cancelled": ["cancel"],
}


def entry(
    command: str, ticket: str | None = "t", number: str = "А 001", window: str = "7"
) -> Entry:
    now = datetime(2026, 11, 23, 5, tzinfo=UTC)
    ends_it = command in {"finish", "no-show"}  # a window's answer names nobody any more
    return Entry(
        at=now,
        branch="R01",
        actor="somebody",
        command=command,
        key="k",
        status=200,
        outcome="",
        window=None if command in {"issue", "cancel"} else window,
        ticket=None if ends_it else ticket,
        number=number,
    )


def lived(*commands: str) -> list[Entry]:
    return [entry("issue"), *map(entry, commands)]


def counts(**differs: dict[str, int]) -> dict[Party, Counts]:
    told = {party: differs.get(party.value, {"finished": 1}) for party in Party}
    return {party: Counts(tickets=t, total=sum(t.values())) for party, t in told.items()}


@pytest.mark.parametrize(("state", "commands"), LAST_OF.items())
def test_a_ticket_is_in_the_state_that_its_commands_led_to(state: str, commands: list[str]):
    """And in no other; only who waits may have been called by their arrival."""
    entries = lived(*commands)
    assert ticket_faults(entries, {"t": state}) == []
    may_be = {"waiting", "called"} if state == "waiting" else {state}
    for other in LAST_OF.keys() - may_be:
        assert len(ticket_faults(entries, {"t": other})) == 1


def test_a_ticket_that_nobody_knows_is_found():
    assert ticket_faults(lived(), {}) == ["t is unknown, not called or waiting"]


def test_a_branch_that_all_count_alike_is_well():
    assert branch_faults(lived(), counts()) == []


def test_services_that_count_otherwise_are_found():
    found = branch_faults(lived(), counts(notify={"serving": 1}))
    assert found == [
        "serving: ticketing 0, dispatch 0, notify 1",
        "finished: ticketing 1, dispatch 1, notify 0",
    ]


def test_a_ticket_too_few_in_all_services_is_found():
    entries = [*lived(), entry("issue", "u", "А 002")]
    assert [fault.partition(" knows ")[2] for fault in branch_faults(entries, counts())] == [
        "1 tickets of 2"
    ] * 3


def test_one_at_two_windows_and_a_number_given_twice_are_found():
    at_two = [*lived("next"), entry("next", window="8")]
    assert branch_faults(at_two, counts()) == ["t was at windows 7, 8"]
    twice = [entry("issue", "t"), entry("issue", "u")]
    assert "the number 001 was given 2 times" in branch_faults(twice, counts())


def test_what_services_count_that_must_be_none_is_found():
    text = """
talon_http_requests_total{method="GET",route="/health/ready",status="503"} 9.0
talon_http_requests_total{method="POST",route="/v1/x",status="201"} 9.0
"""
    assert of_metrics({"notify": text}) == []
    bad = """
talon_http_requests_total{method="POST",route="/v1/x",status="500"} 2.0
talon_dead_letters_total{topic="talon.calls"} 1.0
talon_gaps_total{kind="missing",topic="talon.calls"} 3.0
"""
    assert sorted(of_metrics({"notify": bad})) == [
        "notify: 1 talon_dead_letters_total",
        "notify: 2 answers 5xx",
        "notify: 3 talon_gaps_total",
    ]
