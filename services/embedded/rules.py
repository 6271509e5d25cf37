"""A centre's rules on their way to dispatch, and as the order that hangs on its wall."""

from __future__ import annotations

from pathlib import Path

import httpx

from services.embedded.errors import CannotRun, refusal

_PATIENCE = 30.0  # seconds


def publish(path: Path, branch: str, to: str) -> str:
    """Publish the rules of *path* for *branch*; return the version that is in force now.

    Raises:
        CannotRun: no such file, dispatch cannot be reached, or it refuses; every bad key is named.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CannotRun(f"cannot read the rules {path}: {error.strerror}") from None
    answer = _ask("PUT", branch, to, "", content, name=str(path))
    in_force: str = answer.json()["in_force"]
    return in_force


def order(branch: str, to: str) -> str:
    """The rules in force, printed; raises CannotRun."""
    return _ask("GET", branch, to, "/order", None, name=branch).text


def _ask(
    method: str, branch: str, to: str, what: str, content: bytes | None, *, name: str
) -> httpx.Response:
    url = f"{to.rstrip('/')}/v1/branches/{branch}/rules{what}"
    try:
        answer = httpx.request(method, url, content=content, timeout=_PATIENCE)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        raise CannotRun(f"dispatch does not answer at {to} ({reason}); check --to") from None
    if not answer.is_success:
        raise CannotRun(f"{name} was refused: {refusal(answer)}")
    return answer
