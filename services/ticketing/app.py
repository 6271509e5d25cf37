"""Ticketing, wired: the one place where settings, clients, handlers and routes meet."""

from __future__ import annotations

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
from contracts.forecasts import CallsForecast
from services.chassis.app import Service
from services.chassis.clock import Clock
from services.chassis.live import Live
from services.chassis.rebuild import Rebuilding
from services.chassis.redis import connect
from services.chassis.settings import load
from services.chassis.spine import Subscription
from services.ticketing.api import catalogue, kiosk, ops, visitor
from services.ticketing.domain.errors import Invalid, Refused, Unknown
from services.ticketing.events import CallEvents, ForecastEvents
from services.ticketing.jobs import CloseDays
from services.ticketing.rebuild import LEFT, Rebuild
from services.ticketing.settings import Settings
from services.ticketing.store.branches import Branches
from services.ticketing.store.days import Days
from services.ticketing.store.forecasts import Forecasts
from services.ticketing.store.tickets import Tickets


def build() -> Service:
    """Wire ticketing by its environment; nothing is connected until it runs."""
    return wired(load(Settings))


def wired(settings: Settings) -> Service:
    """Wire ticketing by given settings."""
    redis = connect(settings.redis.get_secret_value(), copies=settings.store_copies)
    clock = Clock.parse(settings.clock)
    branches, tickets, days = Branches(redis), Tickets(redis), Days(redis)
    forecasts, heard = Forecasts(redis), calls(CallEvents(tickets))
    return Service(
        name="ticketing",
        settings=settings,
        redis=redis,
        live=Live(redis),
        routers=[
            kiosk.router(branches, tickets, clock.now),
            visitor.router(tickets, forecasts, clock.now),
            catalogue.router(branches, clock.now),
            ops.router(branches, days, clock.now),
        ],
        refusals={Refused: 409, Unknown: 404, Invalid: 422},
        subscriptions=[heard, expectations(ForecastEvents(forecasts))],
        rebuilding=Rebuilding(Rebuild(heard).remake, LEFT),
        jobs={"close_days": CloseDays(branches, days, clock, settings.day_grace).run},
        web=Path(__file__).with_name("web"),
        start_page="/kiosk/",
    )


def expectations(on: ForecastEvents) -> Subscription:
    """What dispatch expects."""
    return Subscription(topics.FORECASTS, {CallsForecast: on.expected}, otherwise=on.other)


def calls(on: CallEvents) -> Subscription:
    """What ticketing hears of dispatch."""
    return Subscription(
        topics.CALLS,
        handlers={
            TicketCalled: on.called,
            TicketRecalled: on.recalled,
            ServiceStarted: on.started,
            ServiceFinished: on.finished,
            TicketNoShow: on.not_served,
            TicketRequeued: on.requeued,
            TicketDeferred: on.deferred,
        },
        otherwise=on.other,
    )
