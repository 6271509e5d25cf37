"""What visitors ask for: messages about their ticket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from contracts.values import Name, Role, TicketId, branch_of
from services.chassis.auth import serves
from services.chassis.commands import Command
from services.notify.domain.errors import ConsentNeeded, UnknownTicket
from services.notify.domain.phones import e164, masked
from services.notify.domain.texts import CONSENT, CONSENT_VERSION, Language
from services.notify.store.branches import Branches
from services.notify.store.contacts import Contacts


class ContactWish(BaseModel):
    """Where to write, in which language, and that the visitor agreed."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    phone: Annotated[str, Field(max_length=40, examples=["+79123456789"])]
    language: Language = Language.RU
    consent: bool = False


class ContactShape(BaseModel):
    """A contact that is kept; the phone is shown to nobody any more."""

    ticket: str
    phone: Annotated[str, Field(examples=["+7***6789"])]
    language: Language


class ConsentShape(BaseModel):
    """The words that a visitor agrees to, and the version that is recorded with the consent."""

    version: str
    text: Name


def router(branches: Branches, contacts: Contacts, now: Callable[[], datetime]) -> APIRouter:
    """The routes for visitors."""
    routes = APIRouter(prefix="/v1", tags=["visitors"])

    @routes.get("/consent", dependencies=[serves(Role.VISITOR, Role.KIOSK)])
    async def consent() -> ConsentShape:
        """What to ask a visitor before a phone is taken."""
        text = Name(ru=CONSENT[Language.RU], en=CONSENT[Language.EN])
        return ConsentShape(version=CONSENT_VERSION, text=text)

    @routes.put("/tickets/{ticket}/contact", dependencies=[serves(Role.VISITOR, Role.KIOSK)])
    async def put_contact(ticket: TicketId, wish: ContactWish, command: Command) -> ContactShape:
        """Write to this phone about this ticket; a new contact replaces the old."""
        if not wish.consent:
            raise ConsentNeeded
        phone = e164(wish.phone)
        if await branches.find(branch_of(ticket)) is None:
            raise UnknownTicket
        await contacts.put(ticket, phone, wish.language, command=command, now=now())
        return ContactShape(ticket=ticket, phone=masked(phone), language=wish.language)

    return routes
