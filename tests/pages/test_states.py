"""What every page shows while it loads, without a connection, in English, and without motion."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from services.embedded.stack import Stack
from tests.pages.hall import BRANCH, Hall, eventually
from tests.pages.screens import BOARD, CONSOLE, KIOSK, PHONES, SHIFT, Screens, shot
from tests.pages.told import is_cut_off, keeps_silent, standing_still

CYRILLIC = re.compile("[А-Яа-яЁё]+")
SILENCE_MS = 5000


@dataclass(frozen=True)
class Case:
    """A page, and its words."""

    name: str
    service: str
    size: tuple[int, int]
    query: dict[str, str]
    there: str  # an element that stands only when all is well
    loading: str
    lost: str
    never: str

    def url(self, hall: Hall, **query: str) -> str:
        return hall.page(self.service, self.name, **self.query, **query)


CASES = [
    Case(
        *("kiosk", "ticketing", KIOSK, {"branch": BRANCH}, ".tile"),
        loading="Открываем список услуг…",
        lost="Нет связи. Талон сейчас может не выдаться: подойдите к администратору.",
        never="Терминал пока не работает",
    ),
    Case(
        *("console", "dispatch", CONSOLE, {"branch": BRANCH, "window": "7"}, ".tile"),
        loading="Подключаемся к окну…",
        lost=r"Нет связи, данные на \d\d:\d\d. Пробуем снова…",
        never="Нет связи с сервером. Пробуем снова…",
    ),
    Case(
        *("board", "notify", BOARD, {"branch": BRANCH, "zone": "hall-1"}, "#link.live"),
        loading="Подключаемся…",
        lost=r"Нет связи, данные на \d\d:\d\d. Слушайте объявления администратора.",
        never="Нет связи с сервером. Вызовы объявит администратор.",
    ),
    Case(
        *("shift", "dispatch", SHIFT, {"branch": BRANCH}, "#windows-rest:not(:empty)"),
        loading="Смотрим, что в зале…",
        lost=r"Нет связи, данные на \d\d:\d\d. Пробуем снова…",
        never="Нет связи с сервером. Пробуем снова…",
    ),
    Case(
        *("phones", "notify", PHONES, {}, "#line[data-state=live]"),
        loading="подключаемся…",
        lost=r"Нет связи с сервисом. Показаны СМС на \d\d:\d\d; подключимся сами.",
        never="Нет связи с сервисом. Подключимся сами.",
    ),
]
every_page = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@every_page
def test_a_page_that_waits_says_so(case: Case, screens: Screens, hall: Hall):
    page = screens.blank(case.size)
    keeps_silent(page)
    page.goto(case.url(hall))
    expect(page.get_by_text(case.loading)).to_be_visible()
    shot(page, f"{case.name}-loading")


@every_page
def test_a_lost_connection_is_told_and_comes_back_by_itself(
    case: Case, screens: Screens, hall: Hall, talon: Stack
):
    """The service stands still; what was told before stays, with its time."""
    hall.takes("A05", phone="+79123456703")
    page = screens.blank(case.size)
    page.clock.install()
    page.goto(case.url(hall))
    expect(page.locator(case.there).first).to_be_visible()
    if (clock := page.locator("time#clock")).count():
        expect(clock).to_have_text(re.compile(r"\d\d:\d\d"))
    banner = page.locator("#lost")
    expect(banner).to_be_hidden()
    page.evaluate("document.fonts.ready")  # a font asked of a service that stands never comes
    with standing_still(talon, case.service):
        eventually("the loss is told", lambda: later(page) or banner.is_visible())
        expect(banner).to_have_text(re.compile(case.lost))
        shot(page, f"{case.name}-lost")
    expect(banner).to_be_hidden()
    expect(page.locator(case.there).first).to_be_visible()


@every_page
def test_a_page_without_a_service_says_what_to_do(case: Case, screens: Screens, hall: Hall):
    page = screens.blank(case.size)
    page.clock.install()
    is_cut_off(page)
    page.goto(case.url(hall))
    words = page.get_by_text(case.never)
    eventually("the lack is told", lambda: later(page) or words.is_visible())
    shot(page, f"{case.name}-no-service")


def later(page: Page) -> None:
    page.clock.fast_forward(SILENCE_MS)


@every_page
def test_english_is_a_full_duplicate(case: Case, screens: Screens, hall: Hall):
    """Only what says that it is Russian may be: numbers, official papers, the other language."""
    page = screens.open(case.url(hall, lang="en"), case.size)
    expect(page.locator(case.there).first).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    russian = page.evaluate("""() => [...document.querySelectorAll("body *")]
      .filter((e) => !e.closest("[lang=ru], .phone, symbol") && e.checkVisibility())
      .flatMap((e) => [...[...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data),
        e.ariaLabel ?? "", e.placeholder ?? "", e.title ?? ""])""")
    assert [text for text in [*russian, page.title()] if CYRILLIC.search(text)] == []
    shot(page, f"{case.name}-english")


@every_page
def test_reduced_motion_is_honoured(case: Case, screens: Screens, hall: Hall):
    page = screens.open(case.url(hall), case.size, motion="reduce")
    expect(page.locator(case.there).first).to_be_visible()
    hall.opens("1", "D01")
    hall.takes("A05", phone="+79123456702")
    hall.calls("1")
    if case.name == "board":
        expect(page.locator(".call.new")).to_be_visible()
    if case.name == "phones":
        expect(page.locator("li.fresh").first).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0
