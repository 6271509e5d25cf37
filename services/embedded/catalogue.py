"""A catalogue file on its way to ticketing: read, narrowed to some branches, imported."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml

from services.embedded.errors import CannotRun, refusal

_PATIENCE = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Imported:
    branches: tuple[str, ...]
    services: int
    changed: tuple[str, ...]  # branches published anew


def read(path: Path, branches: Sequence[str] = ()) -> bytes:
    """The catalogue of *path* as ticketing takes it, with only *branches* if any are named.

    Raises:
        CannotRun: no such file, not YAML, or it has no such branch.
    """
    try:
        content = path.read_bytes()
        return _narrowed(content, branches) if branches else content
    except OSError as error:
        raise CannotRun(f"cannot read the catalogue {path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CannotRun(f"{path} is no YAML: {' '.join(str(error).split())}") from None
    except (LookupError, TypeError) as error:
        raise CannotRun(f"{path}: {error}") from None


def _narrowed(content: bytes, branches: Sequence[str]) -> bytes:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    catalogue = yaml.load(content, Loader=loader)  # noqa: S506  both loaders are safe ones
    there = {branch["code"]: branch for branch in catalogue["branches"]}
    unknown = [code for code in branches if code not in there]
    if unknown:
        raise LookupError(f"no branch {', '.join(unknown)}; there are {', '.join(there)}")
    catalogue["branches"] = [there[code] for code in dict.fromkeys(branches)]
    return json.dumps(catalogue, ensure_ascii=False).encode()


def send(content: bytes, to: str, *, name: str) -> Imported:
    """Import *content* through the ticketing service at the address *to*; *name* is the file's.

    Raises:
        CannotRun: it cannot be reached, or refuses; the text names every bad key.
    """
    headers = {"Content-Type": "application/json" if content[:1] == b"{" else "application/yaml"}
    try:
        answer = httpx.put(
            f"{to.rstrip('/')}/v1/catalogue",
            content=content,
            headers=headers,
            timeout=_PATIENCE,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        raise CannotRun(f"ticketing does not answer at {to} ({reason}); check --to") from None
    if not answer.is_success:
        raise CannotRun(f"{name} was refused: {refusal(answer)}")
    told = answer.json()
    return Imported(tuple(told["branches"]), told["services"], tuple(told["changed"]))


def is_known(branch: str, at: str) -> bool:
    """Whether the service at the address *at* has heard of *branch* yet; it learns it by Kafka."""
    try:
        answer = httpx.get(f"{at}/v1/branches/{branch}/days/today", timeout=_PATIENCE)
    except httpx.HTTPError:
        return False
    return answer.is_success
