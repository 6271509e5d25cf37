"""The page that explains: to be read aloud to somebody who is not pleased to wait."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.pages.hall import BRANCH, Hall
from tests.pages.screens import Screens, shot
from tests.pages.test_accessibility import is_for_everybody

TABLET = (820, 1180)


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


def test_a_visitor_asks_with_the_ticket_s_own_link(screens: Screens, hall: Hall):
    """Without knowing any number; nobody else's ticket is told of."""
    hall.opens("8", "D08")
    mine = hall.takes("B01")
    page = screens.open(hall.page("dispatch", "why", ticket=mine["id"]), (390, 844))
    expect(page.locator("#text")).to_contain_text("Вы следующий по своему вопросу.")
    is_for_everybody(page)
    shot(page, "why-visitor")


def test_a_number_that_nobody_has_is_said(screens: Screens, hall: Hall):
    page = screens.open(hall.page("dispatch", "why", branch=BRANCH), TABLET)
    page.get_by_label("Номер посетителя").fill("Ы 999")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Такого талона сегодня нет. Проверьте номер.")
