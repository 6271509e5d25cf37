"""Who is stuck, and who only waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.chassis.pulse import Pulse


class Looks:
    """Somebody looks at a reader every two seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pulse = Pulse(lambda: self.now)

    def see(self, *places: int, behind: bool = True, every: float = 2) -> float:
        for place in places:
            self.now += every
            self.pulse.look(place, behind=behind)
        return self.pulse.still.total_seconds()


@pytest.fixture
def looks() -> Looks:
    looks = Looks()
    looks.see(7)
    return looks


def test_who_has_records_to_read_and_reads_none_stands_still(looks):
    assert looks.see(7, 7, 7) == 6


def test_who_moves_lives(looks):
    looks.see(7, 7)
    assert looks.see(8) == 0
    assert looks.see(8) == 2


def test_who_has_nothing_to_read_waits_for_ever(looks):
    assert looks.see(*[7] * 100, behind=False) == 0


def test_who_tries_again_and_again_lives(looks):
    """A step that cannot be made as long as the store is away, say."""
    for _ in range(100):
        looks.pulse.beat()
        assert looks.see(7) == 0


def test_a_machine_that_slept_calls_nobody_stuck(looks):
    """By the clock an hour has passed, but nobody could have read in it."""
    assert timedelta(seconds=looks.see(7, every=3600)) < timedelta(seconds=10)
