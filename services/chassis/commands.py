"""A command's identity: the ``Idempotency-Key`` header, or one of our own.

Our own still matters: the Redis client repeats a script whose answer got lost.
Source: draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, Header

ANSWER_KEPT = timedelta(hours=1)
"""How long the answer to a command is remembered."""


async def _command(
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")
    ] = None,
) -> str:
    return idempotency_key or uuid4().hex


Command = Annotated[str, Depends(_command)]
