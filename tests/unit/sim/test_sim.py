"""What `make sim` says and writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.sim.__main__ import main
from services.sim.results import Result
from services.sim.tables import Grid
from tests.unit.dispatch.simulation.test_measures import a_wait


def sim(out: Path, *told: str) -> int:
    return main(["--branch", "BR-S", "--days", "1", "--search", "0", "--out", str(out), *told])


def test_a_comparison_is_written_as_a_table_and_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """Every order has its row on the screen and in the file; the pictures are SVG."""
    assert sim(tmp_path) == 0
    shown, written = capsys.readouterr().out, (tmp_path / "comparison.md").read_text("utf-8")
    for order in ("fifo", "classes", "booked-first", "weights", "talon", "all-skills"):
        assert f"│ {order} " in shown
        assert f"| {order} |" in written
    assert "less than fifo" in shown
    pictures = sorted(tmp_path.glob("*.svg"))
    assert [path.stem for path in pictures] == ["hours", "missed", "tails"]
    assert all("talon" in path.read_text("utf-8") for path in pictures)


def test_a_comparison_can_be_repeated(tmp_path: Path):
    """The same seed writes the same table and the same pictures."""
    for run in ("a", "b"):
        assert sim(tmp_path / run, "--policies", "fifo,talon") == 0
    for path in (tmp_path / "a").glob("*.svg"):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_a_break_plan_is_another_contender(tmp_path: Path):
    """The file names operators and hours by the branch's clock."""
    plan = tmp_path / "breaks.json"
    plan.write_text(json.dumps({"S01": "12:15", "S02": "14:00"}), "utf-8")
    assert (
        sim(tmp_path, "--days", "4", "--breaks", str(plan), "--policies", "talon,talon+breaks") == 0
    )
    rows = (tmp_path / "comparison.md").read_text("utf-8").splitlines()
    usual, planned = [row.split("|")[2:] for row in rows if row.startswith("| talon")][:2]
    assert usual != planned


def test_a_break_plan_is_searched_and_kept(tmp_path: Path):
    """On other days than those that are compared, within the hours of the centre's rules."""
    asked = ("--search", "0.2", "--practice", "4", "--policies", "talon+breaks")
    assert sim(tmp_path, *asked) == 0
    plan = json.loads((tmp_path / "breaks.json").read_text("utf-8"))
    assert {*plan} == {"S01", "S02", "S03", "S04", "S05"}
    assert all("11:00" <= at <= "15:00" for at in plan.values())


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (("--policies", "talon,best"), "no policy best"),
        (("--branch", "BR-X"), "no branch BR-X"),
        (("--breaks", "nowhere.json"), "nowhere.json"),
    ],
)
def test_what_cannot_be_done_is_said(
    told: tuple[str, ...], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """With the names that there are, and without a traceback."""
    assert sim(tmp_path, *told) == 2
    assert says in capsys.readouterr().out


def test_a_difference_has_an_error():
    """Of the daily differences: the days are the same for both."""
    mine = Result(None, [[a_wait(1)] * 4, [a_wait(1)] * 4], 0)
    theirs = Result(None, [[a_wait(1, missed=True), *[a_wait(1)] * 3], [a_wait(1)] * 4], 0)
    less, error = mine.missed_less_than(theirs)
    assert less == pytest.approx(1 / 8)
    assert error == pytest.approx(0.125)


def test_a_table_is_the_same_on_paper():
    """Markdown needs its ruler and one line a row."""
    grid = Grid("two\nlines", ("order", "mean"), [("fifo", "1.0")])
    assert grid.markdown() == "**two lines**\n\n| order | mean |\n| --- | ---: |\n| fifo | 1.0 |\n"


def test_the_forecast_is_measured_instead(tmp_path: Path):
    """Its errors stand beside those of the two rules of thumb."""
    assert sim(tmp_path, "--forecast") == 0
    rows = (tmp_path / "forecast.md").read_text("utf-8").splitlines()
    assert [row.split("|")[1].strip() for row in rows if row.startswith("| ")] == [
        "rule",
        "---",
        "forecast",
        "people ahead × mean / windows",
        "wait of the last one called",
    ]
