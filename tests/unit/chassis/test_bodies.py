"""A request that brings too much is refused before it has filled the memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from services.chassis import problems
from services.chassis.bodies import MOST, Bodies


class Said(BaseModel):
    word: str


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.add_middleware(Bodies)
    problems.answer(app, {})

    @app.post("/say")
    async def say(said: Said) -> int:
        return len(said.word)

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        yield client


async def test_what_fits_is_read(client):
    word = "x" * (MOST - 100)
    assert (await client.post("/say", json={"word": word})).json() == len(word)


async def test_a_body_that_says_it_is_too_long_is_refused_unread(client):
    asked = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield b" " * 1024

    length = {"Content-Length": str(MOST + 1)}
    answer = await client.post("/say", content=endless(), headers=length)
    assert (answer.status_code, asked) == (413, 0)
    assert answer.headers["content-type"] == problems.MEDIA_TYPE


async def test_a_body_that_does_not_end_is_refused_when_it_is_too_long(client):
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1024
            yield b" " * 1024

    answer = await client.post("/say", content=endless())
    assert answer.status_code == 413
    assert sent <= MOST + 1024
