"""What an operator does beside the one big button: by keys, in panels, told in words."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.pages.hall import BRANCH, Hall, eventually
from tests.pages.screens import CONSOLE, Screens, shot
from tests.pages.steps import SETTLED_MS, at_the_console, enter, key
from tests.pages.told import AT, answers, first_event, tells

EVENTS = f"{AT}/windows/7/events"


def with_a_visitor(screens: Screens, hall: Hall) -> tuple[Page, str]:
    """The console of window 7, which calls; and the number that it calls."""
    hall.opens("7", "D06")
    number: str = hall.takes("B11")["number"]
    eventually("the visitor waits", lambda: hall.waiting() == 1)
    hall.calls("7")
    console = at_the_console(screens, hall, window="7")
    expect(console.locator("#state")).to_have_text("Вызов")
    return console, number


def ask(console: Page, name: str) -> None:
    """Open a panel by its key."""
    console.keyboard.press(name)
    expect(console.locator(".panel")).to_be_visible()
    console.clock.fast_forward(SETTLED_MS)


def told(hall: Hall, **changed: Any) -> dict[str, Any]:
    """Window 7 that calls, as the service tells it, but for what is *changed*."""
    hall.opens("7", "D06")
    hall.takes("B11")
    hall.calls("7")
    return first_event(hall, "dispatch", EVENTS) | changed


def test_an_operator_moves_to_another_window_when_it_is_confirmed(screens: Screens, hall: Hall):
    """One operator, one window: the other one closes, but never without a question."""
    hall.opens("8", "D06")
    console = at_the_console(screens, hall, window="7")
    console.locator(".person", has_text="D06").click()
    expect(console.get_by_role("button", name="Занять окно 7")).to_be_enabled()
    console.clock.fast_forward(SETTLED_MS)
    console.keyboard.press("Enter")
    expect(console.get_by_role("form", name="D06 работает в окне 8.")).to_be_visible()
    assert hall.window("8")["operator"] == "D06"
    key(console, "1", "Свободно")
    assert hall.window("8")["state"] == "closed"
    assert hall.window("7")["operator"] == "D06"


def test_a_window_that_is_taken_over_says_so_where_it_was(screens: Screens, hall: Hall):
    hall.opens("7", "D06")
    console = at_the_console(screens, hall, window="7")
    expect(console.locator("#state")).to_have_text("Свободно")
    console.clock.fast_forward(SETTLED_MS * 5)
    hall.does("9", "open", operator="D06", take_over=True)
    expect(console.locator("#hint")).to_contain_text("Окно закрыли не отсюда")


def test_a_visit_ends_otherwise_than_done(screens: Screens, hall: Hall):
    console, _ = with_a_visitor(screens, hall)
    enter(console, "Приём")
    ask(console, "Shift+Enter")
    shot(console, "console-outcome")
    with console.expect_request("**/finish") as request:
        key(console, "1", "После приёма")
    assert request.value.post_data_json == {"outcome": "no_documents"}
    expect(console.get_by_role("heading", name="Приём завершён")).to_be_visible()
    shot(console, "console-tidying")


def test_a_visitor_is_put_aside_till_an_hour(screens: Screens, hall: Hall):
    """By a key for the usual spans, or by the hour that the visitor names."""
    console, number = with_a_visitor(screens, hall)
    ask(console, "F4")
    shot(console, "console-defer")
    console.get_by_label("или до").fill("12:40")
    key(console, "Enter", "Свободно")
    words = re.compile(rf"{number.replace(' ', '.')} отложен, обещанное время сохранено")
    expect(console.locator("#hint")).to_have_text(words)
    (found,) = hall.get("dispatch", f"{AT}/find?number={number}")["tickets"]
    assert found["state"] == "deferred"
    assert found["until"].startswith("2026-11-23T07:40")


def test_a_visitor_is_transferred_to_another_service(screens: Screens, hall: Hall):
    """Named by a part of its name; what fits several services is asked again."""
    console, number = with_a_visitor(screens, hall)
    enter(console, "Приём")
    ask(console, "F6")
    service = console.get_by_label("Другая услуга")
    service.fill("паспорт")
    console.keyboard.press("Enter")
    expect(console.locator("#hint")).to_have_text(re.compile("выберите из списка"))
    service.fill("D14")
    shot(console, "console-transfer")
    key(console, "Enter", "После приёма")
    (found,) = hall.get("dispatch", f"{AT}/find?number={number}")["tickets"]
    assert (found["state"], found["service"]) == ("waiting", "D14")


def test_escape_leaves_a_panel_and_enter_is_the_big_button_again(screens: Screens, hall: Hall):
    console, _ = with_a_visitor(screens, hall)
    ask(console, "F6")
    console.keyboard.press("Escape")
    expect(console.locator(".panel")).to_have_count(0)
    enter(console, "Приём")


def test_a_ticket_is_called_out_of_order_only_with_a_reason(screens: Screens, hall: Hall):
    hall.opens("7", "D06")
    hall.takes("B11")
    number = hall.takes("B11")["number"]
    eventually("both wait", lambda: hall.waiting() == 2)
    console = at_the_console(screens, hall, window="7")
    expect(console.locator("#state")).to_have_text("Свободно")
    ask(console, "F3")
    console.get_by_label("Номер талона").fill(number.split()[-1])
    console.keyboard.press("Enter")
    expect(console.locator("#hint")).to_have_text("Выберите причину: её записывают.")
    console.get_by_label("Причина").select_option("health")
    shot(console, "console-out-of-order")
    console.get_by_label("Номер талона").focus()
    key(console, "Enter", "Вызов")
    expect(console.locator(".hero")).to_have_text(number)
    expect(console.locator(".why").last).to_contain_text("Вызван вне очереди.")


def test_a_number_that_does_not_wait_is_told_with_its_state(screens: Screens, hall: Hall):
    hall.opens("8", "D08")
    number = hall.takes("B01")["number"]
    hall.calls("8")
    hall.opens("7", "D06")
    console = at_the_console(screens, hall, window="7")
    expect(console.locator("#state")).to_have_text("Свободно")
    ask(console, "F3")
    console.get_by_label("Номер талона").fill(number)
    console.get_by_label("Причина").select_option("mistake")
    console.get_by_role("button", name="Вызвать", exact=True).click()
    expect(console.locator("#hint")).to_have_text(re.compile("не ждёт вызова: уже вызван"))


def test_a_right_that_is_not_confirmed_gives_the_ordinary_place(screens: Screens, hall: Hall):
    """The operator is asked to check; others never learn of it."""
    hall.opens("7", "D06")
    ticket = hall.takes("B11", standing="statutory")
    hall.calls("7")
    console = at_the_console(screens, hall, window="7")
    expect(console.get_by_text("Проверьте документ, дающий право")).to_be_visible()
    expect(console.get_by_text("право на приём вне очереди по закону")).to_be_visible()
    shot(console, "console-priority")
    ask(console, "F7")
    key(console, "1", "Свободно")
    (found,) = hall.get("dispatch", f"{AT}/find?number={ticket['number']}")["tickets"]
    assert found["state"] == "waiting"


def test_who_waited_in_the_ordinary_order_has_no_right_to_refuse(screens: Screens, hall: Hall):
    console, _ = with_a_visitor(screens, hall)
    console.keyboard.press("F7")
    expect(console.locator("#hint")).to_contain_text("Этот талон ждал в общем порядке")
    expect(console.get_by_role("button", name="Право не подтверждено")).to_have_count(0)


def test_a_visit_of_two_services_goes_on_at_the_same_window(screens: Screens, hall: Hall):
    """The big button says that it goes on, and the page what comes then."""
    hall.opens("7", "D06")
    hall.takes("B11", further=["B02"])
    hall.calls("7")
    console = at_the_console(screens, hall, window="7")
    enter(console, "Приём")
    expect(console.locator(".then")).to_contain_text("После этого: ")
    name = console.locator(".then").inner_text().removeprefix("После этого: ")
    expect(console.locator("#go")).to_contain_text("Завершить и перейти к следующей услуге")
    shot(console, "console-further")
    enter(console, "Приём")
    expect(console.locator(".need h2")).to_have_text(name)
    expect(console.locator("#hint")).to_have_text(f"Приём продолжается: {name}.")
    enter(console, "После приёма")


def test_the_next_call_of_a_visitor_is_counted_down(screens: Screens, hall: Hall):
    """By the rules of the centre; a press before that is told how long it still takes."""
    now = "2026-11-23T05:04:10Z"
    recall = {"left": 2, "at": "2026-11-23T05:04:34Z"}
    console = screens.blank(CONSOLE)
    tells(console, EVENTS, ("window", told(hall, recall=recall)), ("clock", {"now": now}))
    console.goto(hall.page("dispatch", "console", branch=BRANCH, window="7"))
    button = console.get_by_role("button", name=re.compile(r"Ещё раз через 00:2\d"))
    expect(button).to_have_attribute("aria-disabled", "true")
    console.keyboard.press("F2")
    expect(console.locator("#hint")).to_contain_text("Посетителю нужно время подойти")
    shot(console, "console-recall-soon")


def test_a_recall_beyond_the_limit_says_what_to_do_instead(screens: Screens, hall: Hall):
    console = screens.blank(CONSOLE)
    tells(
        console,
        EVENTS,
        ("window", told(hall, recall=None)),
        ("clock", {"now": "2026-11-23T05:04:10Z"}),
    )
    problem = {"type": "/problems/no-more-recalls", "window": "7", "limit": 3}
    answers(console, f"{AT}/windows/7/recall", problem, status=409)
    console.goto(hall.page("dispatch", "console", branch=BRANCH, window="7"))
    expect(console.locator("#state")).to_have_text("Вызов")
    console.keyboard.press("F2")
    expect(console.locator("#hint")).to_contain_text("Отметьте «Не пришёл» или начните приём.")
    expect(console.get_by_role("button", name="Вызовов больше нет")).to_be_visible()


def test_a_break_is_asked_for_and_answered_with_its_reason(screens: Screens, hall: Hall):
    """At ten it is too early for a break: the answer says why, and from when."""
    console, _ = with_a_visitor(screens, hall)
    enter(console, "Приём")
    ask(console, "F9")
    expect(console.get_by_role("form", name="Перерыв после этого посетителя")).to_be_visible()
    key(console, "1", "Приём")
    expect(console.locator("#hint")).to_have_text(
        "В этом центре перерывы начинаются позже. Перерыв получится с 11:00."
    )
    shot(console, "console-break-put-off")


def with_a_break_due(screens: Screens, hall: Hall) -> tuple[Page, dict[str, Any]]:
    """The console of window 7, which rests after its visitor; and the window as it was before."""
    window = told(hall)
    due = window | {"break_due": {"minutes": 30, "reason": "lunch"}}
    console = screens.blank(CONSOLE)
    rest = {"operator": "D06", "at": "2026-11-23T05:04:00Z", "minutes": 30}
    answers(console, f"{AT}/breaks", {"breaks": [rest], "breaches": []})
    tells(console, EVENTS, ("window", due), ("clock", {"now": "2026-11-23T05:04:10Z"}))
    answers(console, f"{AT}/windows/7/withdraw-break", window)
    console.clock.install()
    console.goto(hall.page("dispatch", "console", branch=BRANCH, window="7"))
    expect(console.locator(".due")).to_contain_text("После этого посетителя — перерыв, 30 мин")
    return console, window


def test_a_break_that_comes_after_the_visitor_is_shown_quietly(screens: Screens, hall: Hall):
    """With the visit, which goes on as ever; when the break ends, nobody knows yet."""
    console, _ = with_a_break_due(screens, hall)
    expect(console.locator("#day")).to_contain_text("10:04перерыв: уже пора")
    expect(console.locator("#go")).to_contain_text("Начать приём")
    shot(console, "console-break-due")


def test_a_break_lasts_from_when_it_began(screens: Screens, hall: Hall):
    """Not from the hour of the plan: a visitor who stays long takes nothing of it."""
    rests = {"state": "paused", "reason": "lunch", "since": "2026-11-23T05:10:00Z", "ticket": None}
    window = told(hall) | rests
    console = screens.blank(CONSOLE)
    rest = {"operator": "D06", "at": "2026-11-23T05:04:00Z", "minutes": 30}
    answers(console, f"{AT}/breaks", {"breaks": [rest], "breaches": []})
    tells(console, EVENTS, ("window", window), ("clock", {"now": "2026-11-23T05:12:00Z"}))
    console.goto(hall.page("dispatch", "console", branch=BRANCH, window="7"))
    expect(console.locator("#day")).to_contain_text("10:40конец перерыва")


def test_a_break_that_is_due_is_withdrawn_by_its_button_or_by_the_key(screens: Screens, hall: Hall):
    """F9 offers just that: there is nothing more to ask for."""
    console, _ = with_a_break_due(screens, hall)
    ask(console, "F9")
    expect(console.locator(".panel")).to_contain_text("После этого посетителя — перерыв, 30 мин")
    console.keyboard.press("Escape")
    console.clock.fast_forward(SETTLED_MS)
    with console.expect_request("**/withdraw-break") as request:
        console.get_by_role("button", name="Отменить перерыв").click()
    assert request.value.method == "POST"
    expect(console.locator(".due")).to_have_count(0)
    expect(console.locator("#hint")).to_have_text("Перерыв отменён.")


def test_an_operator_sees_the_own_day_beside_the_mean(screens: Screens, hall: Hall):
    """Fair shares are fair when they are seen."""
    window = told(hall)
    console = screens.blank(CONSOLE)
    tells(console, EVENTS, ("window", window), ("clock", {"now": "2026-11-23T05:04:10Z"}))
    answers(console, f"{AT}/windows/7/today", {"visits": 14, "minutes": 190, "average_visits": 12})
    rest = {"operator": "D06", "at": "2026-11-23T09:10:00Z", "minutes": 60}
    answers(console, f"{AT}/breaks", {"breaks": [rest], "breaches": []})
    console.goto(hall.page("dispatch", "console", branch=BRANCH, window="7"))
    expect(console.locator("#day")).to_contain_text("14приёмов сегодня")
    expect(console.locator("#day")).to_contain_text("в среднем по центру 12")
    expect(console.locator("#day")).to_contain_text("14:10перерыв, 60 мин")
    shot(console, "console-own-day")
