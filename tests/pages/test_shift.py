"""The shift head's page: what is wrong, what to do, who rests when."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.pages.hall import BRANCH, Hall, eventually
from tests.pages.screens import BOARD, SHIFT, VISITOR, Screens, shot
from tests.pages.test_accessibility import is_for_everybody
from tests.pages.told import AT, LONG, answers, first_event, tells

EVENTS = f"{AT}/shift/events"
NOW = "2026-11-23T05:04:00Z"
CLOCK = ("clock", {"now": NOW})


def at_the_desk(screens: Screens, hall: Hall, size: tuple[int, int] = SHIFT) -> Page:
    page = screens.open(hall.page("dispatch", "shift", branch=BRANCH), size)
    expect(page.get_by_role("heading", name="Перерывы")).to_be_visible()
    return page


def plan(hall: Hall) -> list[dict[str, Any]]:
    breaks: list[dict[str, Any]] = hall.get("dispatch", f"{AT}/breaks")["breaks"]
    return breaks


def is_shown(page: Page) -> bool:
    """Nothing runs out of the page to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_calm_hall_is_told_to_be_calm(screens: Screens, hall: Hall):
    page = at_the_desk(screens, hall)
    expect(page.get_by_text("Всё спокойно")).to_be_visible()
    expect(page.locator("#waiting")).to_have_text("Никто не ждёт")
    expect(page.get_by_text("Все окна закрыты")).to_be_visible()
    expect(page.get_by_text("На сегодня перерывов в плане больше нет.")).to_be_visible()
    shot(page, "shift-calm")


def test_people_whom_nobody_serves_come_first(screens: Screens, hall: Hall):
    """The alarm, the line without a window and, by the forecast, what to do: as it happens."""
    page = at_the_desk(screens, hall)
    hall.opens("7", "D06")
    for service in ("B11", "D14", "D14", "D14"):
        hall.takes(service)
    hall.calls("7")
    alarm = page.locator("#alarms li").first
    expect(alarm).to_contain_text("Срочно")
    expect(alarm).to_contain_text("люди ждут, а ни одно открытое окно их не принимает")
    expect(page.locator("#lines tbody tr").first).to_contain_text("нет окна")
    expect(page.locator("#windows li")).to_have_count(1)
    expect(page.locator("#windows li")).to_contain_text("вызов")
    expect(page.locator("#waiting")).to_have_text("ждут 3 человека")
    expect(page.locator("#forecast-at")).to_contain_text("прогноз на 10:")
    shot(page, "shift-nobody-serves")


def test_breaks_are_planned_by_hand(screens: Screens, hall: Hall):
    """Added, moved to another hour, kept; what the centre's rules do not allow is marked."""
    hall.opens("7", "D06")
    page = at_the_desk(screens, hall)
    page.get_by_label("Добавить перерыв…").select_option("D06")
    hour = page.get_by_label("D06: начало перерыва")
    hour.fill("25:00")
    hour.press("Tab")
    expect(page.locator("#hint")).to_have_text("Впишите час так: 13:30.")
    hour.fill("9.30")
    hour.press("Tab")
    expect(page.get_by_label("D06: минут")).to_be_focused()
    page.get_by_role("button", name="Сохранить план").click()
    expect(page.locator("#hint")).to_contain_text("Правила центра не соблюдены: 1 перерыв отмечен.")
    expect(page.get_by_text("В этом центре перерывы начинаются позже.")).to_be_visible()
    hour.fill("13:15")
    hour.press("Enter")
    expect(page.locator("#hint")).to_have_text("План сохранён.")
    (kept,) = plan(hall)
    assert (kept["operator"], kept["minutes"]) == ("D06", 30)
    eventually("the hour is kept", lambda: plan(hall)[0]["at"].startswith("2026-11-23T08:15"))
    shot(page, "shift-break")
    page.get_by_role("button", name="D06: убрать перерыв").click()
    page.get_by_role("button", name="Сохранить план").click()
    expect(page.get_by_text("На сегодня перерывов в плане больше нет.")).to_be_visible()
    eventually("an empty plan is kept", lambda: plan(hall) == [])


