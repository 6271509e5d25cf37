"""One visitor's way through the real thing, from the kiosk to the end of the visit."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from tests.pages.hall import BRANCH, Hall, eventually
from tests.pages.screens import BOARD, PHONES, Screens
from tests.pages.steps import (
    SPEECH,
    agree_to_sms,
    at_the_console,
    at_the_kiosk,
    called,
    choose,
    dial,
    enter,
    heading,
    key,
    press,
    take_ticket,
)


def test_a_visitor_is_led_from_the_kiosk_to_the_end_of_the_visit(screens: Screens, hall: Hall):
    """Kiosk, console, board, voice and SMS tell one story."""
    board = a_loud_board(screens, hall)
    phones = screens.open(hall.page("notify", "phones"), PHONES)
    kiosk = at_the_kiosk(screens, hall)
    number = takes_a_ticket_by_everyday_word(kiosk, hall)
    leaves_a_phone(kiosk, "9123456701")
    phone = phones.get_by_role("article").filter(has_text="+7 912 345-67-01")
    sms = phone.locator("li").filter(has_text=re.compile(spaced(number)))
    expect(sms).to_contain_text("Талон выдан")

    console = at_the_console(screens, hall, window="7")
    expect(console.get_by_role("button", name="Открыть окно 7")).to_be_enabled()
    enter(console, "Свободно")
    expect(console.get_by_text("Ваших услуг ждут: 1")).to_be_visible()
    enter(console, "Вызов")
    expect(console.locator(".hero")).to_have_text(number)
    called(board, number, "7")
    expect(sms.filter(has_text="Вызов")).to_contain_text("Подойдите к окну 7")
    said(board, 1)

    key(console, "F2", "Вызов")
    expect(console.locator("#hint")).to_have_text("Талон вызван ещё раз.")
    expect(sms.filter(has_text="Повторный вызов")).to_be_visible()
    expect(sms).to_have_count(3)
    first, again = said(board, 2)
    assert first.startswith("Талон")
    assert first.endswith("окно семь")
    assert again == f"Повторный вызов. {first}"

    enter(console, "Приём")
    enter(console, "После приёма")
    expect(board.locator("#earlier li").first).to_contain_text(re.compile(spaced(number)))
    expect(board.locator("#large")).not_to_contain_text(re.compile(spaced(number)))


def test_a_ready_window_gets_the_next_visitor_by_itself(screens: Screens, hall: Hall):
    """Nobody waits: the operator asks once, and needs to press nothing more."""
    kiosk = at_the_kiosk(screens, hall)
    choose(kiosk, "Паспорта и справки МВД", "Справка о наличии или отсутствии судимости")
    console = at_the_console(screens, hall, window="7")
    expect(console.get_by_role("button", name="Открыть окно 7")).to_be_enabled()
    enter(console, "Свободно")
    enter(console, "Ждём")
    expect(console.get_by_text("Вызовем сами, нажимать ничего не нужно")).to_be_visible()
    number = take_ticket(kiosk, hall)
    expect(console.locator("#state")).to_have_text("Вызов")
    expect(console.locator(".hero")).to_have_text(number)
    expect(console.get_by_text("Без ожидания")).to_be_visible()


def test_an_operator_needs_no_mouse(screens: Screens, hall: Hall):
    """Choosing, opening, a break, closing: keys only, and the focus is where Enter is meant."""
    console = at_the_console(screens, hall)
    expect(console.locator(".tile")).to_have_count(18)
    console.keyboard.press("Enter")
    expect(console.locator("#hint")).to_have_text("Выберите окно: стрелками или щелчком.")
    while console.evaluate("document.activeElement.name") != "window":
        console.keyboard.press("Shift+Tab")
    console.keyboard.press("Space")
    while console.locator("input[name=window]:checked").get_attribute("value") != "3":
        console.keyboard.press("ArrowRight")
    expect(console.get_by_role("button", name="Открыть окно 3")).to_be_enabled()
    enter(console, "Свободно")
    assert hall.window("3")["operator"] == "D03"
    assert "window=3" in console.url
    console.keyboard.press("F9")
    expect(console.get_by_role("form", name="Почему перерыв?")).to_be_visible()
    key(console, "2", "Перерыв")
    assert hall.window("3")["reason"] == "technical"
    enter(console, "Свободно")
    key(console, "F10", "Закрыто")
    eventually("the window is closed", lambda: hall.window("3")["state"] == "closed")
    expect(console.locator("#go")).to_be_focused()


def test_an_illegal_move_is_explained_in_words(screens: Screens, hall: Hall):
    """Somebody else moved the window while this press was on its way."""
    hall.takes("B11")
    hall.opens("7", "D06")
    hall.calls("7")
    console = at_the_console(screens, hall, window="7")
    expect(console.locator("#state")).to_have_text("Вызов")

    def overtaken(route: Route) -> None:
        hall.does("7", "no-show")
        route.continue_()

    console.route("**/windows/7/start", overtaken)
    with console.expect_response("**/windows/7/start") as answer:
        enter(console, "Свободно")
    assert answer.value.status == 409
    assert answer.value.json()["type"] == "/problems/illegal-move"
    expect(console.locator("#hint")).to_contain_text("Приём начинают, когда посетитель вызван.")
    expect(console.locator("#hint")).to_contain_text("Сейчас можно: вызвать следующего")


def a_loud_board(screens: Screens, hall: Hall) -> Page:
    """Browsers give no sound before a touch: the board asks for it."""
    board = screens.blank(BOARD)
    board.add_init_script(SPEECH)
    board.goto(hall.page("notify", "board", branch=BRANCH, zone="hall-1", sound=1))
    expect(board.locator("#link")).to_have_text("на связи")
    board.locator("body").click()
    expect(board.locator("#sound")).to_be_hidden()
    return board


def said(board: Page, count: int) -> list[str]:
    """The first *count* announcements, as soon as they were made."""
    board.wait_for_function("count => said.length >= count", arg=count)
    words: list[str] = board.evaluate("said")
    return words


def takes_a_ticket_by_everyday_word(kiosk: Page, hall: Hall) -> str:
    kiosk.get_by_role("button", name="Найти услугу").click()
    for letter in "ПРОПИСКА":
        press(kiosk, letter)
    expect(kiosk.locator(".told")).to_contain_text(re.compile(r"Нашл[а-я]+ \d+ услуг"))
    kiosk.get_by_role("button", name="Регистрация по месту жительства").first.click()
    expect(heading(kiosk, "Регистрация по месту жительства")).to_be_visible()
    expect(kiosk.locator(".papers li").first).to_have_text("Паспорт")
    return take_ticket(kiosk, hall)


def leaves_a_phone(kiosk: Page, digits: str) -> None:
    agree_to_sms(kiosk)
    dial(kiosk, digits)
    press(kiosk, "Дальше")
    expect(heading(kiosk, "Номер верный?")).to_be_visible()
    press(kiosk, "Да, верный")
    told = re.compile(rf"СМС придёт на номер \+7\*+{digits[-4:]}")
    expect(kiosk.get_by_text(told)).to_be_visible()


def spaced(number: str) -> str:
    """A pattern for *number*, whatever stands between its letter and its digits."""
    return number.replace(" ", r"\s")
