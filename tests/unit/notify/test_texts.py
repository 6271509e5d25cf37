"""Texts of messages."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.messages import MessageKind
from services.notify.domain.segments import segments, ucs2_length
from services.notify.domain.texts import CONSENT, TEXTS, Language, text

numbers = st.builds(
    lambda letter, n: f"{letter} {n:03}", st.sampled_from("АБЦДЕФГЖКЛМПТЯ"), st.integers(1, 9999)
)
windows = st.text(string.digits, min_size=1, max_size=3)


@given(st.sampled_from(MessageKind), st.sampled_from(Language), numbers, windows)
def test_a_text_is_one_segment_whatever_it_names(
    kind: MessageKind, language: Language, number: str, window: str
) -> None:
    """A ticket number is Cyrillic, so the limit is 70 in both languages."""
    words = text(kind, language, ticket=number, window=window)
    assert ucs2_length(words) <= 70
    assert segments(words) == 1


@given(st.sampled_from(Language), numbers, windows)
def test_a_text_names_the_ticket_as_the_board_does_and_a_call_its_window(
    language: Language, number: str, window: str
) -> None:
    """Nothing is transliterated: people compare the text with the board."""
    for kind in MessageKind:
        words = text(kind, language, ticket=number, window=window)
        assert number in words
        assert (f" {window}" in words) == (kind is not MessageKind.ISSUED) or window in number


@pytest.mark.parametrize("kind", MessageKind)
def test_every_message_has_its_words_in_both_languages(kind: MessageKind) -> None:
    """A language is never left out."""
    assert TEXTS[kind].keys() == set(Language)
    assert CONSENT.keys() == set(Language)


def test_the_russian_words_are_those_of_the_centre() -> None:
    """What people know from other centres stays as it is."""
    called = text(MessageKind.CALLED, Language.RU, ticket="Д 118", window="14")
    recalled = text(MessageKind.RECALLED, Language.RU, ticket="Д 118", window="14")
    assert called == "МФЦ: талон Д 118, вас ждут. Подойдите к окну 14"
    assert recalled == "МФЦ: талон Д 118, повторный вызов. Подойдите к окну 14"
