"""What ticketing must know besides what every service must know."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from services.chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    day_grace_minutes: int = Field(60, ge=0, le=240)
    """After closing time, until whoever still waits is not called any more."""

    @property
    def day_grace(self) -> timedelta:
        return timedelta(minutes=self.day_grace_minutes)