def test_a_plan_is_proposed_changed_and_kept(screens: Screens, hall: Hall):
    """What it would change is said until a break is moved; nothing is kept before it is saved."""
    hall.opens("7", "D06")
    for service in ("B11", "D14", "A01", "A01"):
        hall.takes(service)
    page = at_the_desk(screens, hall)
    page.get_by_role("button", name="Предложить план").click()
    expect(page.get_by_role("button", name="Ищем лучший план…")).to_be_disabled()
    expect(page.locator("#hint")).to_have_text("Это предложение. Проверьте и сохраните его.")
    result = page.locator(".proposal")
    expect(result).to_contain_text("Без ожидания сверх обещанного")
    expect(page.get_by_label("D06: начало перерыва")).to_be_visible()
    assert plan(hall) == []
    assert is_shown(page)
    is_for_everybody(page)
    expect(page.locator("#hint")).to_be_in_viewport()
    page.set_viewport_size({"width": SHIFT[0], "height": 2100})
    shot(page, "shift-proposal")
    page.get_by_role("button", name="English").click()
    expect(result).to_contain_text("Called by the promised time")
    page.get_by_role("button", name="Русский").click()
    hour = page.get_by_label("D06: начало перерыва")
    hour.fill("14:00")
    hour.press("Tab")
    expect(result).to_be_hidden()
    page.get_by_role("button", name="Сохранить план").click()
    expect(page.locator("#hint")).to_contain_text("План сохранён.")
    kept = {one["operator"]: one["at"] for one in plan(hall)}
    assert kept["D06"].startswith("2026-11-23T09:00")
    assert len(kept) > 10


def test_what_a_proposal_would_change_is_said_in_words(screens: Screens, hall: Hall):
    """Also that nothing better was found, and from when a plan can be searched at all."""
    page = at_the_desk(screens, hall)
    rest = {"operator": "D06", "at": "2026-11-23T08:00:00Z", "minutes": 60}
    propose, result = page.get_by_role("button", name="Предложить план"), page.locator(".proposal")
    for before, after, said in (
        (0.072, 0.0405, "Без ожидания сверх обещанного: 92,8 % → 96 % посетителей за день"),
        (0.01, 0.01, "Лучшего плана не нашлось."),
    ):
        told = {"breaks": [rest], "before": {"own_norm": before}, "after": {"own_norm": after}}
        answers(page, f"{AT}/breaks/plan", told)
        propose.click()
        expect(result).to_contain_text(said)
    refused = {"type": "/problems/nothing-learned", "possible_from": "2026-11-23T05:30:00Z"}
    answers(page, f"{AT}/breaks/plan", refused, status=409)
    propose.click()
    expect(page.locator("#hint")).to_contain_text("Спросите снова после 10:30.")
    answers(page, f"{AT}/breaks/plan", {"type": "/problems/nobody-on-shift"}, status=409)
    propose.click()
    expect(page.locator("#hint")).to_contain_text("В каталоге нет смен на сегодня.")
    assert plan(hall) == []


def test_what_the_hall_tells_does_not_disturb_who_writes(screens: Screens, hall: Hall):
    """A plan that is being changed stays as it is until it is kept or put back."""
    hall.opens("7", "D06")
    page = at_the_desk(screens, hall)
    page.get_by_label("Добавить перерыв…").select_option("D06")
    hour = page.get_by_label("D06: начало перерыва")
    hour.fill("12:")
    hall.opens("8", "D07")
    expect(page.locator("#windows li")).to_have_count(2)
    expect(hour).to_have_value("12:")
    expect(hour).to_be_focused()
    page.get_by_role("button", name="Вернуть как было").click()
    expect(hour).to_have_count(0)


