"""Moments and spans as the store keeps them: whole milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_ms(moment: datetime) -> int:
    """Milliseconds since the epoch."""
    return span_ms(moment - _EPOCH)


def from_ms(ms: int | str) -> datetime:
    """The inverse of `to_ms`."""
    return _EPOCH + timedelta(milliseconds=int(ms))


def span_ms(span: timedelta) -> int:
    """A span in milliseconds."""
    return span // timedelta(milliseconds=1)
