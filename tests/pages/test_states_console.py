"""The console: any number of windows, long names, nobody waiting, a visit that lasts."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.pages.hall import BRANCH, Hall
from tests.pages.screens import CONSOLE, Screens, shot
from tests.pages.steps import SETTLED_MS, at_the_console
from tests.pages.told import AT, LONG, answers, first_event, tells

EVENTS = f"{AT}/windows/7/events"
PAPERS = [
    "Паспорта всех сторон сделки",
    "Договор купли-продажи",
    "Правоустанавливающий документ на объект недвижимости",
    "Согласие супруга, удостоверенное нотариусом (если требуется)",
    "Чек или УИН об оплате государственной пошлины",
    "Справка о составе семьи",
    "Свидетельство о рождении каждого ребёнка",
]


def fits(console: Page) -> None:
    assert console.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert console.evaluate("document.documentElement.scrollHeight <= innerHeight")


def window_of(hall: Hall, **changed: Any) -> dict[str, Any]:
    """Window 7 with a visitor, as the service tells it, but for what is *changed*."""
    hall.takes("B11")
    hall.opens("7", "D06")
    hall.calls("7")
    return first_event(hall, "dispatch", EVENTS) | changed


@pytest.mark.parametrize("count", [1, 60])
def test_one_window_and_sixty_to_choose_from(count: int, screens: Screens, hall: Hall):
    told = hall.windows()
    first = told["windows"][0]
    told["windows"] = [first | {"window": str(number)} for number in range(1, count + 1)]
    console = screens.blank(CONSOLE)
    answers(console, f"{AT}/windows", told)
    console.goto(hall.page("dispatch", "console", branch=BRANCH))
    expect(console.locator(".tile")).to_have_count(count)
    expect(console.locator("#go")).to_be_in_viewport()
    fits(console)
    shot(console, f"console-{count}-windows")


@pytest.mark.parametrize("state", ["calling", "serving"])
def test_long_names_leave_the_big_button_in_its_place(state: str, screens: Screens, hall: Hall):
    told = window_of(hall, state=state)
    told["ticket"] |= {"service_name": LONG, "documents": PAPERS}
    console = screens.blank(CONSOLE)
    tells(console, EVENTS, ("window", told))
    console.goto(hall.page("dispatch", "console", branch=BRANCH, window="7"))
    expect(console.get_by_role("heading", name=LONG["ru"])).to_be_visible()
    expect(console.locator("#go")).to_be_in_viewport(ratio=1)
    fits(console)
    shot(console, f"console-long-{state}")


def test_nobody_waits(screens: Screens, hall: Hall):
    hall.opens("7", "D06")
    console = at_the_console(screens, hall, window="7")
    expect(console.get_by_text("Ваших услуг сейчас никто не ждёт.")).to_be_visible()
    expect(console.get_by_text("Никто не ждёт", exact=True)).to_be_visible()
    shot(console, "console-nobody-waits")
    hall.does("7", "next")
    expect(console.get_by_text("Ждём посетителя…")).to_be_visible()
    shot(console, "console-ready")


def test_a_visit_that_lasts_is_told_without_blame(screens: Screens, hall: Hall):
    window_of(hall)
    hall.does("7", "start")
    console = at_the_console(screens, hall, window="7")
    expect(console.locator("#state")).to_have_text("Приём")
    expect(console.get_by_text("приём, обычно 10 мин")).to_be_visible()
    told = first_event(hall, "dispatch", EVENTS)
    told["since"] = told["ticket"]["arrived_at"] = "2026-11-23T04:31:00Z"
    tells(console, EVENTS, ("window", told), ("clock", {"now": "2026-11-23T04:54:10Z"}))
    console.reload()
    expect(console.get_by_text("дольше обычного на 13 мин")).to_be_visible()
    shot(console, "console-longer-than-usual")


def test_no_such_window_and_no_such_branch(screens: Screens, hall: Hall):
    console = at_the_console(screens, hall, window="77")
    words = "Окна 77 в этом филиале нет. Выберите окно."
    expect(console.locator("#hint")).to_have_text(words)
    expect(console.locator(".tile").first).to_be_visible()
    shot(console, "console-no-such-window")
    console.goto(hall.page("dispatch", "console", branch="XX"))
    expect(console.get_by_text("Филиала XX нет в каталоге.")).to_be_visible()


def test_a_busy_operator_is_named_with_their_window(screens: Screens, hall: Hall):
    """Both were chosen before somebody else opened a window."""
    console = at_the_console(screens, hall, window="7")
    expect(console.get_by_role("button", name="Открыть окно 7")).to_be_enabled()
    hall.opens("8", "D06")
    console.clock.fast_forward(SETTLED_MS)
    console.keyboard.press("Enter")
    expect(console.locator("#hint")).to_contain_text("D06 уже работает в окне 8.")
    expect(console.locator(".person", has_text="D06")).to_contain_text("сейчас в окне 8")
    expect(console.get_by_role("form", name="D06 работает в окне 8.")).to_be_visible()
    shot(console, "console-operator-busy")
