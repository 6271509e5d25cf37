"""What a text costs."""

import pytest

from services.notify.domain.segments import segments


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 134, 2),
        ("я" * 135, 3),
        ("a" * 69 + "я", 1),
        ("a" * 70 + "я", 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_a_segment_is_160_latin_or_70_other_letters(text: str, cost: int) -> None:
    """A joined segment holds 153 or 67; some signs and all emoji count double."""
    assert segments(text) == cost
