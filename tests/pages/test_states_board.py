"""The board: nobody called, everybody called at once, long names, and what it missed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request, expect

from services.embedded.stack import Stack
from tests.pages.hall import BRANCH, Hall, eventually
from tests.pages.screens import BOARD, Screens, shot
from tests.pages.steps import SPEECH, called
from tests.pages.told import BOARD_EVENTS, LONG, first_event, standing_still, tells

CREW = {"1": "D01", "3": "D03", "7": "D06", "10": "D09", "16": "D15"}
UPRIGHT = (1080, 1920)


def a_call(index: int, window: int) -> dict[str, object]:
    letters = "АБВГДЕЖКЛМНПСТЦЯ"
    return {
        "call": f"c{index}",
        "number": f"{letters[index % len(letters)]} {100 + index}",
        "window": str(window),
        "zone": "hall-1",
        "recall": False,
        "called_at": "2026-11-23T05:00:00Z",
        "spoken": {"ru": "", "en": ""},
        "state": "called",
    }


def show(board: Page, hall: Hall, **query: str) -> None:
    board.goto(hall.page("notify", "board", branch=BRANCH, **query))
    expect(board.locator("#link")).to_have_class("live")


def fits(board: Page) -> None:
    """Nothing runs out of the screen, and every number is whole."""
    cut = board.evaluate("""() => {
      const parts = document.querySelectorAll(".call, .call > *, #earlier li, footer");
      return [...parts].filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
        .map((e) => e.textContent);
    }""")
    assert cut == []
    assert board.evaluate("document.documentElement.scrollHeight <= innerHeight")


def calling(hall: Hall, window: str) -> bool:
    return bool(hall.window(window)["state"] == "calling")


def test_nobody_is_called(screens: Screens, hall: Hall):
    told = first_event(hall, "notify", BOARD_EVENTS)
    nobody = told | {"calls": [], "waiting": 0, "average_wait_minutes": None}
    board = screens.blank(BOARD)
    tells(board, BOARD_EVENTS, ("snapshot", nobody))
    show(board, hall)
    empty = "Пока никого не вызывают. Номер вашего талона появится здесь."
    expect(board.get_by_text(empty)).to_be_visible()
    expect(board.get_by_text("Никто не ждёт")).to_be_visible()
    shot(board, "board-empty")


def test_five_calls_at_once_are_shown_together_and_said_one_by_one(screens: Screens, hall: Hall):
    board = screens.blank(BOARD)
    board.add_init_script(SPEECH)
    show(board, hall, zone="hall-1", sound="1")
    board.locator("body").click()
    expect(board.locator("#sound")).to_be_hidden()
    for window, operator in CREW.items():
        hall.opens(window, operator)
        hall.does(window, "next")
    for _ in CREW:
        hall.takes("A05")
    eventually("all are called", lambda: all(calling(hall, window) for window in CREW))
    expect(board.locator("#large .call")).to_have_count(5)
    shown = [row.split() for row in board.locator("#large .call").all_inner_texts()]
    assert {(row[0] + " " + row[1], row[2]) for row in shown} == {
        (hall.window(window)["ticket"]["number"], window) for window in CREW
    }
    heights = board.locator("#large .number:not(.window)").evaluate_all(
        "all => all.map((e) => parseFloat(getComputedStyle(e).fontSize) / innerHeight)"
    )
    assert min(heights) >= 0.1
    fits(board)
    shot(board, "board-five-at-once")
    board.wait_for_function("() => said.length === 5")
    windows = {"1": "один", "3": "три", "7": "семь", "10": "десять", "16": "шестнадцать"}
    oldest_first = [windows[row[2]] for row in reversed(shown)]
    assert [words.split("окно ")[1] for words in board.evaluate("said")] == oldest_first


@pytest.mark.parametrize("windows", [1, 60])
@pytest.mark.parametrize("size", [BOARD, UPRIGHT, (1366, 768)], ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("languages", ["ru", "ru,en"])
def test_one_window_and_sixty_fit_on_any_screen(
    windows: int, size: tuple[int, int], languages: str, screens: Screens, hall: Hall
):
    told = first_event(hall, "notify", BOARD_EVENTS)
    calls = [a_call(index, 60 - index) for index in range(min(windows, 12))]
    told |= {"branch": {"code": BRANCH, "name": LONG}, "zone": "hall-1", "calls": calls}
    told |= {"waiting": 148, "average_wait_minutes": 23}
    board = screens.blank(size)
    tells(board, BOARD_EVENTS, ("snapshot", told))
    show(board, hall, zone="hall-1", lang=languages)
    expect(board.locator("#large .call")).to_have_count(min(windows, 5))
    fits(board)
    shot(board, f"board-{windows}-windows-{size[0]}x{size[1]}-{languages.replace(',', '-')}")


def test_a_board_resumes_where_it_was_cut_off(screens: Screens, hall: Hall, talon: Stack):
    """What was called meanwhile comes as calls, with their gong, not as old news."""
    hall.opens("1", "D01")
    hall.opens("3", "D03")
    first, second = hall.takes("A05"), hall.takes("A05")
    asked: list[Request] = []
    board = screens.blank(BOARD)
    board.clock.install()
    board.on("request", lambda request: "events" in request.url and asked.append(request))
    show(board, hall, zone="hall-1")
    assert hall.calls("1")["number"] == first["number"]
    called(board, first["number"], "1")
    with standing_still(talon, "notify"):
        lost = board.locator("#lost")
        eventually("lost", lambda: board.clock.fast_forward(5000) or lost.is_visible())
        assert hall.calls("3")["number"] == second["number"]
        shot(board, "board-lost-with-calls")
    row = called(board, second["number"], "3")
    expect(row).to_have_class("call new")
    called(board, first["number"], "1")
    assert "last-event-id" not in asked[0].headers
    assert asked[-1].headers["last-event-id"]
