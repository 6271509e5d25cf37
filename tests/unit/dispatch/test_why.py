"""Reasons, and the words for them. Read the texts aloud: a person who is angry hears them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calls import Rule
from contracts.values import Standing
from services.dispatch.domain.phrases import BEFORE, WAITS, words
from services.dispatch.domain.reasons import Before, Waits, why_before, why_waiting
from services.dispatch.domain.routing import Candidate, Decision, Head
from services.dispatch.domain.rules import Rules
from services.dispatch.domain.skills import Abilities
from services.dispatch.domain.tickets import State, Ticket
from services.dispatch.domain.windows import State as WindowState
from services.dispatch.domain.windows import Window
from tests.builders import a_ticket, at

ZONE = ZoneInfo("Asia/Yekaterinburg")


def a_window(number: str, *skills: str, state: WindowState = WindowState.SERVING) -> Window:
    return Window(number, "hall", state, f"O{number}", Abilities(dict.fromkeys(skills, 1)))


WINDOWS = (a_window("3", "PASS"), a_window("4", "PASS"), a_window("5", "REAL"))


def called(
    n: int,
    line: str = "PASS",
    *,
    window: str = "3",
    minute: float = 20,
    arrived: float = 0,
    standing: Standing = Standing.ORDINARY,
    rule: Rule = Rule.EARLIEST_PROMISE,
) -> Ticket:
    ticket = a_ticket(n, line, arrived, standing)
    head = Head(line, standing, ticket.id, ticket.promise, ticket.plain)
    return replace(
        ticket,
        state=State.CALLED,
        window=window,
        called=at(minute),
        since=at(minute),
        decision=Decision(rule, [Candidate(head, 1, ticket.promise)]),
    )


ME = a_ticket(7, arrived=10)  # waits since 09:10, promised by 09:25

GOLDEN = {
    Before.NOT_CALLED: (
        ME,
        a_ticket(8, arrived=11),
        "Талон Б 008 ещё не вызван.",
        "Ticket Б 008 has not been called yet.",
    ),
    Before.YOU_CAME_LATER: (
        ME,
        called(8, minute=5),
        "Талон Б 008 вызван в 09:05, а ваш взят позже — в 09:10.",
        "Ticket Б 008 was called at 09:05; yours was taken later, at 09:10.",
    ),
    Before.YOU_FIRST: (
        called(7, window="4", minute=15, arrived=10),
        called(8, minute=20),
        "Вас вызвали раньше: в 09:15, окно 4. Талон Б 008 вызван в 09:20.",
        "You were called first: at 09:15, window 4. Ticket Б 008 was called at 09:20.",
    ),
    Before.YOU_WERE_AWAY: (
        replace(ME, since=at(30)),
        called(8, arrived=11, minute=20),
        "Когда в 09:20 вызывали талон Б 008, ваш не стоял в очереди: он был отложен, вызван или"
        " на приёме. Ваш срок сохранён: до 09:25.",
        "When ticket Б 008 was called at 09:20, yours was not in line: it was put aside, called or"
        " being served. Your time is kept: by 09:25.",
    ),
    Before.OTHER_WINDOW: (
        ME,
        called(8, "REAL", window="5", arrived=11),
        "Талон Б 008 вызван в окно 5. Это окно не принимает по вашему вопросу, вы его не ждёте."
        " По вашему вопросу принимают окна 3 и 4.",
        "Ticket Б 008 was called to window 5. That window does not serve what you came for, so it"
        " does not keep you waiting. Windows 3 and 4 serve it.",
    ),
    Before.CAME_EARLIER: (
        ME,
        called(5, arrived=8),
        "Талон Б 005 взят раньше вашего. Ваш талон взят в 09:10, вызов обещан до 09:25.",
        "Ticket Б 005 was taken before yours. Yours was taken at 09:10; your call is promised by"
        " 09:25.",
    ),
    Before.BY_HAND: (
        ME,
        called(8, arrived=11, rule=Rule.OUT_OF_ORDER),
        "Талон Б 008 вызван вне порядка решением сотрудника, причина записана. Ваш срок прежний:"
        " до 09:25. Если хотите знать больше, вам ответит руководитель смены.",
        "Ticket Б 008 was called out of order by a decision of our staff, and the reason is on"
        " record. Your time has not changed: by 09:25. The shift head will gladly answer further"
        " questions.",
    ),
    Before.BY_THE_RULES: (
        ME,
        called(8, arrived=11, standing=Standing.STATUTORY),
        "Первым зовут того, чей срок по правилам центра наступает раньше. У талона Б 008 он раньше"
        " вашего. Срок считают по времени прихода, по записи и по основаниям из правил (приказ"
        " № 12). Ваш срок: до 09:25.",
        "Whose time comes first by the centre's rules is called first. For ticket Б 008 it came"
        " before yours. The time follows from the arrival, a booking and the grounds in the rules"
        " (приказ № 12). Your time: by 09:25.",
    ),
}


@pytest.mark.parametrize("reason", Before)
def test_why_another_was_called_first(reason: Before):
    """One case for each reason, and its words."""
    mine, other, russian, english = GOLDEN[reason]
    why = why_before(mine, other, WINDOWS)
    assert why.reason is reason
    text = words(why, ZONE, order="приказ № 12")
    assert (text.ru, text.en) == (russian, english)


AHEAD = [a_ticket(n, arrived=n) for n in (1, 2)]
NOBODY_ABLE = (a_window("5", "REAL"),)
ON_A_BREAK = (a_window("3", "PASS", state=WindowState.PAUSED), a_window("5", "REAL"))

WAITING = {
    Waits.NEXT: (
        ME,
        [],
        WINDOWS,
        "Вы следующий по своему вопросу. По вашему вопросу принимают окна 3 и 4. Скорее всего вас"
        " вызовут между 09:20 и 09:35.",
    ),
    Waits.IN_LINE: (
        ME,
        AHEAD,
        WINDOWS,
        "Людей перед вами по тому же вопросу: 2. По вашему вопросу принимают окна 3 и 4. Скорее"
        " всего вас вызовут между 09:20 и 09:35.",
    ),
    Waits.NO_WINDOW: (
        ME,
        AHEAD,
        NOBODY_ABLE,
        "Сейчас не открыто ни одно окно, которое принимает по вашему вопросу. Руководитель смены"
        " об этом знает. Ваш талон действует, место сохранено.",
    ),
    Waits.ALL_PAUSED: (
        ME,
        AHEAD,
        ON_A_BREAK,
        "Все окна по вашему вопросу сейчас на перерыве. Ваше место сохранено. Скорее всего вас"
        " вызовут между 09:20 и 09:35.",
    ),
    Waits.CALLED: (
        called(7, window="4"),
        AHEAD,
        WINDOWS,
        "Вас вызвали в 09:20. Подойдите к окну 4.",
    ),
    Waits.SERVING: (
        replace(called(7, window="4"), state=State.SERVING),
        AHEAD,
        WINDOWS,
        "Вас принимают в окне 4.",
    ),
    Waits.DEFERRED: (
        replace(ME, state=State.DEFERRED, until=at(90)),
        AHEAD,
        WINDOWS,
        "Ваш талон отложен до 10:30, как вы просили. Если готовы раньше, скажите администратору:"
        " место сохранено.",
    ),
    Waits.MISSED: (
        replace(called(7, window="4"), state=State.NO_SHOW),
        AHEAD,
        WINDOWS,
        "Вас вызвали в 09:20 к окну 4, но вы не подошли. Скажите администратору, что вы здесь: он"
        " вернёт вас в очередь.",
    ),
    Waits.OVER: (
        replace(ME, state=State.FINISHED),
        AHEAD,
        WINDOWS,
        "По этому талону приём закончен. Если вопрос остался, возьмите новый талон.",
    ),
}


@pytest.mark.parametrize("reason", Waits)
def test_why_one_still_waits(reason: Waits):
    """One case for each; a forecast is a range of fives."""
    mine, waiting, windows, russian = WAITING[reason]
    why = why_waiting(mine, waiting, windows, Rules(), at(16))
    assert why.reason is reason
    forecast = (at(22), at(31))
    assert words(why, ZONE, forecast=forecast).ru == russian


@pytest.mark.parametrize("standing", [Standing.STATUTORY, Standing.BOOKED, Standing.LOCAL])
def test_words_do_not_tell_on_what_ground_somebody_came_first(standing: Standing):
    """All that the rules decide sounds alike, or the hall would know who is an invalid."""
    ordinary = called(8, arrived=11)
    privileged = called(8, arrived=11, standing=standing, rule=Rule.STATUTORY)
    said = [words(why_before(ME, other, WINDOWS), ZONE) for other in (ordinary, privileged)]
    assert said[0] == said[1]


@given(
    arrived=st.integers(0, 40),
    minute=st.integers(0, 60),
    line=st.sampled_from(["PASS", "REAL"]),
    rule=st.sampled_from(Rule),
    standing=st.sampled_from(Standing),
)
def test_no_answer_names_a_service_or_a_standing(arrived, minute, line, rule, standing):
    """Whatever was decided, and by which rule."""
    other = called(8, line, minute=minute + arrived, arrived=arrived, standing=standing, rule=rule)
    text = words(why_before(ME, other, WINDOWS), ZONE)
    for word in ("B01", "PASS", "REAL", "statutory", "льгот", "инвалид", "priority"):
        assert word not in text.ru + text.en


def test_every_reason_has_its_words_in_both_languages():
    """And names nothing that is not known."""
    assert set(BEFORE) == set(Before)
    assert set(WAITS) == set(Waits)
    assert ME.arrived + timedelta(minutes=15) == ME.promise
