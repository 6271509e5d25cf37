"""Moments and spans as the store keeps them, whole milliseconds, and as JSON writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Milliseconds since the epoch."""
    return (moment - _EPOCH) // _MS


def from_ms(ms: int | float | str) -> datetime:
    """The inverse of `to_ms`."""
    return _EPOCH + int(ms) * _MS


def span_ms(span: timedelta) -> int:
    """A span in milliseconds."""
    return span // _MS


def span_of(ms: int | str) -> timedelta:
    """The inverse of `span_ms`."""
    return int(ms) * _MS


def rfc3339(moment: datetime) -> str:
    """A moment as it stands in JSON: ``2026-11-23T04:15:00.250Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
