"""What people do at the pages, step by step, in their words."""

from __future__ import annotations

import re
from typing import Final

from playwright.sync_api import Locator, Page, expect

from tests.pages.hall import BRANCH, Hall
from tests.pages.screens import CONSOLE, KIOSK, Screens

SETTLED_MS: Final = 1000  # the console takes a second Enter sooner than this for a slip

SPEECH: Final = """
window.said = [];
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [{ lang: "ru-RU", localService: true }, { lang: "en-US", localService: true }],
  speak(speech) { said.push(speech.text); setTimeout(() => speech.onend?.(), 50); },
} });
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""
"""A voice that keeps what it was asked to say; headless browsers have none."""


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def heading(page: Page, words: str) -> Locator:
    return page.get_by_role("heading", name=words)


def at_the_kiosk(screens: Screens, hall: Hall, **query: str) -> Page:
    """A kiosk that waits for a visitor; its time is the test's, too."""
    kiosk = screens.blank(KIOSK)
    kiosk.clock.install()
    kiosk.goto(hall.page("ticketing", "kiosk", branch=BRANCH, **query))
    expect(kiosk.locator(".tile").first).to_be_visible()
    return kiosk


def choose(kiosk: Page, category: str, service: str) -> None:
    kiosk.get_by_role("button", name=category).click()
    kiosk.get_by_role("button", name=service).click()
    expect(heading(kiosk, service)).to_be_visible()


def take_ticket(kiosk: Page, hall: Hall) -> str:
    """From a service's screen to the number, which is answered: ``Ц 001``."""
    with kiosk.expect_response(re.compile("/tickets$")) as answer:
        kiosk.get_by_role("button", name=re.compile("^(Взять талон|Take a ticket)")).click()
    issued = answer.value.json()
    hall.knows(issued["id"])
    expect(kiosk.locator(".ours")).to_have_text(issued["number"])
    number: str = issued["number"]
    return number


def agree_to_sms(kiosk: Page) -> None:
    press(kiosk, "Прислать СМС, когда вызовут")
    kiosk.get_by_label("Я согласен (согласна)").check()
    press(kiosk, "Ввести номер")
    expect(heading(kiosk, "Ваш номер телефона")).to_be_visible()


def dial(kiosk: Page, digits: str) -> None:
    for digit in digits:
        press(kiosk, digit)


def at_the_console(screens: Screens, hall: Hall, **query: str) -> Page:
    """The page of an operator; its time is the test's, too."""
    console = screens.blank(CONSOLE)
    console.clock.install()
    console.goto(hall.page("dispatch", "console", branch=BRANCH, **query))
    told = console.locator("#state:visible, .tile:visible")  # a key before that is left out
    expect(told.first).to_be_visible()
    return console


def enter(console: Page, leads_to: str) -> None:
    """Press Enter, as somebody does who reads what the button says."""
    key(console, "Enter", leads_to)


def key(console: Page, name: str, leads_to: str) -> None:
    """Press a key that commands, and wait for its answer: until then other keys are left out."""
    console.clock.fast_forward(SETTLED_MS)
    with console.expect_response(lambda answer: answer.request.method == "POST"):
        console.keyboard.press(name)
    expect(console.locator("#state")).to_have_text(leads_to)
    expect(console.locator("#acts")).to_have_attribute("aria-busy", "false")


def called(board: Page, number: str, window: str) -> Locator:
    """The large row of a call."""
    row = board.locator("#large .call", has_text=re.compile(number.replace(" ", r"\s")))
    expect(row.locator(".window")).to_have_text(window)
    return row
