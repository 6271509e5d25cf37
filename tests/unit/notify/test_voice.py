"""Spoken calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.voice import Letter, cardinal_ru, first_call, repeated_call

LETTERS = {"А": Letter("а", "A"), "Д": Letter("дэ", "D"), "Ж": Letter("жэ", "J")}


@pytest.mark.parametrize(
    ("number", "window", "ru", "en"),
    [
        ("А 012", "5", "Талон а ноль двенадцать, окно пять", "Ticket A zero 12, window 5"),
        ("А 007", "21", "Талон а ноль ноль семь, окно двадцать один",
         "Ticket A zero zero 7, window 21"),
        ("А 040", "1", "Талон а ноль сорок, окно один", "Ticket A zero 40, window 1"),
        ("Д 105", "14", "Талон дэ сто пять, окно четырнадцать", "Ticket D 105, window 14"),
        ("Д 118", "14", "Талон дэ сто восемнадцать, окно четырнадцать",
         "Ticket D 118, window 14"),
        ("Ж 230", "40", "Талон жэ двести тридцать, окно сорок", "Ticket J 230, window 40"),
        ("А 999", "2", "Талон а девятьсот девяносто девять, окно два",
         "Ticket A 999, window 2"),
        ("А 1118", "2", "Талон а тысяча сто восемнадцать, окно два", "Ticket A 1118, window 2"),
        ("Щ 118", "2", "Талон Щ сто восемнадцать, окно два", "Ticket Щ 118, window 2"),
        ("А 118", "3Д", "Талон а сто восемнадцать, окно три дэ", "Ticket A 118, window 3 D"),
    ],
)  # fmt: skip
def test_a_call_is_spoken_word_for_word(number: str, window: str, ru: str, en: str) -> None:
    """Each leading zero is said, the rest is a cardinal, letters have names."""
    spoken = first_call(number, window, LETTERS)
    assert (spoken.ru, spoken.en) == (ru, en)


def test_a_repeated_call_says_so_first() -> None:
    """Whoever missed the first call must know that this is the second."""
    spoken = repeated_call("Д 118", "14", LETTERS)
    assert spoken.ru == "Повторный вызов. Талон дэ сто восемнадцать, окно четырнадцать"
    assert spoken.en == "Second call. Ticket D 118, window 14"


_WORTH = {
    "ноль": 0, "один": 1, "два": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7,
    "восемь": 8, "девять": 9, "десять": 10, "одиннадцать": 11, "двенадцать": 12,
    "тринадцать": 13, "четырнадцать": 14, "пятнадцать": 15, "шестнадцать": 16,
    "семнадцать": 17, "восемнадцать": 18, "девятнадцать": 19, "двадцать": 20, "тридцать": 30,
    "сорок": 40, "пятьдесят": 50, "шестьдесят": 60, "семьдесят": 70, "восемьдесят": 80,
    "девяносто": 90, "сто": 100, "двести": 200, "триста": 300, "четыреста": 400,
    "пятьсот": 500, "шестьсот": 600, "семьсот": 700, "восемьсот": 800, "девятьсот": 900,
    "две": 2,
}  # fmt: skip


def _heard(words: str) -> int:
    """The number that a listener understands."""
    total = 0
    for word in words.split():
        if word.startswith("тысяч"):
            total = max(total, 1) * 1000
        else:
            total += _WORTH[word]
    return total


@given(st.integers(0, 9999))
def test_a_spoken_number_is_heard_as_that_number(number: int) -> None:
    """Every cardinal is unambiguous and has no superfluous word."""
    words = cardinal_ru(number)
    assert _heard(words) == number
    assert "ноль" not in words or number == 0


@given(st.integers(10_000, 10**9))
def test_a_number_beyond_all_tickets_is_spoken_digit_by_digit(number: int) -> None:
    """A hall must not fall silent over a number that nobody expected."""
    spoken = first_call(f"А {number}", "1", LETTERS)
    digits = " ".join(cardinal_ru(int(digit)) for digit in str(number))
    assert spoken.ru == f"Талон а {digits}, окно один"
