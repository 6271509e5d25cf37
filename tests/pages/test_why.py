"""The page that explains: to be read aloud to somebody who is not pleased to wait."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.pages.hall import BRANCH, Hall, eventually
from tests.pages.screens import TABLET, VISITOR, Screens, shot
from tests.pages.test_accessibility import is_for_everybody
from tests.pages.told import is_cut_off


def test_the_administrator_explains_a_call(screens: Screens, hall: Hall):
    """Two numbers as people say them, and one calm answer in both languages."""
    hall.opens("8", "D08")
    first, second = hall.takes("B01"), hall.takes("B01")
    hall.calls("8")
    page = screens.open(hall.page("dispatch", "why", branch=BRANCH), TABLET)
    page.get_by_label("Номер посетителя").fill(second["number"].split()[-1])
    page.get_by_label("Кого вызвали раньше").fill(first["number"])
    is_for_everybody(page)
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_contain_text(f"Талон {first['number']} взят раньше вашего.")
    is_for_everybody(page)
    shot(page, "why")
    page.get_by_role("button", name="English").click()
    expect(page.locator("#text")).to_contain_text("was taken before yours")
    page.get_by_role("button", name="The order of calls").click()
    expect(page.locator("#paper")).to_contain_text("ПОРЯДОК ВЫЗОВА ПОСЕТИТЕЛЕЙ")
    is_for_everybody(page)


def test_a_visitor_asks_with_the_ticket_s_own_link(screens: Screens, hall: Hall):
    """Without knowing any number; nobody else's ticket is told of."""
    hall.opens("8", "D08")
    mine = hall.takes("B01")
    page = screens.open(hall.page("dispatch", "why", ticket=mine["id"]), VISITOR)
    expect(page.locator("#text")).to_contain_text("Вы следующий по своему вопросу.")
    is_for_everybody(page)
    shot(page, "why-visitor")


def test_a_number_that_nobody_has_is_said(screens: Screens, hall: Hall):
    page = screens.open(hall.page("dispatch", "why", branch=BRANCH), TABLET)
    page.get_by_label("Номер посетителя").fill("Ы 999")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Талона Ы 999 сегодня нет. Проверьте номер.")


def test_a_link_to_no_ticket_of_today_says_so(screens: Screens, hall: Hall):
    """A visitor may keep a link longer than a day."""
    link = hall.page("dispatch", "why", ticket="BR-D-00000000000000000000")
    page = screens.open(link, VISITOR)
    expect(page.get_by_role("alert")).to_have_text(re.compile("По этой ссылке талона нет"))
    shot(page, "why-no-ticket")


def test_without_a_connection_the_answer_stays_and_is_told_to_be_old(screens: Screens, hall: Hall):
    hall.opens("8", "D08")
    mine = hall.takes("B01")
    page = screens.blank(VISITOR)
    page.clock.install()
    page.goto(hall.page("dispatch", "why", ticket=mine["id"]))
    expect(page.locator("#text")).to_contain_text("Вы следующий")
    is_cut_off(page)
    told = page.get_by_text("Нет связи: ответ мог измениться.")
    eventually("the loss is told", lambda: page.clock.fast_forward(5000) or told.is_visible())
    expect(page.locator("#text")).to_contain_text("Вы следующий")
    shot(page, "why-lost")
