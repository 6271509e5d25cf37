"""Ticketing over HTTP, on a real store: what kiosks, visitors and administrators are answered."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from services.chassis.redis import told_between
from services.ticketing.domain.tickets import State, Word
from services.ticketing.store.keys import Keys
from services.ticketing.store.tickets import Tickets
from tests.service.ticketing_server import problem, ticketing
from tests.stack import Store
from tests.store.test_ticketing_tickets import NOON, a_position
from tests.unit.ticketing.builders import a_file, at


@pytest.fixture
async def api(store: Store, redis: Redis) -> AsyncIterator[httpx.AsyncClient]:
    """Ticketing on a Monday at noon, with BR-T."""
    async with ticketing(store.url, "23T12:00:00") as client:
        assert (await client.put("/v1/catalogue", json=a_file())).status_code == 200
        yield client


async def take(
    api: httpx.AsyncClient, service: str = "B01", key: str | None = None
) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await api.post("/v1/branches/BR-T/tickets", json={"service": service}, headers=headers)


def count(metric: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(metric, labels) or 0


async def test_branches_are_listed(api):
    """By name in both languages."""
    name = {"ru": "Филиал", "en": "Branch"}
    assert (await api.get("/v1/branches")).json() == {
        "branches": [{"code": "BR-T", "name": name, "timezone": "Asia/Yekaterinburg"}]
    }


async def test_a_kiosk_is_shown_what_the_branch_offers(api):
    """Hours of today, categories that have services, and every service with its papers."""
    hall = (await api.get("/v1/branches/BR-T/services")).json()
    assert hall["open"] is True
    assert hall["hours"] == {
        "opens": "2026-11-23T04:00:00Z",
        "closes": "2026-11-23T13:00:00Z",
        "last_ticket": "2026-11-23T12:45:00Z",
    }
    assert hall["next_opening"] == "2026-11-24T04:00:00Z"
    assert re.fullmatch(r"2026-11-23T07:00:0\d.*Z", hall["now"])
    assert [c["prefix"] for c in hall["categories"]] == ["Б", "Д"]
    assert [s["code"] for s in hall["services"]] == ["B01", "B07", "D01"]
    assert hall["services"][1] == {
        "code": "B07",
        "name": {"ru": "Услуга B07", "en": "Service B07"},
        "category": "B",
        "minutes": 15,
        "documents": ["Паспорт"],
        "fee": 300,
        "aliases": ["прописка"],
        "skills": ["PASS", "BIO"],
    }


async def test_a_ticket_is_taken_and_read(api):
    """201 with its place; its id names the branch and cannot be guessed."""
    before = count("talon_tickets_issued_total", branch="BR-T", category="D")
    taken = await take(api, "D01")
    assert taken.status_code == 201
    ticket = taken.json()
    assert re.fullmatch(r"BR-T-[0-9a-z]{20}", ticket["id"])
    assert taken.headers["location"] == f"/v1/tickets/{ticket['id']}"
    assert ticket["number"] == "Д 001"
    assert ticket["state"] == "waiting"
    assert ticket["window"] is None
    assert ticket["service_name"] == {"ru": "Услуга D01", "en": "Service D01"}
    assert (await api.get(taken.headers["location"])).json() == ticket
    assert count("talon_tickets_issued_total", branch="BR-T", category="D") == before + 1


async def test_a_repeated_key_gets_the_same_answer(api):
    """And is counted once."""
    before = count("talon_tickets_issued_total", branch="BR-T", category="B")
    first, again = await take(api, key="k"), await take(api, key="k")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert count("talon_tickets_issued_total", branch="BR-T", category="B") == before + 1


async def test_a_reused_key_is_refused(api):
    """422, by the draft of the Idempotency-Key header."""
    await take(api, "B01", key="k")
    problem(await take(api, "D01", key="k"), 422, "idempotency-key-reused")


async def test_a_visit_is_taken_on_its_terms(api, redis):
    """They are told to dispatch; the ticket, which anyone with its id may see, hides them."""
    plain = (await take(api, "D01")).json()
    terms = {"further": ["B01", "B01"], "standing": "statutory", "accessible": True}
    body = {"service": "D01"} | terms
    taken = await api.post("/v1/branches/BR-T/tickets", json=body)
    assert taken.status_code == 201
    assert taken.json().keys() == plain.keys()
    assert not {"standing", "accessible", "further"} & plain.keys()
    assert (await api.get(taken.headers["location"])).json() == taken.json()
    (_, event) = (await told_between(redis, Keys("BR-T").outbox))[-1]
    fact = json.loads(event["data"])
    assert {name: fact[name] for name in terms} == terms


@pytest.mark.parametrize(
    "terms",
    [
        {"standing": "booked"},
        {"standing": "veteran"},
        {"standing": None},
        {"further": ["B01"] * 5},
        {"further": "B01"},
        {"accessible": "perhaps"},
    ],
)
async def test_terms_that_nobody_may_name_are_refused(api, terms):
    """A booking is known without being declared, and grounds are nobody's business here."""
    sent = await api.post("/v1/branches/BR-T/tickets", json={"service": "B01"} | terms)
    (error,) = problem(sent, 422, "invalid-request")["errors"]
    assert error["key"].startswith(f"body.{next(iter(terms))}")


