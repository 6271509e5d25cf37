"""Moments and spans as Redis keeps them, whole milliseconds, and as pages read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def ms(moment: datetime) -> int:
    """Return *moment* in ms since the epoch."""
    return (moment - _EPOCH) // _MS


def span(length: timedelta) -> int:
    """Return *length* in ms."""
    return length // _MS


def moment(told: str | int) -> datetime:
    """Return the moment that was told in ms since the epoch."""
    return _EPOCH + int(told) * _MS


def length(told: str | int) -> timedelta:
    """Return the span that was told in ms."""
    return int(told) * _MS


def rfc3339(moment: datetime) -> str:
    """Return *moment* as it stands in JSON: ``2026-11-23T04:15:00.250Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
