"""Which errors mean "not now", so that callers are told to ask again and readers wait."""

from __future__ import annotations

import pytest
from redis.exceptions import MovedError, ResponseError

from services.chassis.copies import TooFewCopies
from services.chassis.redis import is_away


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        MovedError("7 127.0.0.1:1"),
        TooFewCopies("0 of 1 replicas have what was written"),
        ResponseError("NOREPLICAS Not enough good replicas to write."),
        ResponseError("MISCONF no disk"),
        AttributeError("'NoneType' object has no attribute 'writelines'"),
    ],
)
def test_the_store_may_serve_later(error):
    assert is_away(error)


@pytest.mark.parametrize(
    "error", [ResponseError("a bug"), AttributeError("'Keys' object has no attribute 'x'")]
)
def test_a_bug_is_no_outage(error):
    assert not is_away(error)
