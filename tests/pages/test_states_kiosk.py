"""The kiosk: closed, long names, no answer; and a visit that is over is forgotten."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.pages.hall import BRANCH, Hall
from tests.pages.screens import KIOSK, PHONES, Screens, shot
from tests.pages.steps import (
    agree_to_sms,
    at_the_kiosk,
    choose,
    dial,
    heading,
    press,
    take_ticket,
)
from tests.pages.told import AT, LONG, answers, tells

ASK_AFTER_MS, ASKED_FOR_S = 46_000, 15
CLOSE_IS_HEARD = """document.querySelector("dialog").addEventListener(
  "close", () => { window.heard = true; })"""
SERVICE = ("Выдача документов и консультации", "Консультация о порядке получения услуги")


def kiosk_told(screens: Screens, hall: Hall, **changed: Any) -> Page:
    """A kiosk that is told of its branch as it is, but for what is *changed*."""
    kiosk = screens.blank(KIOSK)
    answers(kiosk, f"{AT}/services", hall.services() | changed)
    kiosk.goto(hall.page("ticketing", "kiosk", branch=BRANCH))
    return kiosk


def fits(kiosk: Page) -> None:
    assert kiosk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert kiosk.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_on_sunday_it_says_when_to_come(screens: Screens, hall: Hall):
    sunday = {"open": False, "now": "2026-11-22T06:00:00Z", "hours": None}
    kiosk = kiosk_told(screens, hall, **sunday, next_opening="2026-11-23T03:00:00Z")
    expect(heading(kiosk, "Сейчас закрыто")).to_be_visible()
    expect(kiosk.get_by_text("Откроемся завтра в 08:00")).to_be_visible()
    expect(kiosk.get_by_text("сегодня выходной")).to_be_visible()
    shot(kiosk, "kiosk-closed")


def test_after_the_last_ticket_those_who_wait_are_told_to_stay(screens: Screens, hall: Hall):
    evening = {"open": False, "now": "2026-11-23T14:45:00Z"}
    kiosk = kiosk_told(screens, hall, **evening, next_opening="2026-11-24T03:00:00Z")
    expect(heading(kiosk, "Выдача талонов на сегодня закончена")).to_be_visible()
    expect(kiosk.get_by_text("Последний талон выдаём в 19:40")).to_be_visible()
    shot(kiosk, "kiosk-tickets-over")


def test_long_names_fit(screens: Screens, hall: Hall):
    told = hall.services()
    for service in told["services"]:
        service["name"] = LONG
    for category in told["categories"]:
        category["name"] = LONG
    told["branch"]["name"] = LONG
    kiosk = kiosk_told(screens, hall, **told)
    expect(kiosk.locator(".tile").first).to_be_visible()
    fits(kiosk)
    shot(kiosk, "kiosk-long-home")
    kiosk.locator(".tile").first.click()
    kiosk.locator(".row").first.click()
    expect(kiosk.locator(".take")).to_be_in_viewport(ratio=1)
    fits(kiosk)
    shot(kiosk, "kiosk-long-service")


def test_a_visitor_who_left_is_forgotten_with_their_phone(screens: Screens, hall: Hall):
    """Asked after 45 s without a touch, begun anew after 60; nothing of theirs is left."""
    kiosk = at_the_kiosk(screens, hall)
    choose(kiosk, *SERVICE)
    take_ticket(kiosk, hall)
    agree_to_sms(kiosk)
    dial(kiosk, "91234567")
    expect(kiosk.locator("output.phone")).to_contain_text("912")
    shot(kiosk, "kiosk-phone")
    press(kiosk, "Eng")
    kiosk.clock.fast_forward(ASK_AFTER_MS)
    expect(heading(kiosk, "Do you need more time?")).to_be_visible()
    shot(kiosk, "kiosk-still-there")
    kiosk.evaluate(CLOSE_IS_HEARD)
    press(kiosk, "Yes, go on")
    kiosk.wait_for_function("() => window.heard")
    expect(kiosk.locator("output.phone")).to_contain_text("912")
    kiosk.clock.fast_forward(ASK_AFTER_MS)
    expect(heading(kiosk, "Do you need more time?")).to_be_visible()
    kiosk.clock.run_for((ASKED_FOR_S + 1) * 1000)
    expect(heading(kiosk, "Что вам нужно?")).to_be_visible()
    expect(kiosk.locator("dialog")).to_be_hidden()
    assert "912" not in kiosk.content()
    choose(kiosk, *SERVICE)
    take_ticket(kiosk, hall)
    press(kiosk, "Прислать СМС, когда вызовут")
    expect(kiosk.get_by_label("Я согласен (согласна)")).not_to_be_checked()
    kiosk.get_by_label("Я согласен (согласна)").check()
    press(kiosk, "Ввести номер")
    expect(kiosk.locator("output.phone")).to_have_text("+7 ··· ···-··-··")


def test_a_number_leaves_the_screen_by_itself(screens: Screens, hall: Hall):
    kiosk = at_the_kiosk(screens, hall)
    choose(kiosk, *SERVICE)
    number = take_ticket(kiosk, hall)
    shot(kiosk, "kiosk-number")
    kiosk.clock.run_for(21_000)
    expect(heading(kiosk, "Что вам нужно?")).to_be_visible()
    assert number not in kiosk.content().replace("\u00a0", " ")


def test_a_branch_that_closed_meanwhile_refuses_with_its_hours(screens: Screens, hall: Hall):
    kiosk = at_the_kiosk(screens, hall)
    choose(kiosk, *SERVICE)
    refusal = {
        "type": "/problems/branch-closed",
        "title": "Branch closed",
        "status": 409,
        "hours": {"opens": "2026-11-23T03:00:00Z", "closes": "2026-11-23T04:00:00Z"}
        | {"last_ticket": "2026-11-23T03:40:00Z"},
        "next_opening": "2026-11-24T03:00:00Z",
    }
    answers(kiosk, f"{AT}/tickets", refusal, status=409)
    kiosk.get_by_role("button", name=re.compile("^Взять талон")).click()
    expect(heading(kiosk, "Сейчас закрыто")).to_be_visible()
    expect(kiosk.get_by_text("08:00–09:00")).to_be_visible()
    shot(kiosk, "kiosk-closed-meanwhile")


def test_no_answer_leads_to_one_ticket_not_two(screens: Screens, hall: Hall):
    """The ticket was issued, but its answer was lost: asked again, the same one comes."""
    kiosk = at_the_kiosk(screens, hall)
    choose(kiosk, *SERVICE)
    keys: list[str] = []
    issued: list[str] = []

    def answer_is_lost(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        issued.append(route.fetch().json()["number"])
        route.abort()

    kiosk.route(f"**{AT}/tickets", answer_is_lost)
    kiosk.get_by_role("button", name=re.compile("^Взять талон")).click()
    expect(heading(kiosk, "Ответа пока нет")).to_be_visible()
    shot(kiosk, "kiosk-no-answer")
    kiosk.unroute(f"**{AT}/tickets")
    with kiosk.expect_response(f"**{AT}/tickets") as answer:
        press(kiosk, "Попробовать ещё раз")
    hall.knows(answer.value.json()["id"])
    expect(kiosk.locator(".ours")).to_have_text(issued[0])
    assert len(keys) > 1
    assert {answer.value.request.headers["idempotency-key"], *keys} == {keys[0]}
    assert {*issued} == {issued[0]}


def test_no_word_is_left_without_an_answer(screens: Screens, hall: Hall):
    kiosk = at_the_kiosk(screens, hall)
    kiosk.get_by_role("button", name="Найти услугу").click()
    kiosk.keyboard.type("абракадабра")
    expect(kiosk.get_by_text("Ничего не нашлось")).to_be_visible()
    shot(kiosk, "kiosk-nothing-found")
    press(kiosk, "Все услуги А–Я")
    expect(heading(kiosk, "Все услуги А–Я")).to_be_visible()
    shot(kiosk, "kiosk-all-services")


def test_an_empty_simulator_says_how_to_fill_it(screens: Screens, hall: Hall):
    phones = screens.blank(PHONES)
    tells(phones, "/v1/phones/events", ("snapshot", {"phones": []}))
    phones.goto(hall.page("notify", "phones"))
    expect(heading(phones, "Пока ни одного СМС")).to_be_visible()
    shot(phones, "phones-empty")
