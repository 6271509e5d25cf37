"""Dispatch, wired: the one place where settings, stores, handlers and routes meet."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter

from services.chassis.app import Service
from services.chassis.clock import Clock
from services.chassis.live import Live
from services.chassis.measurements import Measurements
from services.chassis.rebuild import Rebuilding
from services.chassis.redis import connect
from services.chassis.settings import load
from services.chassis.worker import Worker
from services.dispatch.api import (
    break_requests,
    breaks,
    console,
    overview,
    plan,
    shift,
    tickets,
    why,
)
from services.dispatch.api import rules as rules_api
from services.dispatch.api.desk import Desk
from services.dispatch.domain.errors import Invalid, Refused, Unknown
from services.dispatch.events import CatalogueEvents, Heard, TicketEvents
from services.dispatch.jobs.forecaster import Forecaster
from services.dispatch.jobs.rounds import Rounds
from services.dispatch.jobs.stores import Stores
from services.dispatch.rebuild import LEFT, SAVED, Rebuild
from services.dispatch.settings import Settings
from services.dispatch.store.branches import Branches
from services.dispatch.store.forecasts import Forecasts
from services.dispatch.store.glances import Glances
from services.dispatch.store.hall import Hall
from services.dispatch.store.lines import Lines
from services.dispatch.store.rules import RuleBook
from services.dispatch.store.watch import Watch
from services.dispatch.store.windows import Windows


def build() -> Service:
    """Dispatch, ready to run; nothing is connected until it starts."""
    settings = load(Settings)
    redis = connect(settings.redis.get_secret_value(), copies=settings.store_copies)
    now = Clock.parse(settings.clock).now
    live = Live(redis)
    branches, windows, lines = Branches(redis), Windows(redis), Lines(redis)
    rules, hall, watch = RuleBook(redis), Hall(redis), Watch(redis)
    forecasts, measurements = Forecasts(redis), Measurements("dispatch")
    worker = Worker("forecasts")
    heard = Heard(TicketEvents(lines, branches, rules, now), CatalogueEvents(branches))
    glances = Glances(redis, branches)
    desk = Desk(branches, rules, hall, windows, lines, glances, watch, forecasts, worker, live, now)
    stores = Stores(branches, rules, hall, windows, lines, glances, watch, forecasts)
    return Service(
        name="dispatch",
        settings=settings,
        redis=redis,
        live=live,
        routers=_routers(desk),
        refusals={Refused: 409, Unknown: 404, Invalid: 422},
        subscriptions=[heard.catalogue, heard.tickets],
        rebuilding=Rebuilding(Rebuild(windows, branches, rules, now, heard).remake, LEFT, SAVED),
        measurements=measurements,
        web=Path(__file__).with_name("web"),
        start_page="/console/",
        jobs={
            "rounds": Rounds(stores, now).run,
            "forecasts": Forecaster(stores, worker, measurements, now).run,
        },
    )


def _routers(desk: Desk) -> list[APIRouter]:
    return [
        console.router(desk),
        console.visit_router(desk),
        tickets.router(desk),
        why.router(desk),
        shift.router(desk),
        shift.day_router(desk),
        breaks.router(desk),
        break_requests.router(desk),
        plan.router(desk),
        rules_api.router(desk),
        overview.router(desk),
    ]
