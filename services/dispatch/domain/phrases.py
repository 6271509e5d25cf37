"""The words for reasons, to be read aloud to somebody who is not pleased to wait.

Short, calm, concrete: what happened, what comes next. Russian and English stand side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

from contracts.values import Name
from services.dispatch.domain.reasons import Before, Explained, Waits

BEFORE: Final[Mapping[Before, Name]] = {
    Before.NOT_CALLED: Name(
        ru="Талон {other} ещё не вызван.",
        en="Ticket {other} has not been called yet.",
    ),
    Before.YOU_FIRST: Name(
        ru="Вас вызвали раньше: в {my_call}, окно {my_window}. Талон {other} вызван в {call}.",
        en="You were called first: at {my_call}, window {my_window}. Ticket {other} was called"
        " at {call}.",
    ),
    Before.YOU_CAME_LATER: Name(
        ru="Талон {other} вызван в {call}, а ваш взят позже — в {my_arrival}.",
        en="Ticket {other} was called at {call}; yours was taken later, at {my_arrival}.",
    ),
    Before.YOU_WERE_AWAY: Name(
        ru="Когда в {call} вызывали талон {other}, ваш не стоял в очереди: он был отложен,"
        " вызван или на приёме. Ваш срок сохранён: до {promise}.",
        en="When ticket {other} was called at {call}, yours was not in line: it was put aside,"
        " called or being served. Your time is kept: by {promise}.",
    ),
    Before.OTHER_WINDOW: Name(
        ru="Талон {other} вызван в окно {window}. Это окно не принимает по вашему вопросу, вы"
        " его не ждёте. {windows}",
        en="Ticket {other} was called to window {window}. That window does not serve what you"
        " came for, so it does not keep you waiting. {windows}",
    ),
    Before.CAME_EARLIER: Name(
        ru="Талон {other} взят раньше вашего. Ваш талон взят в {my_arrival}, вызов обещан до"
        " {promise}.",
        en="Ticket {other} was taken before yours. Yours was taken at {my_arrival}; your call"
        " is promised by {promise}.",
    ),
    Before.BY_HAND: Name(
        ru="Талон {other} вызван вне порядка решением сотрудника, причина записана. Ваш срок"
        " прежний: до {promise}. Если хотите знать больше, вам ответит руководитель смены.",
        en="Ticket {other} was called out of order by a decision of our staff, and the reason is"
        " on record. Your time has not changed: by {promise}. The shift head will gladly answer"
        " further questions.",
    ),
    Before.BY_THE_RULES: Name(
        ru="Первым зовут того, чей срок по правилам центра наступает раньше. У талона {other} он"
        " раньше вашего. Срок считают по времени прихода, по записи и по основаниям из"
        " правил{order}. Ваш срок: до {promise}.",
        en="Whose time comes first by the centre's rules is called first. For ticket {other} it"
        " came before yours. The time follows from the arrival, a booking and the grounds in the"
        " rules{order}. Your time: by {promise}.",
    ),
}

WAITS: Final[Mapping[Waits, Name]] = {
    Waits.NEXT: Name(
        ru="Вы следующий по своему вопросу. {windows} {forecast}",
        en="You are next for what you came for. {windows} {forecast}",
    ),
    Waits.IN_LINE: Name(
        ru="Людей перед вами по тому же вопросу: {ahead}. {windows} {forecast}",
        en="People before you for the same matter: {ahead}. {windows} {forecast}",
    ),
    Waits.NO_WINDOW: Name(
        ru="Сейчас не открыто ни одно окно, которое принимает по вашему вопросу. Руководитель"
        " смены об этом знает. Ваш талон действует, место сохранено.",
        en="No window that serves what you came for is open now. The shift head knows. Your ticket"
        " is valid and your place is kept.",
    ),
    Waits.ALL_PAUSED: Name(
        ru="Все окна по вашему вопросу сейчас на перерыве. Ваше место сохранено. {forecast}",
        en="All windows for your matter are on a break now. Your place is kept. {forecast}",
    ),
    Waits.CALLED: Name(
        ru="Вас вызвали в {my_call}. Подойдите к окну {my_window}.",
        en="You were called at {my_call}. Please go to window {my_window}.",
    ),
    Waits.SERVING: Name(
        ru="Вас принимают в окне {my_window}.",
        en="You are being served at window {my_window}.",
    ),
    Waits.DEFERRED: Name(
        ru="Ваш талон отложен до {until}, как вы просили. Если готовы раньше, скажите"
        " администратору: место сохранено.",
        en="Your ticket is put aside until {until}, as you asked. If you are ready sooner, tell the"
        " administrator: your place is kept.",
    ),
    Waits.MISSED: Name(
        ru="Вас вызвали в {my_call} к окну {my_window}, но вы не подошли. Скажите администратору,"
        " что вы здесь: он вернёт вас в очередь.",
        en="You were called at {my_call} to window {my_window} and did not come. Tell the"
        " administrator that you are here, and you will be put back in line.",
    ),
    Waits.OVER: Name(
        ru="По этому талону приём закончен. Если вопрос остался, возьмите новый талон.",
        en="This ticket is closed. If there is something left to do, please take a new one.",
    ),
}

WINDOWS: Final = {
    0: Name(ru="", en=""),
    1: Name(ru="По вашему вопросу принимает окно {windows}.", en="Window {windows} serves it."),
    2: Name(ru="По вашему вопросу принимают окна {windows}.", en="Windows {windows} serve it."),
}
FORECAST: Final = Name(
    ru="Скорее всего вас вызовут между {earliest} и {latest}.",
    en="You will most likely be called between {earliest} and {latest}.",
)
ORDER: Final = Name(ru=" ({order})", en=" ({order})")


def words(
    why: Explained,
    zone: tzinfo,
    *,
    order: str = "",
    forecast: tuple[datetime, datetime] | None = None,
) -> Name:
    """The reason in both languages; times by the branch's own clock."""
    phrase = BEFORE[why.reason] if isinstance(why.reason, Before) else WAITS[why.reason]

    def clock(moment: datetime | None) -> str:
        return f"{moment.astimezone(zone):%H:%M}" if moment else "—"

    mine, other = why.mine, why.other
    facts = {
        "my_arrival": clock(mine.arrived),
        "my_call": clock(mine.called),
        "my_window": mine.window or "—",
        "promise": clock(mine.promise),
        "until": clock(mine.until),
        "ahead": str(why.ahead),
        "other": other.number if other else "",
        "call": clock(other.called) if other else "",
        "window": (other.window or "") if other else "",
    }

    def said(language: str, last: str) -> str:
        windows = getattr(WINDOWS[min(len(why.windows), 2)], language)
        text: str = getattr(phrase, language).format(
            **facts,
            windows=windows.format(windows=_listed(why.windows, last)),
            order=getattr(ORDER, language).format(order=order) if order else "",
            forecast=getattr(FORECAST, language).format(
                earliest=clock(_down(forecast[0])), latest=clock(_up(forecast[1]))
            )
            if forecast
            else "",
        )
        return " ".join(text.split())

    return Name(ru=said("ru", "и"), en=said("en", "and"))


def _listed(names: Sequence[str], last: str) -> str:
    """``3``, ``3 и 4``, ``3, 4 и 5``."""
    *most, end = names or [""]
    return f"{', '.join(most)} {last} {end}" if most else end


def _down(moment: datetime) -> datetime:
    """To five minutes: nobody is told a time to the minute that nobody knows."""
    return moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0)


def _up(moment: datetime) -> datetime:
    down = _down(moment)
    return down if down == moment else down + timedelta(minutes=5)
