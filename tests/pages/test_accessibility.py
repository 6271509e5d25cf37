"""For everybody: axe finds nothing, targets are large, pages are light and ask nobody else."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from tests.pages.hall import BRANCH, Hall
from tests.pages.screens import (
    BOARD,
    CONSOLE,
    KIOSK,
    PHONES,
    SHIFT,
    TABLET,
    Screens,
    axe,
    shot,
)
from tests.pages.steps import (
    at_the_console,
    at_the_kiosk,
    dial,
    enter,
    heading,
    key,
    press,
    take_ticket,
)
from tests.pages.told import AT, BOARD_EVENTS, answers, first_event, tells

TARGET_PX = 44
KIOSK_TARGET_PX = 60  # 20 mm of a 32 inch screen with 1080 pixels to its 398 mm, and some more
PAGE_KB = 50
SERVICE = ("Выдача документов и консультации", "Консультация о порядке получения услуги")


def is_for_everybody(page: Page, *, target: int = TARGET_PX, contrast: bool = False) -> None:
    assert axe(page, contrast=contrast) == []
    small = page.evaluate(
        """least => [...document.querySelectorAll("button, a, input, [role=button]")]
          .map((e) => (/radio|checkbox/.test(e.type) && e.closest("label")) || e)
          .filter((e) => e.checkVisibility() && !e.disabled)
          .map((e) => [e.getBoundingClientRect(), e.textContent || e.id])
          .filter(([box]) => Math.min(box.width, box.height) < least)
          .map(([box, name]) => `${name}: ${box.width} x ${box.height}`)""",
        target,
    )
    assert small == []


def every_kiosk_screen(kiosk: Page, hall: Hall) -> None:
    """The way of a visitor; each step is looked at plain and with large type."""

    def look(name: str) -> None:
        is_for_everybody(kiosk, target=KIOSK_TARGET_PX)
        press(kiosk, "Аа: крупный шрифт и контраст")
        is_for_everybody(kiosk, target=KIOSK_TARGET_PX, contrast=True)
        shot(kiosk, f"kiosk-{name}-large")
        press(kiosk, "Аа: крупный шрифт и контраст")

    look("home")
    press(kiosk, "Все услуги А–Я 180 услуг")
    look("all")
    press(kiosk, "Назад")
    kiosk.get_by_role("button", name="Найти услугу").click()
    kiosk.keyboard.type("паспорт")
    expect(kiosk.locator(".row").first).to_be_visible()
    look("search")
    press(kiosk, "Назад")
    kiosk.get_by_role("button", name=SERVICE[0]).click()
    look("category")
    kiosk.get_by_role("button", name=SERVICE[1]).click()
    look("service")
    take_ticket(kiosk, hall)
    look("number")
    press(kiosk, "Прислать СМС, когда вызовут")
    expect(kiosk.get_by_label("Я согласен (согласна)")).to_be_visible()
    look("consent")
    kiosk.get_by_label("Я согласен (согласна)").check()
    press(kiosk, "Ввести номер")
    dial(kiosk, "9123456705")
    look("phone")
    press(kiosk, "Дальше")
    expect(heading(kiosk, "Номер верный?")).to_be_visible()
    look("confirm")


def test_the_kiosk_is_for_everybody(screens: Screens, hall: Hall):
    kiosk = at_the_kiosk(screens, hall)
    every_kiosk_screen(kiosk, hall)
    kiosk.clock.fast_forward(46_000)
    expect(heading(kiosk, "Нужно ещё время?")).to_be_visible()
    is_for_everybody(kiosk, target=KIOSK_TARGET_PX)


def test_a_closed_kiosk_is_for_everybody(screens: Screens, hall: Hall):
    told = hall.services() | {"open": False, "next_opening": "2026-11-24T03:00:00Z"}
    kiosk = screens.blank(KIOSK)
    answers(kiosk, f"{AT}/services", told)
    kiosk.goto(hall.page("ticketing", "kiosk", branch=BRANCH))
    expect(kiosk.get_by_text("Откроемся завтра в 08:00")).to_be_visible()
    is_for_everybody(kiosk, target=KIOSK_TARGET_PX)


def test_the_console_is_for_everybody(screens: Screens, hall: Hall):
    console = at_the_console(screens, hall, window="7")
    expect(console.get_by_role("button", name="Открыть окно 7")).to_be_enabled()
    is_for_everybody(console)
    enter(console, "Свободно")
    is_for_everybody(console)
    enter(console, "Ждём")
    is_for_everybody(console)
    hall.takes("B11")
    hall.takes("C01")
    expect(console.locator("#state")).to_have_text("Вызов")
    expect(console.locator("#lines li").first).to_be_visible()
    is_for_everybody(console)
    enter(console, "Приём")
    console.keyboard.press("F8")
    expect(console.locator("#hint")).to_contain_text("Сейчас можно: завершить приём, ")
    is_for_everybody(console)
    for panel in ("F4", "F6", "Shift+Enter"):
        console.keyboard.press(panel)
        expect(console.locator(".panel")).to_be_visible()
        is_for_everybody(console)
        console.keyboard.press("Escape")
    enter(console, "После приёма")
    console.keyboard.press("F9")
    expect(console.get_by_role("form", name="Почему перерыв?")).to_be_visible()
    is_for_everybody(console)
    shot(console, "console-why-the-break")
    key(console, "1", "Перерыв")
    is_for_everybody(console)
    shot(console, "console-break")


def test_the_shift_head_s_page_is_for_everybody(screens: Screens, hall: Hall):
    shift = screens.open(hall.page("dispatch", "shift", branch=BRANCH), SHIFT)
    expect(shift.get_by_text("Все окна закрыты")).to_be_visible()
    is_for_everybody(shift)
    hall.opens("7", "D06")
    hall.takes("B11")
    hall.takes("D14")
    hall.calls("7")
    expect(shift.get_by_text("ни одно открытое окно")).to_be_visible()
    shift.get_by_label("Добавить перерыв…").select_option("D06")
    expect(shift.get_by_role("button", name="Сохранить план")).to_be_visible()
    is_for_everybody(shift)


@pytest.mark.parametrize("languages", ["ru", "ru,en"])
def test_the_board_is_for_everybody(languages: str, screens: Screens, hall: Hall):
    hall.opens("1", "D01")
    hall.takes("A05")
    query = {"branch": BRANCH, "zone": "hall-1", "lang": languages, "sound": "1"}
    board = screens.open(hall.page("notify", "board", **query), BOARD)
    expect(board.locator("#link")).to_have_class("live")
    is_for_everybody(board)
    hall.calls("1")
    expect(board.locator(".call.new")).to_be_visible()
    board.evaluate("Promise.all(document.getAnimations().map((a) => a.finish()))")
    is_for_everybody(board)
    told = first_event(hall, "notify", BOARD_EVENTS)
    tells(board, BOARD_EVENTS, ("snapshot", told | {"calls": [], "waiting": 0}))
    board.reload()
    expect(board.locator("#blank")).to_be_visible()
    is_for_everybody(board)


def test_the_phones_are_for_everybody(screens: Screens, hall: Hall):
    hall.takes("A05", phone="+79123456706")
    phones = screens.open(hall.page("notify", "phones"), PHONES)
    phone = phones.get_by_role("article").filter(has_text="+7 912 345-67-06")
    expect(phone.get_by_text("доставлено").first).to_be_visible()
    is_for_everybody(phones)
    phones.get_by_label("Номер телефона").fill("0000000")
    expect(heading(phones, "Такого телефона нет")).to_be_visible()
    is_for_everybody(phones)
    shot(phones, "phones-no-such")


PAGES: dict[str, tuple[str, tuple[int, int], dict[str, Any]]] = {
    "kiosk": ("ticketing", KIOSK, {"branch": BRANCH}),
    "console": ("dispatch", CONSOLE, {"branch": BRANCH, "window": 7}),
    "board": ("notify", BOARD, {"branch": BRANCH, "sound": 1}),
    "phones": ("notify", PHONES, {}),
    "shift": ("dispatch", SHIFT, {"branch": BRANCH}),
    "why": ("dispatch", TABLET, {"branch": BRANCH}),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light_and_quiet(name: str, screens: Screens, hall: Hall):
    """Counted as a proxy sends it, without the font; the browser has nothing to complain of."""
    service, size, query = PAGES[name]
    page = screens.blank(size)
    got: list[Response] = []

    def keep(response: Response) -> None:
        got.append(response)

    page.on("response", keep)
    page.goto(hall.page(service, name, **query))
    page.wait_for_function("() => document.fonts.status === 'loaded' && document.fonts.size > 0")
    expect(page.get_by_text(IS_THERE[name]).first).to_be_visible()
    own = [r for r in got if "/v1/" not in r.url and not r.url.endswith(".woff2") and r.ok]
    sizes = {r.url: len(gzip.compress(r.body(), mtime=0)) for r in own}
    assert len(sizes) > 4
    assert sum(sizes.values()) <= PAGE_KB * 1024, sizes
    assert screens.notes == []


IS_THERE = {
    "kiosk": "Паспорта и справки МВД",
    "console": "Открыть окно 7",
    "board": "на связи",
    "phones": "на связи",
    "shift": "Все окна закрыты",
    "why": "Порядок вызова в этом центре",
}
