"""The centre's own rules: published from an hour on, read, and printed as its order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import yaml
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ValidationError

from contracts.rules import RulesPublished
from contracts.values import Role
from services.chassis.auth import serves
from services.chassis.commands import Command as Key
from services.dispatch.api.desk import Desk
from services.dispatch.domain.errors import RulesInThePast, RulesInvalid
from services.dispatch.domain.order import printed

BACK = timedelta(minutes=2)
"""A version may begin "now" by a clock that is a little behind."""

LARGEST = 64 * 1024  # bytes

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/yaml": {"schema": {}},
            "application/json": {"schema": RulesPublished.model_json_schema()},
        },
    }
}


class RulesShape(BaseModel):
    """All versions, the newest first, and which is in force now."""

    in_force: str
    versions: Sequence[RulesPublished]


def router(desk: Desk) -> APIRouter:
    """The routes of the rules."""
    routes = APIRouter(prefix="/v1/branches/{branch}/rules", tags=["rules"])

    @routes.get("", dependencies=[serves(Role.SHIFT_HEAD, Role.ADMINISTRATOR, Role.OPERATOR)])
    async def read(branch: str) -> RulesShape:
        """The rules and their history."""
        at = await desk.branches.get(branch)
        rules = await desk.rules.in_force(at.code, desk.now())
        return RulesShape(
            in_force=rules.version, versions=list(await desk.rules.published(at.code))
        )

    @routes.put("", dependencies=[serves(Role.SHIFT_HEAD)], openapi_extra=_BODY)
    async def publish(branch: str, request: Request, key: Key) -> RulesShape:  # noqa: ARG001  # a version is its own key
        """Publish a version (YAML or JSON); it applies from its hour and is on record."""
        at, now = await desk.branches.get(branch), desk.now()
        version = _version(await request.body(), set(at.services))
        known = {v.version: v for v in await desk.rules.published(at.code)}
        if known.get(version.version) != version and version.since < now - BACK:
            raise RulesInThePast(version.since, now)
        await desk.rules.publish(at.code, version, now=now)
        return await read(branch)

    @routes.get(
        "/order",
        dependencies=[serves(Role.VISITOR, Role.SHIFT_HEAD, Role.ADMINISTRATOR)],
        response_class=PlainTextResponse,
    )
    async def order(branch: str) -> str:
        """The rules in force, as the centre's order («приказ») for the wall."""
        at, now = await desk.branches.get(branch), desk.now()
        rules = await desk.rules.in_force(at.code, now)
        names = {code: service.name for code, service in at.services.items()}
        return printed(at.published.name, at.published.timezone, rules, names)

    return routes


def _version(body: bytes, services: set[str]) -> RulesPublished:
    """Raise RulesInvalid with the place and the mend of every fault."""
    if len(body) > LARGEST:
        mend = f"rules fit into {LARGEST // 1024} KiB; is it another file?"
        raise RulesInvalid([{"key": "file", "error": f"it has {len(body)} bytes", "mend": mend}])
    try:
        data: Any = yaml.safe_load(body)
    except yaml.YAMLError as error:
        raise RulesInvalid([{"key": "file", "error": str(error), "mend": "write YAML"}]) from None
    known = set(RulesPublished.model_fields)
    extra = sorted(set(data) - known) if isinstance(data, dict) else []
    faults = [
        {"key": key, "error": "there is no such rule", "mend": f"write one of {sorted(known)}"}
        for key in extra
    ]
    try:
        version = RulesPublished.model_validate(data)
    except ValidationError as error:
        faults += [
            {
                "key": ".".join(map(str, fault["loc"])) or "file",
                "error": fault["msg"],
                "mend": f"it is {fault['input']!r:.60}",
            }
            for fault in error.errors(include_url=False)
        ]
        raise RulesInvalid(faults) from None
    unknown = sorted(set(version.service_target_minutes) - services)
    faults += [
        {
            "key": f"service_target_minutes.{code}",
            "error": "the branch has no such service",
            "mend": "take a code from the catalogue",
        }
        for code in unknown
    ]
    if faults:
        raise RulesInvalid(faults)
    return version
