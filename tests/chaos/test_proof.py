"""The checker can fail: each build that lacks one guarantee is caught by the promise it breaks."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.chaos.broken import Lack
from tests.chaos.builds import lacking
from tests.chaos.checker.evidence import Evidence
from tests.chaos.checker.promises import broken
from tests.chaos.scenes import (
    Play,
    a_kiosk_works,
    a_reader_dies_before_it_applies,
    a_relay_oversleeps,
    answers_get_lost,
    play,
)
from tests.chaos.stand import a_stand

pytestmark = [pytest.mark.long, pytest.mark.timeout(180)]

CLOCK = "2026-11-23T10:00:00+05:00@1"
LOST = 0.3  # share of the answers; with these dice a third of them


def played(folder: Path, scene: Play, service: str, lack: Lack, lost: float = 0.0) -> Evidence:
    with a_stand(CLOCK, folder / "state", {service: lacking(lack)}) as stand:
        return asyncio.run(play(stand, folder, scene, lost=lost))


def test_a_sound_build_keeps_every_promise(tmp_path: Path) -> None:
    """Else what the broken ones break would say nothing: all scenes, one after the other."""

    async def scenes() -> Evidence:
        for scene in (a_kiosk_works, a_reader_dies_before_it_applies, answers_get_lost):
            await play(stand, tmp_path, scene, lost=LOST)
        return await play(stand, tmp_path, a_relay_oversleeps)

    with a_stand(CLOCK, tmp_path / "state") as stand:
        evidence = asyncio.run(scenes())
    assert broken(evidence) == {}
    assert len(evidence.journal) > 50
    assert any(click.lost for click in evidence.clicks)


def test_a_relay_without_a_fence_is_caught(tmp_path: Path) -> None:
    """It sets the checkpoint back behind what the relay after it has sent."""
    evidence = played(tmp_path, a_relay_oversleeps, "ticketing", Lack.NO_FENCE)
    assert "a relay without its lease moves nothing" in broken(evidence)


def test_forgotten_answers_are_caught(tmp_path: Path) -> None:
    """Whoever asks again gets another ticket, and the first one waits for nobody."""
    evidence = played(tmp_path, answers_get_lost, "ticketing", Lack.FORGETS_ANSWERS, LOST)
    found = broken(evidence)
    assert "a repeated command gets the first answer" in found
    assert "every acknowledged command took effect once" in found


def test_an_offset_committed_before_it_is_applied_is_caught(tmp_path: Path) -> None:
    """Tickets that were in hand when the reader died never come to dispatch."""
    evidence = played(tmp_path, a_reader_dies_before_it_applies, "dispatch", Lack.COMMITS_FIRST)
    found = broken(evidence)
    assert any("not known in dispatch" in fault for fault in found["no ticket is lost"])


def test_a_dropped_entry_is_caught(tmp_path: Path) -> None:
    """It stands in the outbox and not in Kafka, and the story has a hole."""
    evidence = played(tmp_path, a_kiosk_works, "ticketing", Lack.DROPS_ENTRIES)
    found = broken(evidence)
    assert "what was told is in Kafka" in found
    assert "every story is whole and in order" in found
