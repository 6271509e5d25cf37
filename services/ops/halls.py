"""How the services are: whether each is ready, and whether they count a branch's day alike."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import httpx

from services.ops.findings import Finding, Health

_LOOKS: Final = 20
_PAUSE: Final = 0.25  # seconds
_FACTS_TRAVEL: Final = "look again when it is calm; does it last, see the lags and outboxes"
_DIFFER: Final = (
    "see dead letters and gaps (talon dead list, deploy/runbooks/EventsMissing.md); a ticket that"
    " only one service counts as open can be cancelled or called by hand"
)


async def examine(addresses: Mapping[str, str]) -> list[Finding]:
    """Each service, and each branch's day if all of them answer."""
    async with httpx.AsyncClient(timeout=5, trust_env=False) as http:
        ready = [await _ready(http, name, address) for name, address in addresses.items()]
        try:
            listed = (await http.get(f"{addresses['ticketing']}/v1/branches")).json()
            branches = [branch["code"] for branch in listed["branches"]]
        except (httpx.HTTPError, ValueError, KeyError):
            return ready
        return [*ready, *[await _drift(http, addresses, branch) for branch in branches]]


async def _ready(http: httpx.AsyncClient, name: str, address: str) -> Finding:
    try:
        answer = await http.get(f"{address}/health/ready")
        checks: dict[str, str] = answer.json()["checks"]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        mend = f"start it; if it runs elsewhere: --at {name}=URL"
        return Finding(name, Health.RED, f"{address}: {type(error).__name__}", mend)
    wrong = "; ".join(f"{check}: {said}" for check, said in checks.items() if said != "ok")
    if answer.is_success:
        return Finding(name, Health.GREEN, f"ready at {address}")
    return Finding(name, Health.RED, f"not ready: {wrong}", "mend what it names; it goes on then")


async def _drift(http: httpx.AsyncClient, addresses: Mapping[str, str], branch: str) -> Finding:
    """Facts travel: the services agree again and again, not always."""
    what, counts = f"day of {branch}", dict[str, Any]()
    seen = []
    for _ in range(_LOOKS):
        try:
            counts = {name: await _day(http, at, branch) for name, at in addresses.items()}
        except (httpx.HTTPError, ValueError, KeyError) as error:
            found = f"a service does not tell it ({type(error).__name__})"
            return Finding(what, Health.YELLOW, found, "see that all three are ready")
        first, *others = counts.values()
        if all(other == first for other in others):
            return Finding(what, Health.GREEN, f"all count alike: {sum(first.values())} tickets")
        seen.append(counts)
        await asyncio.sleep(_PAUSE)
    found = "; ".join(f"{name} {_told(counts[name])}" for name in counts)
    if any(one != seen[0] for one in seen):
        return Finding(what, Health.YELLOW, f"on the move: {found}", _FACTS_TRAVEL)
    return Finding(what, Health.RED, f"they differ: {found}", _DIFFER)


async def _day(http: httpx.AsyncClient, address: str, branch: str) -> dict[str, int]:
    answer = await http.get(f"{address}/v1/branches/{branch}/days/today")
    answer.raise_for_status()
    tickets: dict[str, int] = answer.json()["tickets"]
    return {state: count for state, count in tickets.items() if count}


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "nothing"