async def test_a_further_service_must_be_offered_too(api):
    """Or the visit would end where nobody can go on."""
    wish = {"service": "B01", "further": ["D01", "D02"]}
    sent = await api.post("/v1/branches/BR-T/tickets", json=wish)
    assert problem(sent, 404, "unknown-service")["service"] == "D02"


async def test_without_keys_every_request_is_a_ticket(api):
    """Two visitors at one kiosk."""
    numbers = [(await take(api)).json()["number"] for _ in range(2)]
    assert numbers == ["Б 001", "Б 002"]


async def test_what_is_not_there_is_unknown(api):
    """Branch, service, one that this branch leaves out, ticket."""
    wish = {"service": "B01"}
    problem(await api.post("/v1/branches/BR-X/tickets", json=wish), 404, "unknown-branch")
    problem(await api.get("/v1/branches/BR-X/services"), 404, "unknown-branch")
    problem(await api.get("/v1/branches/BR-X/days/today"), 404, "unknown-branch")
    before = count("talon_tickets_refused_total", branch="BR-T", reason="unknown_service")
    assert problem(await take(api, "Z99"), 404, "unknown-service")["service"] == "Z99"
    problem(await take(api, "D02"), 404, "unknown-service")
    assert (
        count("talon_tickets_refused_total", branch="BR-T", reason="unknown_service") == before + 2
    )
    problem(await api.get(f"/v1/tickets/BR-T-{'0' * 20}"), 404, "unknown-ticket")
    problem(await api.post("/v1/tickets/x/cancel"), 404, "unknown-ticket")


async def test_a_closed_branch_says_its_hours_and_when_it_opens(api, store):
    """On Sunday the next opening is on Monday."""
    async with ticketing(store.url, "29T12:00:00") as sunday:
        hall = (await sunday.get("/v1/branches/BR-T/services")).json()
        assert (hall["open"], hall["hours"]) == (False, None)
        assert hall["next_opening"] == "2026-11-30T04:00:00Z"
        before = count("talon_tickets_refused_total", branch="BR-T", reason="closed")
        closed = problem(await take(sunday), 409, "branch-closed")
        assert closed["hours"] is None
        assert closed["next_opening"].startswith("2026-11-30T04:00:00")
        assert count("talon_tickets_refused_total", branch="BR-T", reason="closed") == before + 1


async def test_after_the_last_ticket_the_hours_are_told(api, store):
    """The branch is still open for those inside."""
    async with ticketing(store.url, "23T17:50:00") as evening:
        closed = problem(await take(evening), 409, "branch-closed")
        assert closed["hours"]["last_ticket"].startswith("2026-11-23T12:45:00")
        assert closed["hours"]["closes"].startswith("2026-11-23T13:00:00")


async def test_a_restart_keeps_tickets_and_count(api, store):
    """Another process goes on where this one was."""
    first = (await take(api)).json()
    async with ticketing(store.url, "23T12:05:00") as restarted:
        assert (await restarted.get(f"/v1/tickets/{first['id']}")).json() == first
        assert (await take(restarted)).json()["number"] == "Б 002"


