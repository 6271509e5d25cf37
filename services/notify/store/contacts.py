"""Phones of tickets, kept apart from everything else and no longer than needed."""

from __future__ import annotations

import hashlib
from datetime import datetime

from contracts.messages import MessageKind
from contracts.values import branch_of
from services.chassis.commands import ANSWER_KEPT
from services.chassis.moments import span_ms
from services.chassis.redis import Redis
from services.notify.domain.branch import ARRIVING_LATE
from services.notify.domain.errors import IdempotencyKeyReused
from services.notify.domain.messages import TRUE_WHILE, MessageState
from services.notify.domain.texts import CONSENT_VERSION, Language
from services.notify.metrics import MESSAGES_MOVED
from services.notify.store.keys import Keys
from services.notify.store.scripts import PUT_CONTACT, about_queueing


class Contacts:
    """Who wants messages about which ticket."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def put(
        self, ticket: str, phone: str, language: Language, *, command: str, now: datetime
    ) -> None:
        """Keep *phone* (E.164, with consent) for *ticket*; tell it that the ticket waits, once.

        Raises:
            IdempotencyKeyReused: *command* put another contact before.
        """
        keys, kind = Keys(branch_of(ticket)), MessageKind.ISSUED
        reply = await PUT_CONTACT(
            self._redis,
            ticket=keys.ticket(ticket),
            contact=keys.contact(ticket),
            message=keys.message(ticket, kind),
            queue=keys.queue,
            states=keys.states,
            outbox=keys.outbox,
            told=keys.told,
            answer=keys.answer(command),
            asked=_fingerprint(ticket, phone, language),
            phone=phone,
            language=language.value,
            consent=CONSENT_VERSION,
            wanted=TRUE_WHILE[kind].value,
            unknown=span_ms(ARRIVING_LATE),
            remember=span_ms(ANSWER_KEPT),
            about=about_queueing(ticket, kind, fact_at=now, now=now),
        )
        match reply:
            case ["kept", "yes"]:
                MESSAGES_MOVED.labels(kind.value, MessageState.QUEUED.value).inc()
            case ["kept", "no"]:
                pass
            case ["reused"]:
                raise IdempotencyKeyReused
            case _:
                raise AssertionError(f"put_contact.lua answered {reply!r}")


def _fingerprint(ticket: str, phone: str, language: Language) -> str:
    """Tell requests apart without another copy of the phone."""
    return hashlib.sha256(f"{ticket} {phone} {language.value}".encode()).hexdigest()