def test_a_plan_that_is_refused_is_not_lost(screens: Screens, hall: Hall):
    hall.opens("7", "D06")
    page = at_the_desk(screens, hall)
    page.get_by_label("Добавить перерыв…").select_option("D06")
    answers(page, f"{AT}/breaks", {"type": "/problems/unknown-operator"}, status=404)
    page.get_by_role("button", name="Сохранить план").click()
    expect(page.locator("#hint")).to_contain_text("Сервер отказал (unknown-operator).")
    expect(page.get_by_label("D06: начало перерыва")).to_be_visible()
    expect(page.get_by_role("button", name="Сохранить план")).to_be_visible()


def test_no_such_branch(screens: Screens, hall: Hall):
    page = screens.open(hall.page("dispatch", "shift", branch="XX"), SHIFT)
    expect(page.get_by_text("Филиала XX нет в каталоге.")).to_be_visible()


def a_full_hall(hall: Hall) -> dict[str, Any]:
    """Sixty windows, forty lines and twenty alarms, with the longest of names."""
    told = first_event(hall, "dispatch", EVENTS)
    window, line = told["windows"][0], told["lines"][0]
    states = ("serving", "calling", "paused", "ready", "tidying", "free")
    ticket = {"number": "Д 118"}
    told["windows"] = [
        window
        | {"window": str(n), "operator": f"D{n:02}", "state": states[n % 6]}
        | {"since": "2026-11-23T04:51:30Z", "silent": n == 7, "reason": "lunch"}
        | {"ticket": ticket if n % 6 < 2 else None, "today": {"visits": n % 9 + 6, "minutes": 90}}
        for n in range(1, 61)
    ]
    foreseen = {"p10": "2026-11-23T05:15:00Z", "p50": "2026-11-23T05:22:00Z"}
    told["lines"] = [
        line
        | {"line": f"L{n}", "waiting": 40 - n, "longest_wait_seconds": 2000 - n * 45}
        | {"name": LONG if n < 2 else line["name"], "late_soon": max(0, 9 - n)}
        | {"next_promise": "2026-11-23T05:01:00Z" if n < 3 else "2026-11-23T05:17:00Z"}
        | {"windows": {"open": n, "able": n, "paused": n % 3}}
        | {"taken_now": foreseen | {"p90": None if n < 2 else "2026-11-23T05:34:00Z"}}
        for n in range(40)
    ]
    kinds = ("over_norm", "idle", "forgotten", "silent")
    told["alarms"] = [
        {"kind": kinds[n % 4], "subject": str(n), "since": "2026-11-23T04:50:00Z", "text": LONG}
        for n in range(20)
    ]
    advice = {"kind": "open_window", "text": LONG, "late_before": 41.2, "late_after": 12.6}
    more = {"waiting": 820, "average_visits": 11.4, "forecast_at": NOW, "advice": [advice] * 3}
    return told | more


def test_a_full_hall_is_still_read(screens: Screens, hall: Hall):
    """On a laptop, on a large screen and on a phone."""
    told = a_full_hall(hall)
    rests = [
        {
            "operator": f"D{n:02}",
            "at": f"2026-11-23T0{4 + n % 5}:{n % 4 * 15:02}:00Z",
            "minutes": 60,
        }
        for n in range(1, 19)
    ]
    for name, size in {"laptop": SHIFT, "large": BOARD, "phone": VISITOR}.items():
        page = screens.blank(size)
        tells(page, EVENTS, CLOCK, ("shift", told))
        answers(page, f"{AT}/breaks", {"breaks": rests, "breaches": []})
        page.goto(hall.page("dispatch", "shift", branch=BRANCH))
        expect(page.locator("#windows li")).to_have_count(60)
        expect(page.locator("#alarms li").first).to_contain_text("Срочно")
        expect(page.locator(".forecast").first).to_contain_text("от 11 мин")
        expect(page.locator(".silent")).to_have_text("пульт не отвечает")
        expect(page.locator(".row.head ~ .row")).to_have_count(18)
        assert is_shown(page)
        is_for_everybody(page)
        page.set_viewport_size({"width": size[0], "height": 4200})
        shot(page, f"shift-full-{name}")
