"""The rules as the centre's own order («приказ»), for the wall and for the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from contracts.values import Name
from services.dispatch.domain.rules import Rules

TITLE: Final = "ПОРЯДОК ВЫЗОВА ПОСЕТИТЕЛЕЙ"


def printed(branch: Name, timezone: str, rules: Rules, services: Mapping[str, Name]) -> str:
    """The order in Russian; its paragraphs follow the rules one by one."""
    since = (
        f"{rules.since.astimezone(ZoneInfo(timezone)):%d.%m.%Y %H:%M}"
        if rules.since
        else "открытия центра"
    )
    head = [
        branch.ru,
        "",
        TITLE,
        rules.order or "правила по умолчанию, приказом не утверждены",
        f"Версия {rules.version}. Действует с {since}.",
        "",
    ]
    paragraphs = [*_of_promises(rules, services), *_of_calls(rules)]
    numbered = [f"{n}. {text}" for n, text in enumerate(paragraphs, 1)]
    return "\n".join([*head, *numbered]) + "\n"


def _of_promises(rules: Rules, services: Mapping[str, Name]) -> Iterator[str]:
    yield (
        "Окно вызывает из тех, кого может принять, посетителя с самым ранним сроком вызова."
        " Талон не закреплён за окном до вызова."
    )
    yield (
        "Лица, которым закон даёт право на приём вне очереди, вызываются раньше всех ещё не"
        " вызванных. Основание проверяет специалист. Если оно не подтверждено, талон получает"
        " обычный срок по времени прихода."
    )
    yield (
        "По записи срок вызова — назначенное время. Отметиться можно за"
        f" {_minutes(rules.booking_early)} до него. Опоздавший больше чем на"
        f" {_minutes(rules.booking_late)} ждёт в общем порядке с момента прихода."
        + _led(rules.booking_lead)
    )
    yield (
        "Без записи срок вызова —"
        f" {_minutes(rules.target)} после получения талона"
        + "".join(
            f"; «{services[code].ru if code in services else code}» — {_minutes(target)}"
            for code, target in sorted(rules.targets.items())
        )
        + "."
    )
    yield (
        "По льготе, которую установил центр, срок вызова —"
        f" {_minutes(rules.local_target)} после получения талона; так вызывают не чаще чем"
        f" одного из {rules.local_share} подряд в каждой очереди."
    )
    if rules.pressure:
        yield (
            "Если для очереди мало окон, её сроки считаются более ранними: на"
            f" {round(rules.pressure * 100)} % её задержки, но не больше чем на"
            f" {_minutes(rules.most_pressure)}."
        )


def _of_calls(rules: Rules) -> Iterator[str]:
    yield (
        "Специалист, для которого вопрос не основной, помогает, когда в его очередях никого нет"
        f" или до срока вызова осталось не больше {_minutes(rules.help_before)}."
    )
    yield (
        f"Вызов повторяют до {rules.recalls} раз{_spaced(rules.recall_spacing)}. Не подошедший"
        " может вернуться в очередь с прежним"
        f" сроком: {rules.returns} раз, не позже чем через {_minutes(rules.return_within)}."
    )
    yield (
        "Срок сохраняется при переводе к другому специалисту, при переходе к следующей услуге и"
        f" когда посетитель просит отложить вызов (не больше чем на"
        f" {_minutes(rules.longest_deferral)})."
    )
    yield (
        "Вызов не по порядку возможен только с указанием причины; он записывается. Любой вызов"
        " центр объясняет посетителю по его просьбе."
    )


def _led(lead: timedelta) -> str:
    if not lead:
        return ""
    return (
        f" С назначенного времени этот срок считается более ранним на {_minutes(lead)}, а до него"
        " талон ждёт в общем порядке."
    )


def _minutes(span: timedelta) -> str:
    return f"{span // timedelta(minutes=1)} мин"


def _spaced(span: timedelta) -> str:
    return f", не чаще чем раз в {span // timedelta(seconds=1)} с" if span else ""
