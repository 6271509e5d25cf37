"""How many SMS segments a text costs (3GPP TS 23.038 §6.2.1, TS 23.040 §9.2.3.24)."""

from __future__ import annotations

from typing import Final

_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_ESCAPED: Final = frozenset("\f^{}\\[~]|€")
"""Each is sent as an escape and a letter."""

GSM_ALONE, GSM_JOINED = 160, 153
UCS2_ALONE, UCS2_JOINED = 70, 67
"""Characters of a lone segment, and of one that also carries its place among others."""


def segments(text: str) -> int:
    """Return the number of segments; one Cyrillic letter makes the whole text UCS-2."""
    if all(letter in _GSM or letter in _GSM_ESCAPED for letter in text):
        length = sum(2 if letter in _GSM_ESCAPED else 1 for letter in text)
        alone, joined = GSM_ALONE, GSM_JOINED
    else:
        length = ucs2_length(text)
        alone, joined = UCS2_ALONE, UCS2_JOINED
    return 1 if length <= alone else -(-length // joined)


def ucs2_length(text: str) -> int:
    """Return the length in 16-bit units: an emoji counts double."""
    return len(text.encode("utf-16-le")) // 2
