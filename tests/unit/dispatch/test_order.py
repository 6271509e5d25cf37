"""The rules as the centre's own order: a text for the wall, so it is read as a whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from contracts.values import Name
from services.dispatch.domain.order import printed
from services.dispatch.domain.rules import MINUTE, Rules

CENTRE = Name(ru="Районный центр", en="District centre")
SERVICES = {"D01": Name(ru="Регистрация прав", en="Registration of rights")}
BY_DEFAULT = """\
Районный центр

ПОРЯДОК ВЫЗОВА ПОСЕТИТЕЛЕЙ
правила по умолчанию, приказом не утверждены
Версия default. Действует с открытия центра.

1. Окно вызывает из тех, кого может принять, посетителя с самым ранним сроком вызова. Талон не\
 закреплён за окном до вызова.
2. Лица, которым закон даёт право на приём вне очереди, вызываются раньше всех ещё не вызванных.\
 Основание проверяет специалист. Если оно не подтверждено, талон получает обычный срок по времени\
 прихода.
3. По записи срок вызова — назначенное время. Отметиться можно за 15 мин до него. Опоздавший больше\
 чем на 10 мин ждёт в общем порядке с момента прихода. С назначенного времени этот срок считается\
 более ранним на 15 мин, а до него талон ждёт в общем порядке.
4. Без записи срок вызова — 15 мин после получения талона.
5. По льготе, которую установил центр, срок вызова — 5 мин после получения талона; так вызывают не\
 чаще чем одного из 3 подряд в каждой очереди.
6. Специалист, для которого вопрос не основной, помогает, когда в его очередях никого нет или до\
 срока вызова осталось не больше 3 мин.
7. Вызов повторяют до 3 раз. Не подошедший может вернуться в очередь с прежним сроком: 1 раз, не\
 позже чем через 30 мин.
8. Срок сохраняется при переводе к другому специалисту, при переходе к следующей услуге и когда\
 посетитель просит отложить вызов (не больше чем на 240 мин).
9. Вызов не по порядку возможен только с указанием причины; он записывается. Любой вызов центр\
 объясняет посетителю по его просьбе.
"""


def of(rules: Rules) -> str:
    return printed(CENTRE, "Asia/Yekaterinburg", rules, SERVICES)


def test_the_order_reads_as_one():
    """Every default of the rules is in it, in words."""
    assert of(Rules()) == BY_DEFAULT


def test_an_order_has_its_number_and_its_hour():
    """By the branch's own clock, for it hangs there."""
    since = datetime(2026, 11, 23, 7, tzinfo=UTC)
    text = of(Rules(version="3", order="Приказ № 17 от 20.11.2026", since=since))
    assert "Приказ № 17 от 20.11.2026\nВерсия 3. Действует с 23.11.2026 12:00.\n" in text


def test_a_rule_that_is_not_used_is_not_in_the_order():
    """What a centre does not do it need not explain; what it adds it must."""
    text = of(Rules(booking_lead=0 * MINUTE))
    assert "более ранним" not in text
    text = of(
        Rules(targets={"D01": 20 * MINUTE}, pressure=0.5, recall_spacing=timedelta(seconds=30))
    )
    assert "«Регистрация прав» — 20 мин" in text
    assert "на 50 % её задержки, но не больше чем на 10 мин" in text
    assert "не чаще чем раз в 30 с" in text
