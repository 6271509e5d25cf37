"""How a phone number is written, and how it is shown to those who need not know it."""

from __future__ import annotations

import re

from services.notify.domain.errors import PhoneFault, PhoneInvalid

_BETWEEN_DIGITS = re.compile(r"[\s().\-\u2010-\u2015]")
_DIGITS = re.compile(r"\+?[0-9]+")
_RUSSIAN = 11
"""Digits of a Russian number with its 7, or with the 8 that is dialled inside the country."""


def e164(written: str) -> str:
    """Return *written* as ``+79123456789``; a number without ``+`` is a Russian one.

    Raises:
        PhoneInvalid: no SMS can reach this number.
    """
    compact = _BETWEEN_DIGITS.sub("", written)
    if not _DIGITS.fullmatch(compact):
        raise PhoneInvalid(PhoneFault.NOT_DIGITS)
    number = compact if compact.startswith("+") else _russian(compact)
    if number.startswith("+7"):
        if len(number) != 1 + _RUSSIAN:
            raise PhoneInvalid(PhoneFault.WRONG_LENGTH)
        if number[2] not in "79":  # +7 9… Russian mobiles, +7 7… Kazakhstan; the rest are landlines
            raise PhoneInvalid(PhoneFault.LANDLINE)
    elif number.startswith("+0") or not 8 <= len(number) - 1 <= 15:
        raise PhoneInvalid(PhoneFault.WRONG_LENGTH)
    return number


def masked(phone: str) -> str:
    """Return an E.164 number as it may be shown or logged: ``+7***6789``."""
    return f"{phone[:2]}***{phone[-4:]}"


def _russian(digits: str) -> str:
    if len(digits) == _RUSSIAN and digits[0] in "78":
        return f"+7{digits[1:]}"
    if len(digits) == _RUSSIAN - 1:
        return f"+7{digits}"
    raise PhoneInvalid(PhoneFault.WRONG_LENGTH)
