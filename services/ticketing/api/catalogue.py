"""How an administrator brings in a catalogue: all of it, or none and every fault named."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

import yaml
from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, ConfigDict

from contracts.values import Role
from services.chassis.auth import serves
from services.chassis.commands import Command
from services.ticketing.domain.catalogue_file import read_catalogue
from services.ticketing.domain.errors import CatalogueInvalid
from services.ticketing.domain.published import published
from services.ticketing.domain.reading import Problem
from services.ticketing.store.branches import Branches

LARGEST: Final = 2 * 1024 * 1024  # bytes
"""A catalogue of 180 services and 30 branches has a fifth of it."""

DEEPEST: Final = 20
"""A catalogue nests six deep. The C reader of YAML has no limit but the stack of the process."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where PyYAML was built so

_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {}} for kind in ("application/yaml", "application/json")},
    }
}


class Imported(BaseModel):
    """What a catalogue brought."""

    model_config = ConfigDict(frozen=True)

    branches: Sequence[str]
    services: int
    changed: Sequence[str]


def router(branches: Branches, now: Callable[[], datetime]) -> APIRouter:
    """The route of the catalogue."""
    routes = APIRouter(prefix="/v1", tags=["catalogue"], dependencies=[serves(Role.ADMINISTRATOR)])

    @routes.put("/catalogue", openapi_extra=_BODY)
    async def bring_in(request: Request, key: Command) -> Imported:
        """Take over every branch of a catalogue; a branch that it does not name stays as it is."""
        body = await _body(request)
        catalogue = read_catalogue(_data(body, request.headers.get("content-type", "")))
        asked, moment, changed = sha256(body).hexdigest(), now(), []
        for branch in catalogue.branches:
            fact = published(branch)
            if await branches.publish(branch, fact, asked=asked, command=key, now=moment):
                changed.append(branch.code)
        return Imported(
            branches=[branch.code for branch in catalogue.branches],
            services=catalogue.services,
            changed=changed,
        )

    return routes


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise HTTPException(413, f"a catalogue has at most {LARGEST} bytes")
    return bytes(body)


def _data(body: bytes, content_type: str) -> object:
    """What a YAML or JSON reader makes of it.

    Raises:
        CatalogueInvalid: it is neither.
    """
    try:
        if "json" in content_type:
            return json.loads(body)
        return _yaml(body)
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        where = f"line {place.line + 1}, column {place.column + 1}" if place else "file"
        fault = Problem(where, str(error.problem or error.context), "write it as valid YAML")
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        fault = Problem(where, error.msg, "write it as valid JSON")
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        fault = Problem("file", str(error) or type(error).__name__, "write it as YAML or JSON text")
    raise CatalogueInvalid([fault])


def _yaml(body: bytes) -> object:
    depth = 0
    for event in yaml.parse(body, _LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise ValueError(f"it nests more than {DEEPEST} deep")
    return yaml.load(body, _LOADER)  # noqa: S506  # a safe one