async def test_a_ticket_is_given_up(api):
    """Once; the same key gets the same answer, another one a refusal."""
    ticket = (await take(api)).json()
    before = count("talon_tickets_cancelled_total", branch="BR-T", reason="visitor")
    url, key = f"/v1/tickets/{ticket['id']}/cancel", {"Idempotency-Key": "c"}
    cancelled = await api.post(url, headers=key)
    assert cancelled.status_code == 200
    assert cancelled.json() == ticket | {"state": "cancelled"}
    assert (await api.post(url, headers=key)).json() == cancelled.json()
    refused = problem(await api.post(url), 409, "ticket-not-cancellable")
    assert (refused["state"], refused["legal"]) == ("cancelled", [])
    assert count("talon_tickets_cancelled_total", branch="BR-T", reason="visitor") == before + 1


async def test_a_called_ticket_shows_its_window(api, redis):
    """As dispatch said; then it is served, and cannot be given up."""
    ticket = (await take(api)).json()
    here = f"/v1/tickets/{ticket['id']}"
    tickets = Tickets(redis)
    await tickets.apply(ticket["id"], Word(State.CALLED, "2", NOON), at=a_position(1))
    called = (await api.get(here)).json()
    assert (called["state"], called["window"]) == ("called", "2")
    assert called["called_at"] == "2026-11-23T07:00:00Z"
    await tickets.apply(ticket["id"], Word(State.SERVING, "2"), at=a_position(2))
    refused = problem(await api.post(f"{here}/cancel"), 409, "ticket-not-cancellable")
    assert (refused["state"], refused["legal"]) == ("serving", ["deferred", "finished", "waiting"])


async def test_a_deferred_ticket_shows_its_hour_and_can_be_given_up(api, redis):
    """The visitor named the hour, and may think again."""
    here = f"/v1/tickets/{(await take(api)).json()['id']}"
    word = Word(State.DEFERRED, until=at("13:30"))
    await Tickets(redis).apply(here.rpartition("/")[2], word, at=a_position(1))
    deferred = (await api.get(here)).json()
    assert (deferred["state"], deferred["deferred_until"]) == ("deferred", "2026-11-23T08:30:00Z")
    assert (await api.post(f"{here}/cancel")).json()["state"] == "cancelled"


async def test_a_day_is_counted(api):
    """By its date or as today."""
    await take(api)
    gone = (await take(api)).json()
    await api.post(f"/v1/tickets/{gone['id']}/cancel")
    states = dict.fromkeys(State, 0) | {"waiting": 1, "cancelled": 1}
    tally = {"branch": "BR-T", "day": "2026-11-23", "tickets": states, "total": 2}
    assert (await api.get("/v1/branches/BR-T/days/today")).json() == tally
    assert (await api.get("/v1/branches/BR-T/days/2026-11-23")).json() == tally
    assert (await api.get("/v1/branches/BR-T/days/2026-11-24")).json()["total"] == 0
    problem(await api.get("/v1/branches/BR-T/days/yesterday"), 422, "invalid-request")


@pytest.mark.parametrize("body", [{}, {"service": 1}, {"service": "x" * 99}, [], "B01"])
async def test_a_wish_that_is_none_is_refused(api, body):
    """By the schema, with the place."""
    sent = await api.post("/v1/branches/BR-T/tickets", json=body)
    assert problem(sent, 422, "invalid-request")["errors"]


async def test_a_foreign_page_cannot_take_tickets(api):
    """A browser says where a request comes from."""
    headers = {"Origin": "https://elsewhere.example"}
    sent = await api.post("/v1/branches/BR-T/tickets", json={"service": "B01"}, headers=headers)
    assert sent.status_code == 403


async def test_without_its_store_ticketing_says_so(api, redis):
    """503: the same request may be sent again."""
    async with ticketing("redis://127.0.0.1:1/0", "23T12:00:00") as lost:
        problem(await take(lost), 503, "store-away")


async def test_a_ticket_without_its_copies_is_given_to_nobody_yet(api, store):
    """503 says why; the same key gets the ticket once the copies are there, and it is the first."""
    before = count("talon_too_few_copies_total")
    async with ticketing(store.url, "23T12:00:00", copies=9) as lonely:
        refused = problem(await take(lonely, key="k"), 503, "too-few-copies")
    assert "of 9 replicas have what was written" in refused["detail"]
    assert count("talon_too_few_copies_total") == before + 1
    assert (await take(api, key="k")).json()["number"] == "Б 001"


async def test_the_kiosk_is_the_first_page(api):
    """Whoever opens the address sees the kiosk."""
    start = await api.get("/")
    assert start.headers["location"] == "/kiosk/"
    assert (await api.get("/openapi.json")).json()["paths"]["/v1/catalogue"]["put"]["requestBody"]
