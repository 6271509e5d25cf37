"""What a console is told of its lines: its own, and only when there is news."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

from services.dispatch.api.overview import LinesNow
from services.dispatch.domain.branch import Branch
from services.dispatch.store.glances import Glance, Line
from tests.builders import a_published_branch, at

BRANCH = Branch.of(a_published_branch())
LINES = tuple(Line(name, 1, at(0), at(15)) for name in BRANCH.lines)


def lines_now(*lines: Line, now: datetime) -> LinesNow:
    return LinesNow(BRANCH, Glance((), {}, lines, {}, {}, {}, {}), now)


def shown(told: bytes) -> dict[str, int]:
    """Line -> seconds for which its first has waited."""
    lines = json.loads(told.partition(b"data: ")[2])["lines"]
    return {line["line"]: line["longest_wait_seconds"] for line in lines}


def test_a_console_is_told_its_own_lines():
    assert shown(lines_now(*LINES, now=at(2)).told((1,))) == {LINES[1].line: 120}


def test_all_who_serve_the_same_are_told_the_same_bytes():
    """Written once, however many consoles hear it."""
    now = lines_now(*LINES, now=at(2))
    assert now.told((0, 1)) is now.told((0, 1))


def test_that_time_goes_by_is_no_news():
    """Though what would be told has other figures: pages count the minutes themselves."""
    before, after = (lines_now(*LINES, now=at(2) + timedelta(seconds=n)) for n in (0, 1))
    assert before.news((0,)) == after.news((0,))
    assert before.told((0,)) != after.told((0,))


def test_that_somebody_comes_or_goes_is_news():
    """Also elsewhere, for a console shows how many wait in all."""
    before = lines_now(*LINES, now=at(2)).news((0,))
    for changed in (replace(LINES[0], waiting=2), replace(LINES[0], next_promise=at(16))):
        assert lines_now(changed, *LINES[1:], now=at(2)).news((0,)) != before
    elsewhere = replace(LINES[1], waiting=2)
    assert lines_now(LINES[0], elsewhere, *LINES[2:], now=at(2)).news((0,)) != before
