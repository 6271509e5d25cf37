"""How a call is spoken, word for word, so that any voice reads it alike.

The number of a ticket is read as people hear it in a hall: the letter by its name, each leading
zero, then a plain cardinal; a window is a plain cardinal too («окно двадцать один»).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_RUN: Final = re.compile(r"[0-9]+|[^\W\d_]")

# fmt: off
_RU_UNITS: Final = (
    "ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять",
    "десять", "одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать",
    "шестнадцать", "семнадцать", "восемнадцать", "девятнадцать",
)
_RU_TENS: Final = (
    "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят",
    "девяносто",
)
_RU_HUNDREDS: Final = (
    "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот",
    "девятьсот",
)
_RU_THOUSANDS: Final = (
    "тысяча", "две тысячи", "три тысячи", "четыре тысячи", "пять тысяч", "шесть тысяч",
    "семь тысяч", "восемь тысяч", "девять тысяч",
)
# fmt: on

_RU_FIRST: Final = "Талон {ticket}, окно {window}"
_RU_REPEATED: Final = "Повторный вызов. Талон {ticket}, окно {window}"
_EN_FIRST: Final = "Ticket {ticket}, window {window}"
_EN_REPEATED: Final = "Second call. Ticket {ticket}, window {window}"


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter of a ticket number as it is heard: its name, and its Latin twin."""

    ru: str
    en: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """The same words in both languages."""

    ru: str
    en: str


def first_call(number: str, window: str, letters: Mapping[str, Letter]) -> Spoken:
    """Return what is said when ticket *number* is called to *window*."""
    return _spoken(_RU_FIRST, _EN_FIRST, number, window, letters)


def repeated_call(number: str, window: str, letters: Mapping[str, Letter]) -> Spoken:
    """Return what is said when the call is repeated."""
    return _spoken(_RU_REPEATED, _EN_REPEATED, number, window, letters)


def cardinal_ru(number: int) -> str:
    """Return *number*, 0 to 9999, in Russian words."""
    if number < 20:
        return _RU_UNITS[number]
    thousands, rest = divmod(number, 1000)
    hundreds, below_hundred = divmod(rest, 100)
    words = [_RU_THOUSANDS[thousands - 1]] if thousands else []
    if hundreds:
        words.append(_RU_HUNDREDS[hundreds - 1])
    if below_hundred >= 20:
        words.append(_RU_TENS[below_hundred // 10 - 2])
        below_hundred %= 10
    if below_hundred:
        words.append(_RU_UNITS[below_hundred])
    return " ".join(words)


def _spoken(ru: str, en: str, number: str, window: str, letters: Mapping[str, Letter]) -> Spoken:
    return Spoken(
        ru=ru.format(ticket=_read_ru(number, letters), window=_read_ru(window, letters)),
        en=en.format(ticket=_read_en(number, letters), window=_read_en(window, letters)),
    )


def _read_ru(written: str, letters: Mapping[str, Letter]) -> str:
    words: list[str] = []
    for run in _RUN.findall(written):
        if run.isdigit():
            words.extend(_digits_ru(run))
        else:
            words.append(letters[run].ru if run in letters else run)
    return " ".join(words)


def _digits_ru(run: str) -> list[str]:
    significant = run.lstrip("0")
    zeros = ["ноль"] * (len(run) - len(significant))
    if len(significant) > 4:  # no such ticket or window: digit by digit, but spoken
        return [*zeros, *(cardinal_ru(int(digit)) for digit in significant)]
    return [*zeros, cardinal_ru(int(significant))] if significant else zeros


def _read_en(written: str, letters: Mapping[str, Letter]) -> str:
    words: list[str] = []
    for run in _RUN.findall(written):
        if run.isdigit():
            significant = run.lstrip("0")
            words.extend(["zero"] * (len(run) - len(significant)))
            words.extend([significant] if significant else [])
        else:
            words.append(letters[run].en if run in letters else run)
    return " ".join(words)
