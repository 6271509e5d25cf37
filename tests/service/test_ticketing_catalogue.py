"""Bringing a catalogue in over HTTP: all of it, or none and every fault named."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from redis.asyncio import Redis

from services.embedded.data import EXAMPLE
from tests.service.ticketing_server import problem, ticketing
from tests.stack import Store
from tests.unit.ticketing.builders import a_branch_file, a_file


@pytest.fixture
async def api(store: Store, redis: Redis) -> AsyncIterator[httpx.AsyncClient]:
    """Ticketing on a Monday at noon, with BR-T."""
    async with ticketing(store.url, "23T12:00:00") as client:
        assert (await client.put("/v1/catalogue", json=a_file())).status_code == 200
        yield client


async def test_the_example_catalogue_is_brought_in_as_it_is(api):
    """YAML as the technologist wrote it; a second time nothing changed."""
    as_yaml = {"Content-Type": "application/yaml"}
    first = await api.put("/v1/catalogue", content=EXAMPLE.read_bytes(), headers=as_yaml)
    assert first.status_code == 200, first.text
    branches = ["BR-S", "BR-D", "BR-F"]
    assert first.json() == {"branches": branches, "services": 180, "changed": branches}
    second = await api.put("/v1/catalogue", content=EXAMPLE.read_bytes(), headers=as_yaml)
    assert second.json()["changed"] == []
    assert len((await api.get("/v1/branches")).json()["branches"]) == 4


async def test_one_fault_keeps_the_whole_catalogue_out(api):
    """Also the branches that were right; each fault has place, error and mend."""
    wrong = a_branch_file("BR-W", timezone="Mars/Base")
    file = a_file(branches=[a_branch_file(name_ru="Другое имя"), wrong])
    refused = problem(await api.put("/v1/catalogue", json=file), 422, "catalogue-invalid")
    (fault,) = refused["errors"]
    assert fault["key"] == "branches[1].timezone"
    assert fault.keys() == {"key", "error", "mend"}
    assert (await api.get("/v1/branches")).json()["branches"][0]["name"]["ru"] == "Филиал"


@pytest.mark.parametrize(
    ("body", "kind", "key"),
    [
        (b"a: b: c", "application/yaml", "line 1, column 5"),
        (b"[1, 2\n3", "application/json", "line 2, column 1"),
        (b"\xff\xfe\x00", "application/json", "file"),
        (b"\x00", "application/yaml", "file"),
        (b"a: 2026-13-45", "application/yaml", "file"),
        (b"[" * 100_000, "application/yaml", "file"),
        (b"[" * 100_000, "application/json", "file"),
        (b"- *nobody", "application/yaml", "line 1, column 3"),
        (b"", "application/yaml", ""),
        (json.dumps({"version": 1}).encode(), "application/json", "skills"),
    ],
)
async def test_a_body_that_is_no_catalogue_is_a_fault(api, body, kind, key):
    """Whatever is sent, the answer says where it went wrong."""
    sent = await api.put("/v1/catalogue", content=body, headers={"Content-Type": kind})
    refused = problem(sent, 422, "catalogue-invalid")
    assert refused["errors"][0]["key"] == key


async def test_a_body_without_end_is_not_read(api):
    """Two megabytes are ten times the example."""
    sent = await api.put("/v1/catalogue", content=b"#" * (2 * 1024 * 1024 + 1))
    assert sent.status_code == 413


async def test_a_bomb_of_aliases_does_not_grow(api):
    """Each level doubles: 2^40 items if anyone unfolded them."""
    levels = "\n".join(f"- &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))
    bomb = f"skills:\n- &a0 [x, x]\n{levels}\nversion: 1\n".encode()
    problem(await api.put("/v1/catalogue", content=bomb), 422, "catalogue-invalid")
