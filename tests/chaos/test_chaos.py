"""A short day in which broker, store, services and wires fail in turn, judged from outside.

What is killed once is another test's; here things stop, stay away, are cut off and come back.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest

from tests.chaos.builds import NEWER, Build, beside
from tests.chaos.checker.promises import broken
from tests.chaos.day import clock_for, live
from tests.chaos.faults import (
    FIRST,
    THREE_BROKERS,
    TWO_OF_EACH,
    Fault,
    Kind,
    draw,
    in_turn,
    sorts,
)
from tests.chaos.stand import a_stand
from tests.system.rebuilt import otherwise_after_a_loss

SEED = int(os.environ.get("TALON_TEST_SEED") or Random().randrange(1_000_000))
FAULTS = [
    Fault(0, Kind.AWAY, "kafka", 9),
    Fault(0, Kind.FROZEN, "kafka", 3),
    Fault(0, Kind.FROZEN, "valkey", 4),
    Fault(0, Kind.FROZEN, "ticketing", 5),
    Fault(0, Kind.KILLED, "dispatch", 1),
    Fault(0, Kind.STEPPED, "notify", 0.5, by=-60),
    Fault(0, Kind.SILENT, "dispatch to kafka", 6),
    Fault(0, Kind.SILENT, "notify to valkey", 4),
    Fault(0, Kind.CUT, "ticketing to valkey", 2),
    Fault(0, Kind.SLOW, "ticketing to kafka", 5, by=0.1),
]
MINUTES, SPEED = 0.75, 300.0


COMING_AND_GOING = [
    Fault(0, Kind.LEFT, "ticketing", 4),
    Fault(0, Kind.LEFT, "dispatch-2", 5),
    Fault(0, Kind.KILLED, "dispatch", 4),
    Fault(0, Kind.KILLED, "notify", 3),
    Fault(0, Kind.FROZEN, "notify-2", 5),
    Fault(0, Kind.SILENT, "dispatch-2 to kafka", 5),
]
ROLLING = [Fault(0, Kind.RESTARTED, broker, 3) for broker in THREE_BROKERS]


@pytest.mark.timeout(400)
def test_every_promise_is_kept_whatever_fails(tmp_path: Path) -> None:
    """Every fault of the list, in the order that the seed gives them."""
    holds(tmp_path, Random(SEED).sample(FAULTS, len(FAULTS)))


@pytest.mark.long
@pytest.mark.timeout(400)
def test_two_of_each_service_come_and_go(tmp_path: Path) -> None:
    """Partitions and leases move while people are served; each request goes to any instance.

    The second of each is of the next release: it tells what this one does not know.
    """
    faults = Random(SEED).sample(COMING_AND_GOING, len(COMING_AND_GOING))
    holds(tmp_path, faults, builds=beside(NEWER), instances=2)


@pytest.mark.long
@pytest.mark.timeout(400)
def test_three_brokers_may_be_restarted_in_turn_and_one_be_lost(tmp_path: Path) -> None:
    """Three copies, two of them in step: an update of Kafka, and then one gone for long."""
    lost = Fault(0, Kind.AWAY, Random(SEED).choice(THREE_BROKERS), 12)
    holds(tmp_path, [*ROLLING, lost], brokers=3)


def holds(
    folder: Path,
    faults: list[Fault],
    builds: Mapping[str, Build] | None = None,
    brokers: int = 1,
    instances: int = 1,
) -> None:
    """Live a day in which *faults* come in turn; see that it breaks nothing."""
    story = [f"TALON_TEST_SEED={SEED}"]
    clock, state = clock_for(MINUTES, SPEED), folder / "state"
    with a_stand(clock, state, builds, brokers=brokers, instances=instances) as stand:
        lived = asyncio.run(live(stand, folder, SEED, in_turn(faults), story.append))
        stand.stop_services()
        otherwise = asyncio.run(otherwise_after_a_loss(stand))
    told = "\n".join(story)
    assert broken(lived.evidence) == {}, told
    assert lived.calm, f"something is still on its way\n{told}"
    assert not lived.held_up, f"{lived.held_up} people were held up\n{told}"
    assert not lived.deaths, f"{lived.deaths} processes ended by themselves\n{told}"
    assert not otherwise, "\n".join(["rebuilt stores are not as they were", *otherwise, *story])
    issued = sum(one.command == "issue" and one.done for one in lived.evidence.journal)
    assert issued >= 20, f"{issued} visitors are too few to show anything\n{told}"
    assert len(story) > len(faults), told


def test_a_seed_is_always_the_same_storm() -> None:
    """So that what was found once can be found again."""
    known = sorts()
    assert draw(Random(7), 180, known) == draw(Random(7), 180, known)
    assert draw(Random(7), 180, known) != draw(Random(8), 180, known)


def test_a_storm_begins_and_ends_in_time_and_spares_nobody() -> None:
    """Every kind comes, and every victim that it may hit."""
    known = sorts(THREE_BROKERS, TWO_OF_EACH)
    storms = [draw(Random(seed), 600, known) for seed in range(120)]
    for storm in storms:
        assert all(fault.at >= FIRST and fault.at + fault.lasts <= 600 for fault in storm)
    hit = Counter((fault.kind, fault.victim) for storm in storms for fault in storm)
    assert {*hit} == {(sort.kind, victim) for sort in known for victim in sort.victims}
