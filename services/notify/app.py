"""Notify, wired: the one place where settings, stores, gateways, handlers and routes meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from contracts import topics
from contracts.calls import (
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketDeferred,
    TicketNoShow,
    TicketRecalled,
    TicketRequeued,
)
from contracts.catalogue import BranchPublished
from contracts.tickets import TicketCancelled, TicketIssued
from services.chassis.app import Service
from services.chassis.clock import Clock
from services.chassis.live import Live
from services.chassis.rebuild import Rebuilding
from services.chassis.redis import Redis, connect
from services.chassis.settings import load
from services.chassis.spine import Subscription
from services.notify.api import boards, overview, phones, visitors
from services.notify.domain.errors import Invalid, Unknown
from services.notify.events import CallEvents, CatalogueEvents, TicketEvents
from services.notify.gateways.http import HttpGateway, client
from services.notify.gateways.sender import Sender
from services.notify.gateways.simulator import Simulator
from services.notify.jobs import Outgoing, Sampler
from services.notify.rebuild import LEFT, SAVED, Rebuild
from services.notify.settings import Settings
from services.notify.store.boards import Boards
from services.notify.store.branches import Branches
from services.notify.store.contacts import Contacts
from services.notify.store.messages import Messages
from services.notify.store.tickets import Tickets


def build() -> Service:
    """Notify, ready to run; nothing is connected until it starts."""
    settings = load(Settings)
    redis = connect(settings.redis.get_secret_value(), copies=settings.store_copies)
    now = Clock.parse(settings.clock).now
    live = Live(redis)
    branches, tickets, messages = Branches(redis), Tickets(redis), Messages(redis)
    routers = [
        visitors.router(branches, Contacts(redis), now),
        boards.router(branches, Boards(redis), live, now),
        overview.router(branches, tickets, messages, now),
    ]
    heard = _subscriptions(branches, tickets, now)
    sender = _sender(settings, redis, now)
    if isinstance(sender, Simulator):
        routers.append(phones.router(sender, live, now))
    return Service(
        name="notify",
        settings=settings,
        redis=redis,
        live=live,
        routers=routers,
        refusals={Unknown: 404, Invalid: 422},
        subscriptions=heard,
        rebuilding=Rebuilding(Rebuild(heard).remake, LEFT, SAVED),
        web=Path(__file__).with_name("web"),
        start_page="/board/",
        jobs={
            "outgoing": Outgoing(messages, sender, now).run,
            "sampler": Sampler(messages).run,
        },
    )


def _sender(settings: Settings, redis: Redis, now: Callable[[], datetime]) -> Sender:
    if settings.sms == "simulator":
        return Simulator(redis, now)
    assert settings.sms_url is not None  # Settings refuse http without it
    token = settings.sms_token.get_secret_value() if settings.sms_token else None
    return HttpGateway(client(token), settings.sms_url, keyed=settings.sms_keyed)


def _subscriptions(
    branches: Branches, tickets: Tickets, now: Callable[[], datetime]
) -> Sequence[Subscription]:
    on_catalogue = CatalogueEvents(branches)
    on_ticket = TicketEvents(tickets, branches, now)
    on_call = CallEvents(tickets, branches, now)
    return [
        Subscription(
            topics.CATALOGUE, {BranchPublished: on_catalogue.published}, on_catalogue.other
        ),
        Subscription(
            topics.TICKETS,
            {TicketIssued: on_ticket.issued, TicketCancelled: on_ticket.cancelled},
            on_ticket.other,
        ),
        Subscription(
            topics.CALLS,
            {
                TicketCalled: on_call.called,
                TicketRecalled: on_call.recalled,
                ServiceStarted: on_call.started,
                ServiceFinished: on_call.finished,
                TicketNoShow: on_call.no_show,
                TicketRequeued: on_call.requeued,
                TicketDeferred: on_call.deferred,
            },
            on_call.other,
        ),
    ]
