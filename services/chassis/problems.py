"""Refusals as RFC 9457 problem details: what was refused, why, and what is possible instead."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException

from services.chassis.copies import TooFewCopies
from services.chassis.moments import rfc3339
from services.chassis.redis import is_away

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


def problem(
    status: int, name: str, detail: str, headers: Mapping[str, str] | None = None, **members: Any
) -> JSONResponse:
    """A problem document of type ``/problems/<name>``."""
    body = {
        "type": f"/problems/{name}",
        "title": name.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
        **members,
    }
    return JSONResponse(
        jsonable_encoder(body, custom_encoder={datetime: rfc3339}),
        status,
        headers,
        media_type=MEDIA_TYPE,
    )


def answer(app: FastAPI, refusals: Mapping[type[Exception], int]) -> None:
    """Answer each of *refusals*, and its subclasses, with its status and its own fields."""
    for kind, status in refusals.items():
        app.add_exception_handler(kind, _refusal(status))
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for kind in (RedisError, OSError, Exception):
        app.add_exception_handler(kind, _failure)


def _refusal(status: int) -> Any:
    async def refuse(_: Request, error: Exception) -> JSONResponse:
        return problem(status, _kebab(type(error).__name__), str(error), **vars(error))

    return refuse


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [
        {"key": ".".join(str(step) for step in e["loc"]), "error": e["msg"]} for e in error.errors()
    ]
    return problem(422, "invalid-request", "the request does not fit the schema", errors=errors)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    name = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return problem(error.status_code, name, str(error.detail), error.headers)


async def _failure(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, TooFewCopies):
        detail = f"{error}; the same request with the same key may be sent again"
        return problem(503, "too-few-copies", detail, {"Retry-After": "1"})
    if is_away(error):
        detail = "the store cannot be reached; the same request may be sent again"
        return problem(503, "store-away", detail, {"Retry-After": "1"})
    log.error("a request failed", extra={"path": request.url.path}, exc_info=error)
    return problem(500, "internal-error", "this is our fault; the log says why")


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
