"""What a message says, in Russian and in English: one segment each (70 letters).

No service, name or priority stands in a text, and nothing that a late delivery would make
a lie. A ticket is written as on the paper and on the board, hence in Cyrillic in both languages.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from contracts.messages import MessageKind


class Language(StrEnum):
    """A language that a visitor may choose."""

    RU = "ru"
    EN = "en"


TEXTS: Final = {
    MessageKind.ISSUED: {
        Language.RU: "МФЦ: ваш талон {ticket}. Позовём на табло и по СМС",
        Language.EN: "MFC: your ticket is {ticket}. Watch the board, we will text you too",
    },
    MessageKind.CALLED: {
        Language.RU: "МФЦ: талон {ticket}, вас ждут. Подойдите к окну {window}",
        Language.EN: "MFC: ticket {ticket}, it is your turn. Please go to window {window}",
    },
    MessageKind.RECALLED: {
        Language.RU: "МФЦ: талон {ticket}, повторный вызов. Подойдите к окну {window}",
        Language.EN: "MFC: ticket {ticket}, second call. Please go to window {window}",
    },
}

CONSENT: Final = {
    Language.RU: (
        "Я согласен получать СМС об этом талоне на указанный номер. "
        "Номер удаляется через сутки после окончания дня."
    ),
    Language.EN: (
        "I agree to receive SMS about this ticket on this number. "
        "The number is deleted one day after the end of the day."
    ),
}
CONSENT_VERSION: Final = "2026-11-1"
"""Changes with every word of CONSENT: the proof of a consent names what was agreed to."""


def text(kind: MessageKind, language: Language, *, ticket: str, window: str | None) -> str:
    """Return the words for one visitor; only a call has a window."""
    return TEXTS[kind][language].format(ticket=ticket, window=window)
